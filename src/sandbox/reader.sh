# SPDX-License-Identifier: Apache-2.0
# Runs as root, and reads what a headless run (headless.sh) has kept. Ends with its client, at the end of its input.
#
# In:  $1 the run's number, 0 for the latest; $2 what to do: "all" that is there, "follow" until the run has ended, "wait"
#      for that without its output
# Out: "none" when there is no such run; else "run N", the lines of the run's `info`, and an empty line. Then what the run has
#      kept of its stdout, on stderr what it has kept of its stderr, each as it is in the files; RS TOKEN " now" US in both
#      behind what was there at the beginning. At last, on stdout,
#      RS TOKEN " end " STATE US, where STATE is "ended CODE UPTIME" (and "memory"), "running", or "lost" when the
#      run's processes are gone without a word
run=$1 mode=$2
runs=/var/lib/docker-sandbox/runs
PATH=${PATH:+$PATH:}/usr/bin:/bin

# Whether $1 is what a run leaves: the directory is the agent's, who may put there what never ends.
is_file() { [ -f "$1" ] && ! [ -L "$1" ]; }

if [ "$run" = 0 ]; then
  for directory in "$runs"/*; do
    number=${directory##*/}
    case $number in *[!0-9]*) continue ;; esac
    if [ "$number" -gt "$run" ] && is_file "$directory/info"; then run=$number; fi
  done
fi
directory=$runs/$run
if ! is_file "$directory/info"; then
  echo none
  exit 0
fi
echo "run $run"
token='' leader='' start=''
while read -r key first second; do
  echo "$key $first $second"
  case $key in
  token) token=$first ;;
  leader) leader=$first start=$second ;;
  esac
done <"$directory/info"
echo

# The client's end is the end of the input; a shell's background job has another input unless it is told.
exec 5<&0
# shellcheck disable=SC2034 # only the end of the input counts
{ IFS= read -r gone <&5; kill "$$"; } >/dev/null 2>&1 &
closer=$!

# @process_start.sh@

# Sets next to the piece of stream $1 that comes after $2, or to nothing; last to the newest.
look_for_pieces() {
  next='' last=$2
  for file in "$directory/$1".*; do
    case ${file##*.} in '' | *[!0-9]*) continue ;; esac
    if [ "${file##*.}" -le "$2" ] || ! is_file "$file"; then continue; fi
    if [ -z "$next" ] || [ "${file##*.}" -lt "$next" ]; then next=${file##*.}; fi
    if [ "${file##*.}" -gt "$last" ]; then last=${file##*.}; fi
  done
}

# Prints what has come to stream $1 (descriptor $2) since the last time, and goes on to the next pieces. The writer
# begins a piece only when it is done with the one before. Pieces that are begun meanwhile are left for the next time: an
# agent that writes faster than its output is read would never let this come to an end.
pump() {
  eval "number=\$number_$1"
  look_for_pieces "$1" "$number"
  newest=$last
  cat <&"$2"
  while [ -n "$next" ] && [ "$next" -le "$newest" ]; do
    cat <&"$2"
    # The piece may be gone by now. Without `command`, a shell ends when its exec cannot open a file.
    if eval "command exec $2<\"$directory/$1.$next\"" 2>/dev/null; then cat <&"$2"; fi
    number=$next
    look_for_pieces "$1" "$number"
  done
  eval "number_$1=\$number"
}

# shellcheck disable=SC2034 # pump reads them by their names' ends
number_out=0 number_err=0 caught_up=''
exec 6</dev/null 7</dev/null
while :; do
  state=running
  dsbx_start_of "$leader"
  if [ "$dsbx_start" != "$start" ]; then state=lost; fi
  ended_file=$directory/ended
  # The agent had ended, but the run was cut off while it waited for the last of the output.
  if [ "$state" = lost ] && ! is_file "$ended_file"; then ended_file=$ended_file.new; fi
  if is_file "$ended_file"; then
    read -r ended <"$ended_file"
    state="ended $ended"
  fi
  if [ "$mode" != wait ]; then
    pump out 6
    pump err 7 >&2
    if [ -z "$caught_up" ]; then
      caught_up=1
      printf '\036%s now\037' "$token"
      printf '\036%s now\037' "$token" >&2
    fi
  fi
  if [ "$state" != running ] || [ "$mode" = all ]; then break; fi
  sleep 0.2 2>/dev/null || sleep 1
done
printf '\036%s end %s\037' "$token" "$state"
kill "$closer" 2>/dev/null

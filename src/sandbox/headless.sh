# SPDX-License-Identifier: Apache-2.0
# The first process of a headless run: an agent that works without anybody's terminal. It makes the run's directory, tells the
# client what it found, waits for the word to go on, lets go of the client, and runs the program: with its output in the
# directory, bounded, and at its end its exit code. Runs as the agent's user. All variables have a prefix, because a plain
# name might be one of the agent's, exported.
#
# In:  $1 a token that nothing else in the stream can equal, $2 how many variables have names that a shell drops
#      (DOCKER_SANDBOX_VARIABLE_1 … hold them as NAME=VALUE), $3 the client's time in milliseconds since the epoch, then the
#      program and its arguments
# Out: one line, "TOKEN PROCESS STATE RUN"; STATE is ok, missing, denied, or nowhere when the directory for runs is not there.
#      After the word another one, "TOKEN begun", and nothing more
#
# A run's directory:  info    "token T", "begun MILLISECONDS UPTIME", "leader PROCESS START"
#                     out.N   what the program wrote to stdout, in pieces of which the last two are kept; err.N likewise.
#                             Behind what was read at once stands when that was: RS TOKEN blank UPTIME US
#                     ended   "CODE UPTIME", and "memory" when it was killed for lack of memory
dsbx_token=$1 dsbx_odd=$2 dsbx_now=$3
shift 3
dsbx_runs=/var/lib/docker-sandbox/runs
dsbx_kept_runs=20
dsbx_piece=4194304

# @find_program.sh@
# @process_start.sh@
# @memory_kills.sh@

# Sets dsbx_run and dsbx_directory. The one who makes the directory has the number.
dsbx_claim_run() {
  dsbx_run=1
  for dsbx_directory in "$dsbx_runs"/*; do
    dsbx_directory=${dsbx_directory##*/}
    case $dsbx_directory in *[!0-9]*) continue ;; esac
    if [ "$dsbx_directory" -ge "$dsbx_run" ]; then dsbx_run=$((dsbx_directory + 1)); fi
  done
  while :; do
    dsbx_directory=$dsbx_runs/$dsbx_run
    if (umask 077 && mkdir "$dsbx_directory") 2>/dev/null; then return 0; fi
    [ -d "$dsbx_directory" ] || return 1
    dsbx_run=$((dsbx_run + 1))
  done
}

if [ "$dsbx_state" = ok ] && ! dsbx_claim_run; then
  dsbx_state=nowhere
fi
echo "$dsbx_token $$ $dsbx_state ${dsbx_run:-0}"
case $dsbx_state in
missing) exit 127 ;;
denied) exit 126 ;;
nowhere) exit 125 ;;
esac
dsbx_give_up() {
  rmdir "$dsbx_directory" 2>/dev/null
  exit 125
}
IFS= read -r dsbx_word || dsbx_give_up
[ "$dsbx_word" = "$dsbx_token" ] || dsbx_give_up

# Builtins only: no process for a time.
# shellcheck disable=SC2034 # what follows the first word must go somewhere
dsbx_uptime() { read -r dsbx_up dsbx_rest </proc/uptime; }

# Files are made by `true`, since a shell ends when the output of a `:` cannot be opened.
dsbx_old_umask=$(umask)
umask 077
dsbx_uptime
dsbx_start_of "$$"
if ! { printf 'token %s\nbegun %s %s\nleader %s %s\n' "$dsbx_token" "$dsbx_now" "$dsbx_up" "$$" "$dsbx_start" \
  >"$dsbx_directory/info.new" && true >"$dsbx_directory/out.1" && true >"$dsbx_directory/err.1" &&
  mv "$dsbx_directory/info.new" "$dsbx_directory/info"; }; then
  echo "cannot write to $dsbx_directory" >&2
  rm -rf "$dsbx_directory"
  exit 125
fi
# The client is let go.
echo "$dsbx_token begun"
exec >/dev/null 2>&1 </dev/null

# Earlier runs are forgotten when there are many. One that was cut off never says that it has ended.
for dsbx_old in "$dsbx_runs"/*; do
  case ${dsbx_old##*/} in *[!0-9]*) continue ;; esac
  if [ "${dsbx_old##*/}" -gt $((dsbx_run - dsbx_kept_runs)) ]; then continue; fi
  dsbx_leader='' dsbx_since=''
  while read -r dsbx_key dsbx_value dsbx_rest; do
    if [ "$dsbx_key" = leader ]; then dsbx_leader=$dsbx_value dsbx_since=$dsbx_rest; fi
  done <"$dsbx_old/info"
  dsbx_start_of "$dsbx_leader"
  if [ -e "$dsbx_old/ended" ] || [ -z "$dsbx_start" ] || [ "$dsbx_start" != "$dsbx_since" ]; then rm -rf "$dsbx_old"; fi
done

dsbx_dd='dd'
command -v dd >/dev/null || dsbx_dd='busybox dd'
command -v "${dsbx_dd%% *}" >/dev/null || dsbx_dd=''

# Reads once from stdin and appends to the file $1. Sets dsbx_size to the number of bytes; fails at the end.
dsbx_copy_once() {
  if [ -z "$dsbx_dd" ]; then
    IFS= read -r dsbx_line && printf '%s\n' "$dsbx_line" >>"$1" && dsbx_size=$((${#dsbx_line} + 1)) && return 0
    [ -n "$dsbx_line" ] || return 1
    printf '%s' "$dsbx_line" >>"$1"
    dsbx_size=${#dsbx_line}
    return 0
  fi
  # "0+1 records in", "0+1 records out", "5 bytes copied, …"; the last line is not to be had from every dd.
  dsbx_report=$(LC_ALL=C $dsbx_dd bs=65536 count=1 2>&1 >>"$1")
  case $dsbx_report in
  *0+0\ records\ in*) return 1 ;;
  *records\ in*) ;;
  *) cat >/dev/null; return 1 ;;
  esac
  dsbx_size=${dsbx_report##*records out}
  dsbx_size=${dsbx_size#?}
  dsbx_size=${dsbx_size%% *}
  case $dsbx_size in '' | *[!0-9]*) dsbx_size=65536 dsbx_guessed=1 ;; esac
  return 0
}

# Keeps what comes on stdin as stream $1.
dsbx_keep() {
  dsbx_number=1 dsbx_total=0 dsbx_guessed=''
  while dsbx_copy_once "$dsbx_directory/$1.$dsbx_number"; do
    dsbx_uptime
    printf '\036%s %s\037' "$dsbx_token" "$dsbx_up" >>"$dsbx_directory/$1.$dsbx_number"
    dsbx_total=$((dsbx_total + dsbx_size + 64))
    if [ -n "$dsbx_guessed" ] && [ "$dsbx_total" -ge "$dsbx_piece" ]; then
      dsbx_guessed='' dsbx_total=$(wc -c <"$dsbx_directory/$1.$dsbx_number" || echo "$dsbx_total")
    fi
    if [ "$dsbx_total" -ge "$dsbx_piece" ]; then
      dsbx_number=$((dsbx_number + 1)) dsbx_total=0
      true >"$dsbx_directory/$1.$dsbx_number"
      rm -f "$dsbx_directory/$1.$((dsbx_number - 2))"
    fi
  done
  true >"$dsbx_directory/$1.done"
}

# The program, with its own exit code in the file `code`; then what it wrote is given a moment to arrive. A process that it
# left behind may keep its output open for ever.
dsbx_run_program() {
  dsbx_memory_kills
  dsbx_kills_before=$dsbx_kills
  (
    umask "$dsbx_old_umask"
    unset PWD OLDPWD SHLVL
    if [ "$dsbx_odd" = 0 ]; then exec "$@"; fi
    while [ "$dsbx_odd" -gt 0 ]; do
      eval "set -- \"\$DOCKER_SANDBOX_VARIABLE_$dsbx_odd\" \"\$@\""
      unset "DOCKER_SANDBOX_VARIABLE_$dsbx_odd"
      dsbx_odd=$((dsbx_odd - 1))
    done
    exec env "$@"
  ) </dev/null >&3 2>&4 3>&- 4>&-
  dsbx_code=$?
  exec 3>&- 4>&-
  dsbx_uptime
  dsbx_memory_kills
  dsbx_why=''
  if [ "$dsbx_code" = 137 ] && [ "$dsbx_kills" -gt "$dsbx_kills_before" ]; then dsbx_why=' memory'; fi
  printf '%s %s%s\n' "$dsbx_code" "$dsbx_up" "$dsbx_why" >"$dsbx_directory/ended.new"
  dsbx_pauses=0
  while [ "$dsbx_pauses" -lt 20 ]; do
    if [ -e "$dsbx_directory/out.done" ] && [ -e "$dsbx_directory/err.done" ]; then break; fi
    dsbx_pauses=$((dsbx_pauses + 1))
    sleep 0.1 || { sleep 1; dsbx_pauses=$((dsbx_pauses + 9)); }
  done
  mv "$dsbx_directory/ended.new" "$dsbx_directory/ended"
}

# 3 is the pipe of stdout, 4 that of stderr; the shell's own words about a killed child go nowhere.
{
  { dsbx_run_program "$@" 4>&1 >/dev/null; } | dsbx_keep err >/dev/null 3>&-
} 3>&1 >/dev/null | dsbx_keep out

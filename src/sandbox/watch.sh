# SPDX-License-Identifier: Apache-2.0
# Runs as root beside a session, in a session of its own, and ends with it. Its input is the client's: a line is an order,
# and its end means that the client is gone, by whatever way, because the engine closes the input of one that is. Then the
# session is ended: everything in it, and what descends from it, though not processes that have left it and their parents
# (daemons). Needs /proc, and of the system's programs only sleep.
#
# In:  $1 the number of the session's first process, which is the session's; $2 the first signal at the end: HUP where a
#      terminal went away, else TERM
#      lines on stdin: a signal's name, for the session's process group; "memory"; "end", when there is nothing to watch
# Out: "ready N", and "memory N" for each such line: N processes of the sandbox were killed for lack of memory so far
leader=$1 first_signal=$2
PATH=${PATH:+$PATH:}/usr/bin:/bin
trap '' HUP INT QUIT TERM PIPE

# @memory_kills.sh@
report_memory() {
  dsbx_memory_kills
  echo "$1 $dsbx_kills"
}

# Sets `members`: " PID/START" for each live process that is in the session, was found before, or descends from such a
# one. With its start time a number stands for one process only. Sets `outer` where the engine has started the session in
# its own, and in its own process group, which have no number inside (Podman 4.3).
find_members() {
  before=$members members='' others=''
  for directory in /proc/[0-9]*; do
    text=''
    while IFS= read -r part || [ -n "$part" ]; do text="$text $part"; done 2>/dev/null <"$directory/stat"
    # Behind the name, which may hold anything: state, parent, group, session, …, start time as the 20th.
    # shellcheck disable=SC2086 # it is to be split into words
    set -- ${text##*) }
    case ${1:-Z} in Z | X) continue ;; esac
    process=${directory#/proc/}/${20}
    if [ "$4" = "$leader" ]; then
      members="$members $process"
    elif [ "$4/${process%/*}" = "0/$leader" ]; then
      members="$members $process" outer=1
    else
      case "$before " in
      *" $process "*) members="$members $process" ;;
      *) others="$others $process/$2" ;;
      esac
    fi
  done
  grown=1
  while [ -n "$grown" ]; do
    grown='' rest=''
    for process in $others; do
      case "$members " in
      *" ${process##*/}/"*) members="$members ${process%/*}" grown=1 ;;
      *) rest="$rest $process" ;;
      esac
    done
    others=$rest
  done
}

end_session() {
  for signal in "$first_signal" TERM KILL KILL KILL KILL KILL; do
    find_members
    [ -n "$members" ] || return
    for process in $members; do
      kill -s "$signal" "${process%%/*}" 2>/dev/null
      # A stopped process hears nothing else.
      kill -s CONT "${process%%/*}" 2>/dev/null
    done
    sleep 1
  done
}

members='' outer=''
report_memory ready
while IFS= read -r line; do
  case $line in
  end) exit 0 ;;
  memory) report_memory memory ;;
  *)
    # Whom the signal leaves without a parent is no daemon for that, should the client be gone next: a docker that is
    # killed closes its plugin's socket, which is a signal, before anybody can see that it is dead.
    find_members
    if [ -n "$outer" ]; then
      for process in $members; do kill -s "$line" "${process%%/*}" 2>/dev/null; done
    else
      kill -s "$line" -- "-$leader" 2>/dev/null
    fi
    ;;
  esac
done
end_session

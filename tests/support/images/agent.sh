#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A scripted agent for tests: the first word that is no option of the agents' own says what it does.
case ${1-} in
--dangerously-skip-permissions | --yolo)
  approval=$1
  shift
  ;;
*) approval='' ;;
esac
case ${1-} in
--version) echo '0.0.0 (scripted agent)' ;;
# args WORD...: the approval flag and each word on a line of its own
args)
  shift
  printf 'approval=[%s]\n' "$approval"
  for word; do printf '[%s]\n' "$word"; done
  ;;
# env: the environment that this process was given, each variable ended by a NUL byte (a shell's own view lacks names
# with dots, and would not hand them on to another program)
env)
  exec 3</proc/self/environ # by the shell itself: not every process may look at another one's
  cat <&3
  ;;
# exit N; die SIGNAL: ends by a signal to itself
exit) exit "$2" ;;
die) kill -s "$2" $$ ;;
# streams: a line on each
streams)
  echo to-stdout
  echo to-stderr >&2
  ;;
# cat: stdin to stdout, unchanged
cat) exec cat ;;
# size: the terminal's size, again after each change of it, until a key is pressed
size)
  trap 'stty size' WINCH
  stty size
  # shellcheck disable=SC3045,SC2034 # busybox's read has -t
  while ! read -r -t 1 key; do :; done
  ;;
# wait FILE: stays until the file is there
wait)
  echo waiting
  while [ ! -e "$2" ]; do sleep 0.05; done
  echo seen
  ;;
# sh SCRIPT [ARG...]: anything else
sh)
  shift
  script=$1
  shift
  eval "$script"
  ;;
'') echo "scripted agent in $PWD" ;;
*)
  printf 'approval=[%s]\n' "$approval"
  for word; do printf '[%s]\n' "$word"; done
  ;;
esac

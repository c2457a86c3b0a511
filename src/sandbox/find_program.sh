# SPDX-License-Identifier: Apache-2.0
# What a session's leader and a headless run's begin with: whether the program $1 can be executed. The build puts it into both.
#
# Out: dsbx_state, which is ok, missing or denied
dsbx_state=missing
case $1 in
*/*)
  if [ -f "$1" ] && [ -x "$1" ]; then
    dsbx_state=ok
  elif [ -e "$1" ]; then
    dsbx_state=denied
  fi
  ;;
*)
  IFS=:
  set -f
  for dsbx_directory in $PATH; do
    if [ -f "${dsbx_directory:-.}/$1" ]; then
      if [ -x "${dsbx_directory:-.}/$1" ]; then
        dsbx_state=ok
        break
      fi
      dsbx_state=denied
    fi
  done
  set +f
  unset IFS
  ;;
esac

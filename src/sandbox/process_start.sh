# SPDX-License-Identifier: Apache-2.0
# What a headless run and its reader know a process by, next to its number. The build puts it into both.

# Sets dsbx_start to the start time of process $1, in the kernel's ticks; to nothing when it has gone.
dsbx_start_of() {
  dsbx_text='' dsbx_start=''
  while IFS= read -r dsbx_part || [ -n "$dsbx_part" ]; do dsbx_text="$dsbx_text $dsbx_part"; done 2>/dev/null <"/proc/$1/stat"
  # Behind the name, which may hold anything: state, parent, group, …, start time as the 20th.
  # shellcheck disable=SC2086 # it is to be split into words
  set -- ${dsbx_text##*) }
  case ${1:-Z} in Z | X) return ;; esac
  dsbx_start=${20}
}

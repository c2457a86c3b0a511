# SPDX-License-Identifier: Apache-2.0
# What tells whether a program was killed for lack of memory. The build puts it into the scripts that look before and after.

# Sets dsbx_kills to the number of processes of the sandbox that were killed so, ever.
dsbx_memory_kills() {
  dsbx_kills=0
  for dsbx_file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    if [ -r "$dsbx_file" ]; then
      while read -r dsbx_key dsbx_value; do
        if [ "$dsbx_key" = oom_kill ]; then dsbx_kills=$dsbx_value; fi
      done <"$dsbx_file"
    fi
  done
}

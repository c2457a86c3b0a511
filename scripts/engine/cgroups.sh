# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Control groups for a dockerd on a machine, or in a root directory, where nobody has mounted them; sourced.

mounted_as() { findmnt --noheadings --output FSTYPE --mountpoint "$1" | tail -n 1; }

# The layout that the machine's hierarchies allow: a controller that is bound to version 1 cannot be had in version 2.
mount_cgroups() {
  if [ "$(mounted_as /sys)" != sysfs ]; then mount -t sysfs -o ro sysfs /sys; fi
  local controllers controller
  controllers=$(awk '$1 !~ /^#/ && $2 != 0 && $4 == 1 { print $1 }' /proc/cgroups)
  if [ -z "$controllers" ]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    return
  fi
  mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
  for controller in $controllers; do
    mkdir "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" || rmdir "/sys/fs/cgroup/$controller"
  done
}

# Does nothing where they are mounted.
mount_missing_cgroups() {
  case $(mounted_as /sys/fs/cgroup) in
    cgroup2) ;;
    tmpfs) findmnt --types cgroup >/dev/null || mount_cgroups ;;
    *) mount_cgroups ;;
  esac
}

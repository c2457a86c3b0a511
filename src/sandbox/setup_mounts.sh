# SPDX-License-Identifier: Apache-2.0
# The part of setup.sh that knows what is mounted: what is on a mount of its own belongs to somebody outside, and is left as
# it is.

# The kernel writes white space in paths of mounts as \040 and the like.
decode() { # TEXT; sets decoded
  decoded=$1
  case $1 in *\\*) decoded=$(printf '%b.' "$1") && decoded=${decoded%.} ;; esac
}

# Sets mount_points: all of them, as the kernel writes them, with a blank behind each.
read_mount_points() {
  mount_points=''
  set -f
  IFS='
'
  # shellcheck disable=SC2013 # lines it is, by IFS
  for line in $(cat /proc/self/mountinfo); do
    line=${line#* * * * }
    mount_points="$mount_points${line%% *} "
  done
  unset IFS
  set +f
}

# Takes the first of the points in mounts_left and sets decoded to it; fails when there is none.
next_mount() {
  if [ -z "$mounts_left" ]; then return 1; fi
  decode "${mounts_left%% *}"
  mounts_left=${mounts_left#* }
}

is_mount() { # PATH
  mounts_left=$mount_points
  while next_mount; do
    if [ "$decoded" = "$1" ]; then return 0; fi
  done
  return 1
}

# Whether PATH is on something mounted: it, or a directory above it, is a mount of its own.
is_on_mount() { # PATH
  mounts_left=$mount_points
  while next_mount; do
    if [ "$decoded" = / ]; then continue; fi
    case $1/ in "$decoded"/*) return 0 ;; esac
  done
  return 1
}

# A path as a pattern for find that matches nothing else.
as_pattern() { # PATH; sets pattern
  pattern='' left=$1
  case $left in *[*?[\\]*) ;; *) pattern=$left left='' ;; esac
  while [ -n "$left" ]; do
    first=${left%"${left#?}"}
    left=${left#?}
    case $first in [*?[\\]) pattern=$pattern\\ ;; esac
    pattern=$pattern$first
  done
}

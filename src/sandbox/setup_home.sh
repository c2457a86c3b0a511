# SPDX-License-Identifier: Apache-2.0
# The part of setup.sh that makes the home the agent's: what belonged to the template's user, what the engine made above
# mounts, the way to the workspace, and links to what is mounted under /root.

# find, which leaves out what is mounted below the directory: -xdev alone still visits the mount points themselves, and sees
# no border where two mounts are of one file system.
find_below() { # DIRECTORY TEST...
  directory=$1
  shift
  mounts_left=$mount_points
  while next_mount; do
    case $decoded in "$directory"/*) ;; *) continue ;; esac
    as_pattern "$decoded"
    set -- -path "$pattern" -prune -o "$@"
  done
  find "$directory" -xdev "$@"
}

# A busybox may know chown without a file of that name, which find needs.
find_chown() {
  case $(command -v chown) in
  /*) chown='' ;;
  *) chown=busybox ;;
  esac
}

# Whom the home and the credential volume belong to: sets home_uid, home_gid, volume_uid and volume_gid.
find_owners() {
  while read -r _ _ uid gid rest; do
    case $rest in *" $agent_home" | *" $agent_home -> "*) home_uid=$uid home_gid=$gid ;; esac
    case $rest in *" $SETUP_VOLUME") volume_uid=$uid volume_gid=$gid ;; esac
  done <<LIST
$(ls -ldn "$agent_home" ${SETUP_VOLUME:+"$SETUP_VOLUME"})
LIST
}

# Hands a directory of the image and all below it that belongs to the old numbers to the new ones; never a mount.
hand_over() { # DIRECTORY
  if [ ! -d "$1" ] || [ "$1" = / ] || is_on_mount "$1"; then return 0; fi
  find_chown
  # Two walks: busybox forgets all but the last of several "-exec … +".
  if [ "$from_uid" != "$SETUP_UID" ]; then find_below "$1" -user "$from_uid" -exec $chown chown -h "$SETUP_UID" {} +; fi
  if [ "$from_gid" != "$SETUP_GID" ]; then find_below "$1" -group "$from_gid" -exec $chown chown -h ":$SETUP_GID" {} +; fi
}

# The home has to be the agent's, also in a template whose user does not own it.
own_home() {
  if [ "$home_uid" = "$SETUP_UID" ] || is_on_mount "$agent_home"; then return 0; fi
  from_uid=$home_uid from_gid=$home_gid
  if [ -O "$agent_home" ]; then
    # Root's directories may hold more than a home.
    chown "$SETUP_UID:$SETUP_GID" "$agent_home"
  else
    hand_over "$agent_home"
  fi
}

# The engine makes missing directories above a mount as root's. In the agent's home they are the agent's, but what is in
# another mount is its owner's.
own_parents_of_mounts() {
  further=$mount_points
  while mounts_left=$further && next_mount; do
    further=$mounts_left
    case $decoded in "$agent_home"/*/*) ;; *) continue ;; esac
    parent=${decoded%/*}
    while [ "$parent" != "$agent_home" ]; do
      if [ -O "$parent" ] && ! is_on_mount "$parent"; then chown "$SETUP_UID:$SETUP_GID" "$parent"; fi
      parent=${parent%/*}
    done
  done
}

# The image may have closed a directory that the workspace is in (/root, somebody's home). What is in another mount stays
# as its owner has it.
open_way_to() { # PATH
  way=${1%/*}
  set --
  while [ -n "$way" ]; do
    if ! is_on_mount "$way"; then set -- "$@" "$way"; fi
    way=${way%/*}
  done
  if [ $# -gt 0 ]; then chmod a+x "$@"; fi
}

# Programs look for what is mounted under /root in their own user's home.
link_to_mounts_of_root() {
  if [ -z "$SETUP_ROOT_MOUNTS" ] || [ "$agent_home" = /root ]; then return 0; fi
  while IFS= read -r target; do
    if [ -z "$target" ]; then continue; fi
    open_way_to "$target"
    link_into_home "$target" "$agent_home/${target#/root/}"
  done <<LIST
$SETUP_ROOT_MOUNTS
LIST
}

link_into_home() { # TARGET PLACE
  parent=$agent_home rest=${2#"$agent_home"/}
  while :; do
    case $rest in */*) ;; *) break ;; esac
    parent=$parent/${rest%%/*} rest=${rest#*/}
    if is_mount "$parent"; then
      say "taken	$1	$2"
      return 0
    fi
    if [ ! -d "$parent" ]; then mkdir "$parent" && chown "$SETUP_UID:$SETUP_GID" "$parent"; fi
  done
  # A template may have made an empty directory for it.
  if [ -d "$2" ] && [ ! -L "$2" ] && ! is_mount "$2"; then rmdir "$2" 2>/dev/null || :; fi
  if [ -e "$2" ] || [ -L "$2" ]; then
    say "taken	$1	$2"
  else
    ln -s "$1" "$2" && chown -h "$SETUP_UID:$SETUP_GID" "$2"
    say "linked	$1	$2"
  fi
}

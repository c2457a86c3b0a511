# SPDX-License-Identifier: Apache-2.0
# Runs once in each new sandbox, as root, before anybody enters it: the agent's user gets the caller's numbers, git knows
# the caller and trusts the workspace, the agent's configuration is in place. Any image with /bin/sh must do, so it uses
# the shell itself where it can, and of the rest only cat, chown, chmod, ln, ls, mkdir, mv and, for a changed number, find.
# Somebody waits for it: each process that it starts costs about a millisecond, and the shell's own read a system call, or
# two, for each byte.
# Doing it twice does no harm. No sandbox is entered before it has said that it is done.
#
# In:  SETUP_UID SETUP_GID  the agent's numbers
#      SETUP_UID_MAP        the caller's own /proc/self/uid_map, or empty when the engine is on another machine
#      SETUP_WORKSPACE      the workspace's path
#      SETUP_GIT            text for the system-wide git configuration
#      SETUP_AGENT          claude or gemini
#      SETUP_CREDENTIALS    sandbox, host or none
#      SETUP_VOLUME         directory of the credential volume, or empty
#      SETUP_STATE          name of the workspace's own directory in it
#      SETUP_CLAUDE_SEED    text of a first ~/.claude.json
#      SETUP_KEY_TAIL       end of the API key that the user gave for claude, or empty
#      SETUP_LENT           names in the home of what the host lends, a line each; it is mounted under /mnt/host
#      SETUP_ROOT_MOUNTS    paths under /root that the user mounts, a line each
#      SETUP_SOCKET         a socket whose group the agent is to have, or empty
# Out: lines "docker-sandbox: …", each one fact; the last one is "docker-sandbox: set up" when all went well
set -eu
umask 022
mark=docker-sandbox

say() { printf '%s: %s\n' "$mark" "$1"; }

# Whether a user or group NAME is in FILE; sets entry_id to its number.
has_name() { # NAME FILE
  entry_id=''
  while IFS=: read -r e_name _ entry_id _ || [ -n "$e_name" ]; do
    if [ "$e_name" = "$1" ]; then return 0; fi
  done <"$2"
  entry_id=''
  return 1
}

# Adds a line to a system file, also where the last one there has no end.
append() { # FILE LINE
  last=''
  if [ -f "$1" ]; then
    while IFS= read -r last; do :; done <"$1"
  fi
  printf '%s\n' "${last:+
}$2" >>"$1"
}

# Puts the text on stdin in place of a system file. A file that is a mount of its own cannot be replaced, only rewritten.
replace() { # FILE
  while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done >"$1.$mark.$$"
  mv -f "$1.$mark.$$" "$1" 2>/dev/null || {
    while IFS= read -r line; do printf '%s\n' "$line"; done <"$1.$mark.$$" >"$1"
    rm -f "$1.$mark.$$"
  }
}

# /etc/passwd with this entry first, so that its number means this entry even where another one of the image has it too.
passwd_with_first() { # NAME ENTRY
  printf '%s\n' "$2"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "$1:"*) ;;
    *) printf '%s\n' "$line" ;;
    esac
  done </etc/passwd
}

# @setup_mounts.sh@

# A template's entrypoint may be at work, as its user, in the places that are about to change hands. It is done when it
# starts the command it was given: the one that waits.
wait_for_entrypoint() {
  tries=0
  while [ ! -e "/dev/shm/.$mark-waits" ] && [ "$tries" -lt 1800 ]; do
    tries=$((tries + 1))
    sleep 0.05 2>/dev/null || { sleep 1 && tries=$((tries + 19)); }
  done
}

# On another machine the caller is nobody: there the workspace's owner counts, with the numbers that he has in here.
go_by_owner() {
  if [ ! -d "$SETUP_WORKSPACE" ]; then
    say 'no directory'
    exit 0
  fi
  # shellcheck disable=SC2046 # the words of the line are what is wanted
  set -- $(ls -ldn "$SETUP_WORKSPACE")
  if [ "$3 $4" != "$SETUP_UID $SETUP_GID" ]; then
    say "other numbers $3 $4"
    exit 0
  fi
}

# Which numbers of the container are which ones outside. An engine that runs in a user namespace of its own (rootless)
# has others than the caller: its root is the user it runs as.
check_numbers() {
  if [ -z "$SETUP_UID_MAP" ]; then
    go_by_owner
    return 0
  fi
  if [ "$SETUP_UID" = 0 ] || [ ! -r /proc/self/uid_map ]; then return 0; fi
  while read -r inside outside count; do
    case $SETUP_UID_MAP in
    "$inside $outside $count"*) ;;
    *)
      say 'other numbers 0 0'
      exit 0
      ;;
    esac
    return 0
  done </proc/self/uid_map
}

# The template's user, as which the container's first process runs.
find_template_user() {
  old_uid=0 old_gid=0
  while read -r key _ value _; do
    case $key in
    Uid:) old_uid=$value ;;
    Gid:)
      old_gid=$value
      break
      ;;
    esac
  done </proc/1/status
  user='' gecos='' home='' shell='' root_home='' root_entry=''
  while IFS=: read -r p_name _ p_uid _ p_gecos p_home p_shell || [ -n "$p_name" ]; do
    if [ "$p_uid" = 0 ] && [ -z "$root_entry" ]; then root_entry=$p_name root_home=$p_home; fi
    if [ "$p_uid" = "$old_uid" ] && [ -z "$user" ]; then
      user=$p_name gecos=$p_gecos home=$p_home shell=$p_shell
    fi
  done </etc/passwd
  # HOME is what the image sets, else root's own: then it says nothing of the template's user.
  given_home=''
  if [ "${HOME:-/}" != / ] && [ "$HOME" != "$root_home" ]; then given_home=$HOME; fi
  login_shell=/bin/sh
  if [ -x /bin/bash ]; then login_shell=/bin/bash; fi
  case $shell in '' | */nologin | */false) shell=$login_shell ;; esac
}

# Decides who the agent is: sets user, its entry's home and shell, and agent_home, which its HOME is.
choose_agent() {
  is_new=''
  if [ "$old_uid" = 0 ] || [ -z "$user" ]; then
    # Without a user of its own, or with one that has no name. Of a template that is root's all is in root's home.
    if [ "$old_uid" = 0 ]; then home=${root_home:-/root}; else home=$given_home; fi
    shell=$login_shell gecos=''
    user=agent is_new=1
    if has_name agent /etc/passwd && [ "$entry_id" != "$SETUP_UID" ]; then user=sandbox-agent; fi
  fi
  case $home in '' | / | /nonexistent | /dev/null) home=/home/$user ;; esac
  agent_home=${given_home:-$home}
}

# Gives the agent's user its new numbers and all that follows from them.
change_user() {
  if [ "$SETUP_UID" = 0 ]; then
    # Container root has all rights; what it lacks is the template user's home, where its configuration and PATH are.
    if [ "$old_uid" != 0 ] && [ "$root_home" != "$home" ]; then
      root_entry=${root_entry:-root}
      passwd_with_first "$root_entry" "$root_entry:x:0:0:root:$home:$shell" | replace /etc/passwd
    fi
    return 0
  fi
  passwd_with_first "$user" "$user:x:$SETUP_UID:$SETUP_GID:$gecos:$home:$shell" | replace /etc/passwd
  # Without an entry here the checks that sudo makes would refuse the user.
  if [ -f /etc/shadow ] && ! has_name "$user" /etc/shadow; then append /etc/shadow "$user:!:19000:0:99999:7:::"; fi
  if [ "$old_uid" = 0 ] && [ -d /etc/sudoers.d ]; then
    # In this template everything ran as root: the agent may still become it.
    (umask 227 && printf '%s\n' "$user ALL=(ALL:ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$mark")
  fi
  change_group
}

change_group() {
  known='' own='' free=1
  while IFS=: read -r g_name _ g_gid _ || [ -n "$g_name" ]; do
    if [ "$g_gid" = "$SETUP_GID" ]; then known=1; fi
    if [ "$g_name" = "$user" ]; then
      free=''
      if [ "$g_gid" = "$old_gid" ] && [ "$old_gid" != 0 ]; then own=1; fi
    fi
  done </etc/group
  if [ -n "$known" ]; then return 0; fi
  if [ -z "$own" ]; then
    name=$user
    if [ -z "$free" ]; then name=$user-$SETUP_GID; fi
    append /etc/group "$name:x:$SETUP_GID:"
    return 0
  fi
  # shellcheck disable=SC2094 # it is another file that is written meanwhile
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "$user:"*) printf '%s\n' "$user:x:$SETUP_GID:${line##*:}" ;;
    *) printf '%s\n' "$line" ;;
    esac
  done </etc/group | replace /etc/group
}

# @setup_home.sh@

# The group of a socket from the engine's host, whose number may be known in here only; and of the groups that a container is
# created with, Podman gives none to what is started in it later.
join_group_of() { # FILE
  if [ -z "$1" ] || [ "$SETUP_UID" = 0 ]; then return 0; fi
  # shellcheck disable=SC2046 # the words of the line are what is wanted
  set -- $(ls -ldn "$1")
  group=$4
  found=''
  # shellcheck disable=SC2094 # it is another file that is written meanwhile
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    *:*":$group:"*)
      found=1
      case $line in
      *:) line=$line$user ;;
      *) line=$line,$user ;;
      esac
      ;;
    esac
    printf '%s\n' "$line"
  done </etc/group >"/etc/group.$mark"
  if [ -z "$found" ]; then printf '%s\n' "docker-socket:x:$group:$user" >>"/etc/group.$mark"; fi
  replace /etc/group <"/etc/group.$mark"
  rm -f "/etc/group.$mark"
}

# An engine that remaps its containers' users keeps the image's files under shifted numbers, also for a container that
# is exempt. Then sudo does not trust its own files, and the home belongs to nobody.
repair_shifted_image() {
  shift_by=0
  if [ -O / ]; then return 0; fi
  # shellcheck disable=SC2046 # the words of the line are what is wanted
  set -- $(ls -ldn /)
  shift_by=$3
  say 'shifted image'
  for file in /usr/bin/sudo /bin/su /usr/bin/su /usr/bin/passwd /usr/bin/newgrp; do
    if [ -u "$file" ]; then chown 0:0 "$file" && chmod u+s "$file"; fi
  done
  for file in /etc/sudo.conf /etc/sudoers /etc/sudoers.d /etc/sudoers.d/* /usr/lib/sudo /usr/lib/sudo/* /usr/libexec/sudo \
    /usr/libexec/sudo/*; do
    if [ -e "$file" ]; then chown -h 0:0 "$file"; fi
  done
}

# @setup_agents.sh@

check_numbers
wait_for_entrypoint
read_mount_points
repair_shifted_image
find_template_user
choose_agent
if [ -n "$is_new" ] || [ "$old_uid" != "$SETUP_UID" ] || [ "$old_gid" != "$SETUP_GID" ]; then change_user; fi
if [ "$SETUP_UID" != 0 ]; then
  if [ ! -d "$home" ] || [ ! -d "$agent_home" ]; then mkdir -p "$home" "$agent_home"; fi
  from_uid=$((old_uid + shift_by)) from_gid=$((old_gid + shift_by))
  if [ "$from_uid" != "$SETUP_UID" ] || [ "$from_gid" != "$SETUP_GID" ]; then
    hand_over "$home"
    if [ "$agent_home" != "$home" ]; then hand_over "$agent_home"; fi
    # Programs that the agent installs for itself go there.
    if [ -n "${NPM_CONFIG_PREFIX:-}" ]; then hand_over "$NPM_CONFIG_PREFIX"; fi
  fi
  find_owners
  own_home
  own_parents_of_mounts
  open_way_to "$SETUP_WORKSPACE"
  join_group_of "$SETUP_SOCKET"
elif [ -n "$SETUP_VOLUME" ]; then
  find_owners
fi
link_to_mounts_of_root

# A template's own system-wide settings stay in front of ours.
have=''
if [ -f /etc/gitconfig ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    if [ "$line" = "# $mark" ]; then have=1; fi
  done </etc/gitconfig
fi
if [ -z "$have" ]; then
  append /etc/gitconfig "# $mark"
  printf '%s' "$SETUP_GIT" >>/etc/gitconfig
fi

if [ -n "$SETUP_VOLUME" ]; then take_volume; fi
link_lent_files
case $SETUP_AGENT in
claude) prepare_claude ;;
gemini) prepare_gemini ;;
esac

# What is mounted, for whoever checked what was to be. In one write: each one is a message of the engine's.
mounts=''
if IFS= read -r line </proc/sys/kernel/random/boot_id; then
  mounts="$mark: kernel $line
"
  while IFS= read -r line; do
    mounts="$mounts$mark: mount $line
"
  done </proc/self/mountinfo
fi
printf '%s%s: set up\n' "$mounts" "$mark"

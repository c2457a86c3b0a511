# SPDX-License-Identifier: Apache-2.0
# Runs once in each new sandbox, as root, before anybody enters it: the agent's user gets the caller's numbers, git knows
# the caller and trusts the workspace, the credential volume belongs to the agent. Any image with /bin/sh must do, so
# it uses the shell itself where it can, and of the rest only chown, mkdir, mv and (for a changed number) find.
# Doing it twice does no harm.
#
# In:  SETUP_UID SETUP_GID  the agent's numbers
#      SETUP_GIT            text for the system-wide git configuration
#      SETUP_VOLUME         directory of the credential volume, or empty
# Out: the line "docker-sandbox: set up" as the last one on stdout when all went well
set -eu
umask 022

# The number of the template's own user: the container's first process runs as it.
template_uid() {
  while read -r key value rest; do
    if [ "$key" = Uid: ]; then
      echo "$value"
      return
    fi
  done </proc/1/status
}

# Prints /etc/passwd with the agent's entry first, so that its number means that entry even where another one of the
# image has it too. Sets nothing.
passwd_with_agent() {
  echo "$1"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "$user:"*) ;;
    *) printf '%s\n' "$line" ;;
    esac
  done </etc/passwd
}

replace() { # FILE: its new text is on stdin; the old owner and mode count no more than for any system file
  cat_to="$1.docker-sandbox.$$"
  while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done >"$cat_to"
  mv -f "$cat_to" "$1"
}

old_uid=$(template_uid)
user='' old_gid='' home='' shell='' gecos=''
if [ "$old_uid" != 0 ]; then
  while IFS=: read -r p_name p_word p_uid p_gid p_gecos p_home p_shell; do
    if [ "$p_uid" = "$old_uid" ]; then
      user=$p_name old_gid=$p_gid gecos=$p_gecos home=$p_home shell=$p_shell
      break
    fi
  done </etc/passwd
fi

if [ -z "$user" ]; then
  # The template has no user of its own, or one without a name: the agent gets an entry, unless its number has one.
  known=''
  while IFS=: read -r p_name p_word p_uid p_rest; do
    if [ "$p_uid" = "$SETUP_UID" ]; then known=1; fi
    if [ "$p_name" = agent ]; then user=sandbox-agent; fi
  done </etc/passwd
  if [ -z "$known" ]; then
    user=${user:-agent} home=/home/${user:-agent} shell=/bin/sh
    if [ -x /bin/bash ]; then shell=/bin/bash; fi
    mkdir -p "$home"
    chown "$SETUP_UID:$SETUP_GID" "$home"
    passwd_with_agent "$user:x:$SETUP_UID:$SETUP_GID:$gecos:$home:$shell" | replace /etc/passwd
  fi
elif [ "$old_uid" != "$SETUP_UID" ] || [ "$old_gid" != "$SETUP_GID" ]; then
  passwd_with_agent "$user:x:$SETUP_UID:$SETUP_GID:$gecos:$home:$shell" | replace /etc/passwd
  # Root needs no ownership to write; for all others the home moves to the new numbers, but never a mount in it.
  if [ "$SETUP_UID" != 0 ] && [ -d "$home" ] && [ "$home" != / ]; then
    find "$home" -xdev \( -user "$old_uid" -o -group "$old_gid" \) -exec chown -h "$SETUP_UID:$SETUP_GID" {} +
  fi
fi

known=''
agent_group=''
while IFS=: read -r g_name g_word g_gid g_rest; do
  if [ "$g_gid" = "$SETUP_GID" ]; then known=1; fi
  if [ -n "$user" ] && [ "$g_name" = "$user" ]; then agent_group=1; fi
done </etc/group
if [ -z "$known" ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    "${user:-agent}:"*) printf '%s\n' "${user:-agent}:x:$SETUP_GID:" ;;
    *) printf '%s\n' "$line" ;;
    esac
  done </etc/group >/etc/group.docker-sandbox.$$
  if [ -z "$agent_group" ]; then
    printf '%s\n' "${user:-agent}:x:$SETUP_GID:" >>/etc/group.docker-sandbox.$$
  fi
  mv -f /etc/group.docker-sandbox.$$ /etc/group
fi

# A template's own system-wide settings stay in front of ours.
marker='# docker-sandbox'
have=''
if [ -f /etc/gitconfig ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    if [ "$line" = "$marker" ]; then have=1; fi
  done </etc/gitconfig
fi
if [ -z "$have" ]; then
  printf '%s\n%s' "$marker" "$SETUP_GIT" >>/etc/gitconfig
fi

# Only the volume's directory: what is in it belongs to the one who put it there.
if [ -n "$SETUP_VOLUME" ]; then
  chown "$SETUP_UID:$SETUP_GID" "$SETUP_VOLUME"
fi

echo 'docker-sandbox: set up'

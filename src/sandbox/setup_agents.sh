# SPDX-License-Identifier: Apache-2.0
# The part of setup.sh that prepares the agents' own files: claude's and gemini's first start asks nothing, their login is
# in the credential volume, and what the template has baked into their directories stays in force.

trim() { # TEXT; sets trimmed: without white space in front
  trimmed=${1#"${1%%[![:space:]]*}"}
}

# Writes a file beside FILE, to take its place, and sets new_file. In a volume the processes of other sandboxes may do the same,
# under the same numbers: the name is by chance.
write_beside() { # FILE TEXT
  unique=''
  IFS= read -r unique </proc/sys/kernel/random/uuid || :
  new_file="$1.$mark.${unique:-$SETUP_STATE.$$}"
  (umask 077 && printf '%s\n' "$2" >"$new_file")
  chown "$SETUP_UID:$SETUP_GID" "$new_file"
}

# Replaces a JSON file at once, so that nobody reads half of it.
write_json() { # FILE TEXT
  write_beside "$1" "$2"
  mv -f "$new_file" "$1"
}

# Adds a member to the object in a JSON file, in front: one of that name which is there already comes later, and counts.
add_member() { # FILE MEMBER
  text=$(cat "$1")
  case $text in *'{'*) ;; *) return 0 ;; esac
  trim "${text#*\{}"
  case $trimmed in
  '}'*) write_json "$1" "{$2$trimmed" ;;
  *) write_json "$1" "{$2,
  $trimmed" ;;
  esac
}

# Notes the API key that the user gave as one to use, as claude does when it has asked.
approve_key() { # FILE
  if [ -z "$SETUP_KEY_TAIL" ]; then return 0; fi
  text=$(cat "$1")
  case $text in
  *"$SETUP_KEY_TAIL"*) ;;
  *'"customApiKeyResponses"'*)
    before=${text%%\"customApiKeyResponses\"*}
    rest=${text#*\"customApiKeyResponses\"}
    list=${rest#*\"approved\"}
    trim "${list#*\[}"
    case $list in "$rest") return 0 ;; esac
    case $trimmed in
    ']'*) comma='' ;;
    *) comma=', ' ;;
    esac
    write_json "$1" "$before\"customApiKeyResponses\"${rest%%\"approved\"*}\"approved\": [\"$SETUP_KEY_TAIL\"$comma$trimmed"
    ;;
  *) add_member "$1" "\"customApiKeyResponses\": {\"approved\": [\"$SETUP_KEY_TAIL\"], \"rejected\": []}" ;;
  esac
}

# Docker's own templates name a proxy here that no other engine has; with it claude would never use the login.
drop_proxy_sentinel() { # FILE
  if [ ! -f "$1" ]; then return 0; fi
  text=$(cat "$1")
  case $text in *'"apiKeyHelper"'*'"echo proxy-managed"'*) ;; *) return 0 ;; esac
  before=${text%%\"apiKeyHelper\"*}
  trim "${text#*\"apiKeyHelper\"}"
  trim "${trimmed#:}"
  case $trimmed in '"echo proxy-managed"'*) ;; *) return 0 ;; esac
  trim "${trimmed#'"echo proxy-managed"'}"
  case $trimmed in
  ,*) trimmed=${trimmed#,} ;;
  *)
    before=${before%"${before##*[![:space:]]}"}
    before=${before%,}
    ;;
  esac
  write_json "$1" "$before$trimmed"
}

is_empty() { # DIRECTORY
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then return 1; fi
  done
}

# The volume, and what agents have put there, belongs to this sandbox's agent; what the user mounts into it does not.
take_volume() {
  if [ "$volume_uid" = "$SETUP_UID" ] && [ "$volume_gid" = "$SETUP_GID" ]; then return 0; fi
  chown "$SETUP_UID:$SETUP_GID" "$SETUP_VOLUME"
  if is_empty "$SETUP_VOLUME"; then return 0; fi
  find_chown
  # Once more where a file was gone that another sandbox had just replaced.
  # shellcheck disable=SC2086 # one word or none
  set -- "$SETUP_VOLUME" ! -user "$SETUP_UID" -exec $chown chown -h "$SETUP_UID:$SETUP_GID" {} +
  find_below "$@" || find_below "$@"
  if [ "$volume_uid" != "$SETUP_UID" ]; then say 'volume taken over'; fi
}

# Makes NAMEs in DIRECTORY links to those in TARGET, and one to the file in `link_too`, if any. What a template has there
# moves on.
link_names() { # DIRECTORY TARGET NAME...
  directory=$1 target=$2
  shift 2
  for name; do
    if [ -L "$directory/$name" ]; then continue; fi
    if [ -d "$directory/$name" ]; then
      for entry in "$directory/$name"/* "$directory/$name"/.[!.]*; do
        if [ -e "$entry" ] && [ ! -e "$target/$name/${entry##*/}" ]; then mv "$entry" "$target/$name/"; fi
      done
      rm -rf "${directory:?}/$name"
    fi
    if [ ! -e "$directory/$name" ]; then links="${links:+$links }$name"; fi
  done
  # One process for all of them; the names are ours and have no blanks.
  set -- ${link_too:+"$link_too"}
  for name in ${links:-}; do set -- "$@" "$target/$name"; done
  if [ $# -gt 0 ]; then ln -s "$@" "$directory"; fi
  links='' link_too=''
}

# The host's files stand in the home in place of the template's, which are kept aside.
link_lent_files() {
  if [ -z "$SETUP_LENT" ]; then return 0; fi
  # An agent makes its temporary files beside the one that it replaces.
  chown "$SETUP_UID:$SETUP_GID" /mnt/host
  while IFS= read -r name; do
    if [ -z "$name" ]; then continue; fi
    if [ -e "$agent_home/$name" ] && ! [ -L "$agent_home/$name" ]; then
      aside=/var/lib/$mark/template/$name
      mkdir -p "${aside%/*}" && mv "$agent_home/$name" "$aside"
    fi
    lent=/mnt/host/$name
    if [ ! -e "$lent" ]; then lent=/mnt/host/files/$name; fi
    link_into_home "$lent" "$agent_home/$name" >/dev/null
  done <<LIST
$SETUP_LENT
LIST
}

prepare_claude() {
  settings=$agent_home/.claude names='projects file-history todos tasks plans'
  set -- /etc/claude-code
  if [ "$SETUP_CREDENTIALS" = sandbox ]; then
    state=$SETUP_VOLUME/workspaces/$SETUP_STATE
    set -- "$@" "$settings"
    for name in $names; do set -- "$@" "$state/$name"; done
  fi
  mkdir -p "$@"
  # All is allowed without asking, so that claude need not be told so by hand. A policy, since the user's own settings
  # may be the host's.
  policy=/etc/claude-code/managed-settings.json
  if [ -e "$policy" ]; then
    policy=/etc/claude-code/managed-settings.d/$mark.json
    mkdir -p "${policy%/*}"
  fi
  printf '%s\n' '{"skipDangerousModePermissionPrompt": true}' >"$policy"
  if [ "$SETUP_CREDENTIALS" = host ]; then return 0; fi
  drop_proxy_sentinel "$settings/settings.json"
  if [ "$SETUP_CREDENTIALS" = sandbox ]; then keep_claude; fi
}

keep_claude() {
  # A version that does not know the variable for the login's place follows this one.
  link_too=''
  if [ ! -e "$settings/.credentials.json" ] && [ ! -L "$settings/.credentials.json" ]; then
    link_too=$SETUP_VOLUME/.credentials.json
  fi
  # shellcheck disable=SC2086 # a list of names without blanks
  link_names "$settings" "$state" $names history.jsonl
  shared=$SETUP_VOLUME/.claude.json own=$agent_home/.claude.json
  if [ -f "$own" ] && [ ! -L "$own" ]; then
    # The template's, with servers and projects that it has set up: it stays, in this sandbox alone.
    add_member "$own" '"hasCompletedOnboarding": true'
    approve_key "$own"
  else
    if [ -s "$shared" ]; then
      approve_key "$shared"
    else
      write_beside "$shared" "$SETUP_CLAUDE_SEED"
      # Another sandbox may do the same at this moment: who comes second leaves the file alone.
      if [ ! -e "$shared" ]; then ln "$new_file" "$shared" 2>/dev/null || :; fi
      if [ -s "$shared" ]; then rm -f "$new_file"; else mv -f "$new_file" "$shared"; fi
    fi
    if [ ! -L "$own" ]; then ln -s "$shared" "$own"; fi
  fi
  set -- "$settings" "$own" "$SETUP_VOLUME/workspaces" "$state"
  for name in $names history.jsonl; do
    set -- "$@" "$settings/$name"
    if [ -d "$state/$name" ]; then set -- "$@" "$state/$name"; fi
  done
  chown -h "$SETUP_UID:$SETUP_GID" "$@" "$settings/.credentials.json"
}

prepare_gemini() {
  # The kind of login that the variables are for counts for more than the one that was chosen last.
  kind=''
  if [ -n "${GEMINI_API_KEY:-}" ]; then kind=gemini-api-key; fi
  if [ "${GOOGLE_GENAI_USE_VERTEXAI:-}" = true ]; then kind=vertex-ai; fi
  if [ "${GOOGLE_GENAI_USE_GCA:-}" = true ]; then kind=oauth-personal; fi
  mkdir -p /etc/gemini-cli
  if [ -n "$kind" ] && [ ! -e /etc/gemini-cli/settings.json ]; then
    printf '%s\n' "{\"security\": {\"auth\": {\"selectedType\": \"$kind\"}}}" >/etc/gemini-cli/settings.json
  fi
  if [ "$SETUP_CREDENTIALS" = sandbox ]; then keep_gemini; fi
}

# Gemini replaces and removes the files of its login, so its whole directory is the volume's, the same one for all sandboxes.
# What is this sandbox's own is reached through links in it that lead back into each sandbox.
keep_gemini() {
  shared=$SETUP_VOLUME/.gemini own=$agent_home/.gemini local=/var/lib/$mark/gemini
  state=$SETUP_VOLUME/workspaces/$SETUP_STATE
  mkdir -p "$shared" "$local" "$state/tmp" "$state/history"
  if [ -d "$own" ] && [ ! -L "$own" ]; then
    if [ -f "$own/settings.json" ] && [ ! -e /etc/gemini-cli/system-defaults.json ]; then
      # In force where the user has not chosen otherwise.
      mv "$own/settings.json" /etc/gemini-cli/system-defaults.json
    fi
    for entry in "$own"/* "$own"/.[!.]*; do
      if [ -e "$entry" ] || [ -L "$entry" ]; then mv "$entry" "$local/"; fi
    done
    rmdir "$own"
  fi
  for name in commands extensions skills agents policies; do mkdir -p "$local/$name"; done
  link_names "$local" "$state" tmp history
  for name in GEMINI.md commands extensions skills agents policies tmp history; do
    # Another sandbox may make it at this moment.
    if [ ! -L "$shared/$name" ] && [ ! -e "$shared/$name" ]; then ln -s "$local/$name" "$shared/$name" 2>/dev/null || :; fi
  done
  if [ ! -L "$own" ]; then ln -s "$shared" "$own"; fi
  set -- "$own" "$shared" "$SETUP_VOLUME/workspaces" "$state" "$state/tmp" "$state/history" "$local"
  for entry in "$shared"/* "$local"/*; do
    if [ -L "$entry" ] || [ -d "$entry" ]; then set -- "$@" "$entry"; fi
  done
  chown -h "$SETUP_UID:$SETUP_GID" "$@"
}

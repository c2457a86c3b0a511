# SPDX-License-Identifier: Apache-2.0
# The first process of a session. It tells the client its number, waits for the word to go on, and becomes the program: the
# number, which is the session's and the process group's too, stays the same. Whoever gives no word is gone: then nothing
# is started. Needs nothing but the shell itself. All variables have a prefix, because a plain name might be one of the
# agent's, exported, and a value given to it here would reach the agent.
#
# In:  $1 a token that nothing else in the stream can equal, $2 how many variables have names that a shell drops
#      (DOCKER_SANDBOX_VARIABLE_1 … hold them as NAME=VALUE), then the program and its arguments
# Out: one line, "TOKEN NUMBER STATE KILLS", before anything else; STATE is ok, missing or denied; KILLS processes of the sandbox were
#      killed for lack of memory so far
dsbx_token=$1 dsbx_odd=$2
shift 2

# @find_program.sh@
# @memory_kills.sh@
dsbx_memory_kills
echo "$dsbx_token $$ $dsbx_state $dsbx_kills"
case $dsbx_state in
missing) exit 127 ;;
denied) exit 126 ;;
esac

IFS= read -r dsbx_word || exit 125
[ "$dsbx_word" = "$dsbx_token" ] || exit 125

# The engine sets none of these; a shell does.
unset PWD OLDPWD SHLVL
if [ "$dsbx_odd" = 0 ]; then
  exec "$@"
fi
while [ "$dsbx_odd" -gt 0 ]; do
  eval "set -- \"\$DOCKER_SANDBOX_VARIABLE_$dsbx_odd\" \"\$@\""
  unset "DOCKER_SANDBOX_VARIABLE_$dsbx_odd"
  dsbx_odd=$((dsbx_odd - 1))
done
exec env "$@"

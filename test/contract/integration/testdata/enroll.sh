# First start: registers AGENT_NAME and keeps the ID on the volume. Later starts: the ID is there, nothing is
# asked. A lost ID (409) is looked up by name. AGENT_HOME is the volume; the agent itself makes
# AGENT_HOME/keys (0700).
set -eu
file=$AGENT_HOME/agent-id
[ -s "$file" ] && { echo "agent $AGENT_NAME is $(cat "$file")"; exit 0; }
fail() { echo "enroll: $*" >&2; exit 1; }
key=$(cat /etc/certctl/enroll/key)      # on its own line: set -e does not see a failure inside another command's arguments
umask 077; printf 'Authorization: Bearer %s' "$key" > /tmp/auth
call() { # METHOD PATH [JSON]: sets status; body in /tmp/body
  status=$(curl -sS --cacert /etc/certctl/ca-bundle/ca.crt -m 30 -H @/tmp/auth -H 'Content-Type: application/json' \
    -X "$1" ${3:+-d "$3"} -o /tmp/body -w '%{http_code}' "$CERTCTL_SERVER_URL$2") || fail "no answer from $CERTCTL_SERVER_URL"
}
find_id() { tr '{' '\n' < /tmp/body | sed -n "s/^\"id\":\"\([^\"]*\)\",\"name\":\"$AGENT_NAME\".*/\1/p"; }
call POST /api/v1/agents "{\"name\":\"$AGENT_NAME\",\"hostname\":\"$AGENT_NAME\"}"
answer=$status
case $answer in
  201) id=$(find_id);;
  409) page=1 id=
       while [ -z "$id" ]; do
         call GET "/api/v1/agents?per_page=500&page=$page"; [ "$status" = 200 ] || fail "list answered $status: $(cat /tmp/body)"
         grep -q '"id":' /tmp/body || fail "$AGENT_NAME is taken but not in the list: was that agent retired?"
         id=$(find_id); page=$((page + 1))
       done;;
  *) fail "registration answered $answer: $(cat /tmp/body)";;
esac
[ -n "$id" ] || fail "no id in: $(cat /tmp/body)"
printf %s "$id" > "$file.new"; mv "$file.new" "$file"; echo "agent $AGENT_NAME enrolled as $id ($answer)"


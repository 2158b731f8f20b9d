#!/bin/sh
# First start: registers AGENT_NAME and keeps the ID on the volume. Later starts: the ID is there, nobody is asked.
# A lost ID is looked up by name, because names are unique (certctl facts 2.14). The agent itself makes AGENT_HOME/keys with mode 0700.
set -eu
umask 077

fail() { echo "enroll: $*" >&2; exit 1; }

id_file=$AGENT_HOME/agent-id
if [ -s "$id_file" ]; then
  id=$(cat "$id_file")
  echo "agent $AGENT_NAME is $id"
  exit 0
fi

# On a line of its own: set -e does not see a failure inside another command's arguments.
key=$(cat /etc/certctl/keys/enroll)
printf 'Authorization: Bearer %s' "$key" > /tmp/authorization

# METHOD PATH [JSON]: sets status; the answer is in /tmp/body.
call() {
  set -- "$1" "$2" ${3:+--data "$3"}
  method=$1 path=$2
  shift 2
  status=$(curl --silent --show-error --max-time 30 ${CERTCTL_SERVER_CA_BUNDLE_PATH:+--cacert "$CERTCTL_SERVER_CA_BUNDLE_PATH"} \
    --header @/tmp/authorization --header 'Content-Type: application/json' --request "$method" "$@" \
    --output /tmp/body --write-out '%{http_code}' "$CERTCTL_SERVER_URL$path") || fail "no answer from $CERTCTL_SERVER_URL"
}

# The id of the object that is called AGENT_NAME, in /tmp/body.
id_of_name() { tr '{' '\n' < /tmp/body | sed -n "s/^\"id\":\"\([^\"]*\)\",\"name\":\"$AGENT_NAME\".*/\1/p" | head -n 1; }

call POST /api/v1/agents "{\"name\":\"$AGENT_NAME\",\"hostname\":\"$AGENT_NAME\"}"
case $status in
  201)
    id=$(id_of_name)
    how=registered
    ;;
  409)
    how="found by name"
    id=
    page=1
    while [ -z "$id" ]; do
      call GET "/api/v1/agents?per_page=500&page=$page"
      [ "$status" = 200 ] || fail "listing agents answered $status: $(cat /tmp/body)"
      grep -q '"id":' /tmp/body || fail "the name $AGENT_NAME is taken, but by no agent in the list: was that agent retired?"
      id=$(id_of_name)
      page=$((page + 1))
    done
    ;;
  *) fail "registering $AGENT_NAME answered $status: $(cat /tmp/body)" ;;
esac
[ -n "$id" ] || fail "no id in the answer: $(cat /tmp/body)"

# Renamed into place: a half-written ID would be another agent's.
printf '%s' "$id" > "$id_file.new"
mv "$id_file.new" "$id_file"
echo "agent $AGENT_NAME is $id ($how)"

#!/bin/sh
# Turns "Ready" into "works": roles for the named keys and no grant for the demo actor, or a gateway that asks who calls; every enabled
# issuer loaded. Safe to repeat.
# certctl's image has no jq; its JSON is compact, and each object of the lists read here is found by splitting at "{".
set -eu
umask 077

fail() { echo "provisioning: $*" >&2; exit 1; }

# On a line of its own: set -e does not see a failure inside another command's arguments.
key=$(cat /etc/certctl/keys/admin)
printf 'Authorization: Bearer %s' "$key" > /tmp/authorization

# METHOD PATH [JSON]: sets status; the answer is in /tmp/body. No --retry: curl would repeat the 500 that OCSP answers at this version.
call() {
  set -- "$1" "$2" ${3:+--data "$3"}
  method=$1 path=$2
  shift 2
  status=$(curl --silent --show-error --max-time 30 ${CERTCTL_SERVER_CA_BUNDLE_PATH:+--cacert "$CERTCTL_SERVER_CA_BUNDLE_PATH"} \
    --header @/tmp/authorization --header 'Content-Type: application/json' --request "$method" "$@" \
    --output /tmp/body --write-out '%{http_code}' "$CERTCTL_SERVER_URL$path") || fail "no answer from $CERTCTL_SERVER_URL"
}

# "STATUS …" WHAT: fails with the server's own words for any other status.
expect() {
  case " $1 " in
    *" $status "*) ;;
    *) fail "$2 answered $status: $(cat /tmp/body)" ;;
  esac
}

objects() { tr '{' '\n' < /tmp/body; }

# NAME PERMISSION…: creates the role where it is absent; sets role_id.
ensure_role() {
  role=$1
  shift
  call POST /api/v1/auth/roles "{\"name\":\"$role\",\"description\":\"created by the deployment\"}"
  expect "201 409" "creating role $role"
  call GET /api/v1/auth/roles
  expect 200 "listing roles"
  role_id=$(objects | sed -n "s/.*\"id\":\"\([^\"]*\)\".*\"name\":\"$role\".*/\1/p" | head -n 1)
  [ -n "$role_id" ] || fail "role $role was created but is not in the list"
  for permission; do
    call POST "/api/v1/auth/roles/$role_id/permissions" "{\"permission\":\"$permission\"}"
    expect "200 201 204 409" "permission $permission of role $role"
  done
}

# KEY ROLE: only where absent, because certctl adds a row for every grant.
ensure_grant() {
  call GET /api/v1/auth/keys
  expect 200 "listing keys"
  objects > /tmp/grants
  if grep "\"actor_id\":\"$1\"" /tmp/grants | grep -q "\"$2\""; then
    echo "key $1 has role $2"
    return
  fi
  call POST "/api/v1/auth/keys/$1/roles" "{\"role_id\":\"$2\"}"
  expect "200 201 204" "granting role $2 to key $1"
  echo "key $1 was granted role $2"
}

# A loaded issuer never answers 404 to an OCSP question; a wrong encryption key leaves the server Ready but without issuers.
check_issuers() {
  call GET /api/v1/issuers
  expect 200 "listing issuers"
  issuers=$(sed 's/"config":{[^}]*},//g' /tmp/body | tr '{' '\n' | sed -n '/"enabled":true/s/^"id":"\([^"]*\)".*/\1/p')
  [ -n "$issuers" ] || fail "there is no enabled issuer in the database"
  missing=
  for issuer in $issuers; do
    serial=$(tr -d - < /proc/sys/kernel/random/uuid)
    call GET "/.well-known/pki/ocsp/$issuer/$serial"
    if [ "$status" = 404 ]; then missing="$missing $issuer"; else echo "issuer $issuer is loaded (OCSP answers $status)"; fi
  done
  [ -z "$missing" ] || fail "not loaded:$missing. Is the encryption key (CERTCTL_CONFIG_ENCRYPTION_KEY) the one this database was made with?"
}

# Behind a gateway certctl believes everybody: there are no rights to grant, and who is let in without a key administers everything.
check_gateway() {
  for authorization in '' 'Authorization: Bearer not-a-key-of-this-instance'; do
    printf '%s' "$authorization" > /tmp/stranger
    status=$(curl --silent --show-error --max-time 30 ${CERTCTL_SERVER_CA_BUNDLE_PATH:+--cacert "$CERTCTL_SERVER_CA_BUNDLE_PATH"} \
      --header @/tmp/stranger --output /tmp/body --write-out '%{http_code}' "$CERTCTL_SERVER_URL/api/v1/issuers") || status="no answer"
    case "$status" in
      301 | 302 | 303 | 307 | 401 | 403) ;;
      *) fail "the gateway does not ask who calls: without a key of this instance it answers $status" ;;
    esac
  done
  echo "the gateway asks who calls"
}

# Service routing lags behind a pod's readiness, and a new certificate takes the kubelet up to 90 s; what is wrong for longer is told
# by the call after this.
tries=0
until curl --silent --fail --max-time 5 ${CERTCTL_SERVER_CA_BUNDLE_PATH:+--cacert "$CERTCTL_SERVER_CA_BUNDLE_PATH"} \
  --output /tmp/body "$CERTCTL_SERVER_URL/ready" || [ "$tries" -ge 60 ]; do
  tries=$((tries + 1))
  echo "waiting for $CERTCTL_SERVER_URL/ready"
  sleep 2
done
call GET /ready
expect 200 "$CERTCTL_SERVER_URL/ready"
if [ "${CERTCTL_AUTH_TYPE:-}" = none ]; then
  check_gateway
else
  ensure_role agent-enroller agent.read agent.edit
  ensure_grant enroll "$role_id"
  ensure_grant fleet r-agent
  call POST /api/v1/auth/demo-residual/cleanup
  expect 200 "removing the demo grant"
fi
check_issuers
echo "provisioned"

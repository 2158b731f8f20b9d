# Turns "Ready" into "works": roles for the named keys, demo grant removed, issuers really loaded. Safe to
# repeat.
set -eu
url=https://certctl-server:8443
key=$(cat /etc/certctl/admin/key)
umask 077; printf 'Authorization: Bearer %s' "$key" > /tmp/auth
fail() { echo "provision: $*" >&2; exit 1; }
call() { # METHOD PATH [JSON]: sets status; body in /tmp/body
  # no --retry: curl counts 500 as transient, and OCSP answers 500 at this version
  status=$(curl -sS --cacert /etc/certctl/ca-bundle/ca.crt -m 30 -H @/tmp/auth \
    -H 'Content-Type: application/json' -X "$1" ${3:+-d "$3"} -o /tmp/body -w '%{http_code}' "$url$2")
}
expect() { case " $1 " in *" $status "*) ;; *) fail "$2 answered $status: $(cat /tmp/body)";; esac; }
rows() { tr '{' '\n' < /tmp/body; }           # one JSON object per line; no jq in the image

role() { # NAME PERMISSION...: makes the role if absent; sets id
  name=$1; shift
  call POST /api/v1/auth/roles "{\"name\":\"$name\",\"description\":\"made by the deployment\"}"; expect "201 409" "role $name"
  call GET /api/v1/auth/roles; expect 200 roles
  id=$(rows | sed -n "s/.*\"id\":\"\([^\"]*\)\".*\"name\":\"$name\".*/\1/p" | head -n 1); [ -n "$id" ] || fail "role $name not found"
  for permission; do call POST "/api/v1/auth/roles/$id/permissions" "{\"permission\":\"$permission\"}"; expect "200 201 204 409" "permission $permission"; done
}
grant() { # KEY ROLE: only when absent, because each grant adds a row
  call GET /api/v1/auth/keys; expect 200 keys
  if rows | grep "\"actor_id\":\"$1\"" | grep -q "\"$2\""; then echo "$1 has $2"; return; fi
  call POST "/api/v1/auth/keys/$1/roles" "{\"role_id\":\"$2\"}"; expect "200 201 204" "grant $2 to $1"; echo "granted $2 to $1"
}
until curl -sf --cacert /etc/certctl/ca-bundle/ca.crt -m 5 "$url/ready" >/dev/null; do sleep 2; done
role agent-enroller agent.read agent.edit
grant enroll "$id"
grant fleet r-agent
call POST /api/v1/auth/demo-residual/cleanup; expect 200 "demo clean-up"; echo "demo clean-up: $(cat /tmp/body)"

# A loaded issuer never answers "issuer not found" to an OCSP question about a serial nobody asked for before.
call GET /api/v1/issuers; expect 200 issuers
issuers=$(sed 's/"config":{[^}]*},//g' /tmp/body | tr '{' '\n' | sed -n '/"enabled":true/s/^"id":"\([^"]*\)".*/\1/p')
[ -n "$issuers" ] || fail "no issuers in the database"
for issuer in $issuers; do
  call GET "/.well-known/pki/ocsp/$issuer/$(tr -d - < /proc/sys/kernel/random/uuid)"
  [ "$status" = 404 ] && fail "issuer $issuer is not loaded ($(cat /tmp/body)): is CERTCTL_CONFIG_ENCRYPTION_KEY the one this database was made with?"
  echo "issuer $issuer loaded (OCSP answers $status)"
done
echo provisioned

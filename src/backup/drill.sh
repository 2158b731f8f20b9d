#!/bin/sh
# Restores the chosen backup into a PostgreSQL that lives in this pod alone, and compares what is there with the manifest.
# run answers with an exit code, and has to be asked for it.
# shellcheck disable=SC2310
set -eu
program=drill
scripts=$(dirname "$0")
# shellcheck source=common.sh
. "$scripts/common.sh"

dump=$SCRATCH_DIR/dump
manifest=$SCRATCH_DIR/manifest.json
name=$(cat "$SCRATCH_DIR/name")
data=$DATA_DIR/pgdata
stop_all() {
  stop_children
  [ ! -e "$data/postmaster.pid" ] || pg_ctl stop --pgdata="$data" --mode=immediate --silent > /dev/null 2>&1 || true
}
trap stop_all EXIT

verify_file "$dump" "$manifest" "$name"
available=$(($(df -P -k "$DATA_DIR" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p') * 1024))
[ -z "${SPACE_BYTES:-}" ] || [ "$available" -le "$SPACE_BYTES" ] || available=$SPACE_BYTES
needed=$(field "$manifest" databaseBytes)
[ "$available" -ge "$needed" ] || fail "there is room for $available bytes, and the database had $needed: make backup.drill.storageSize larger"

rm -rf "$data"
run initdb --pgdata="$data" --username=certctl --auth=trust --encoding=UTF8 --no-sync > "$TMPDIR/log" || fail "initdb failed: $(reason)"
# No TCP, and nothing that outlives the pod: there is nothing to keep.
run pg_ctl start --pgdata="$data" --wait --timeout=60 --silent --log="$DATA_DIR/log" \
  --options="-c listen_addresses='' -c unix_socket_directories='$DATA_DIR' -c fsync=off -c full_page_writes=off" ||
  fail "PostgreSQL does not start: $(reason "$DATA_DIR/log")"
export PGHOST="$DATA_DIR" PGUSER=certctl PGDATABASE=postgres
ask "create database certctl" || fail "no database can be made: $(reason)"
export PGDATABASE=certctl
run pg_restore --no-owner --no-acl --exit-on-error --jobs="$JOBS" --dbname=certctl "$dump" || fail "$name cannot be restored: $(reason)"
check_schema_version "$manifest"
check_rows "$manifest"
check_audit_chain
echo "$name can be restored: $(field "$manifest" schemaVersion), rows and audit chain as in its manifest"

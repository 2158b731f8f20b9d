#!/bin/sh
# Restores a backup: into the database when it is empty; else, when told so by name, into a new one that takes its place. Nothing is half
# restored: either one transaction fills the empty database, or a checked database takes the other's name. Safe to repeat.
set -eu
program=restore
scripts=$(dirname "$0")
# shellcheck source=common.sh
. "$scripts/common.sh"

dump=$SCRATCH_DIR/dump
manifest=$SCRATCH_DIR/manifest.json
name=$(cat "$SCRATCH_DIR/name")
target=$PGDATABASE
fresh=${target}_restoring_$RESTORE_ID
aside=${target}_before_$RESTORE_ID

# An identifier, and a text, of SQL.
identifier() { printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')"; }
literal() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }

# What the database says of itself is how a repeated run knows what was done before it.
comment() { ask "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = current_database()"; }
note() { ask "comment on database $(identifier "$PGDATABASE") is $(literal "$1")" || fail "the database refuses a comment: $(reason)"; }
tables() { ask "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'"; }
elsewhere() { PGDATABASE=$MAINTENANCE_DATABASE ask "$1"; }
# New sessions of the database: refused, or let in.
sessions() { elsewhere "alter database $(identifier "$target") with allow_connections $1"; }

# What a dump without privileges loses, and what must not be answered from before the restore.
finish() {
  check_schema_version "$manifest"
  check_rows "$manifest"
  check_audit_chain
  for cache in crl_cache ocsp_response_cache; do
    ask "do \$\$ begin if to_regclass('public.$cache') is not null then truncate public.$cache; end if; end \$\$" || fail "$cache cannot be emptied: $(reason)"
  done
  ask "do \$\$ begin if to_regclass('public.audit_events') is not null and exists (select from pg_roles where rolname = 'certctl')
    then revoke update, delete on public.audit_events from certctl; end if; end \$\$" || fail "the audit table cannot be protected: $(reason)"
  note "certctl restore $RESTORE_ID: $name"
}

verify_file "$dump" "$manifest"
allowed=$(elsewhere "select datallowconn from pg_database where datname = $(literal "$target")") || fail "the database does not answer: $(reason)"
if [ "$allowed" = f ]; then
  echo "an earlier run was stopped: the database lets sessions in again"
  sessions true || fail "the database lets no session in: $(reason)"
fi
said=$(comment) || fail "the database does not answer: $(reason)"
if [ "$said" = "certctl restore $RESTORE_ID: $name" ]; then
  echo "$name is restored already"
  exit 0
fi
count=$(tables) || fail "the database does not answer: $(reason)"

if [ "$count" = 0 ]; then
  note "certctl restore $RESTORE_ID begun: $name"
  run pg_restore --no-owner --no-acl --exit-on-error --single-transaction --dbname="$target" "$dump" || fail "pg_restore failed: $(reason)"
  finish
elif [ "$said" = "certctl restore $RESTORE_ID begun: $name" ]; then
  echo "an earlier run restored the rows, and was stopped before it was done"
  finish
else
  [ "${OVERWRITE_DATABASE:-}" = "$target" ] ||
    fail "the database $target is not empty: it has $count tables; set restore.overwriteDatabase: $target to put it aside"
  # The server is stopped where it matters: no session of it is left, and none is let in, before the first row is restored.
  restart() { code=$?; stop_children; [ "$code" = 0 ] || sessions true || echo "restore: $target still refuses sessions" >&2; }
  sessions false || fail "the database cannot be closed: $(reason)"
  trap restart EXIT
  others=$(elsewhere "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $(literal "$target")") ||
    fail "sessions of $target cannot be ended: $(reason)"
  echo "$target is closed; $others sessions were ended"
  elsewhere "drop database if exists $(identifier "$fresh") with (force)" || fail "what an earlier run left cannot be removed: $(reason)"
  elsewhere "create database $(identifier "$fresh") template template0 encoding 'UTF8'" || fail "no new database can be made: $(reason)"
  export PGDATABASE="$fresh"
  run pg_restore --no-owner --no-acl --exit-on-error --jobs="$JOBS" --dbname="$fresh" "$dump" || fail "pg_restore failed: $(reason)"
  finish
  # Ended sessions may take a moment to go.
  tries=0
  until elsewhere "begin; alter database $(identifier "$target") rename to $(identifier "$aside");
    alter database $(identifier "$fresh") rename to $(identifier "$target"); commit"; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || fail "the databases cannot change their names: $(reason)"
    sleep 1
  done
  trap stop_children EXIT
  echo "what was there is kept as the database $aside, which lets no session in"
fi
echo "restored $name: rows, schema version and audit chain are those of the backup"

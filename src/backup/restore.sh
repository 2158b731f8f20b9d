#!/bin/sh
# Restores a backup: into the database when it is empty; else, when told so by name, into a new one that takes its place. Nothing is half
# restored: either one transaction fills the empty database, or a checked database takes the other's name. It may be stopped anywhere, and
# repeated at any time.
# Functions answer with an exit code, and have to be asked for it.
# shellcheck disable=SC2310
set -eu
program=restore
scripts=$(dirname "$0")
# shellcheck source=common.sh
. "$scripts/common.sh"
# shellcheck source=restore-state.sh
. "$scripts/restore-state.sh"
if [ -e "$SCRATCH_DIR/restored" ]; then exit 0; fi

dump=$SCRATCH_DIR/dump
manifest=$SCRATCH_DIR/manifest.json
name=$(cat "$SCRATCH_DIR/name")
target=$PGDATABASE
maintenance=postgres
[ "$target" != postgres ] || maintenance=template1
# PostgreSQL cuts names at 63 bytes. Each run has a database of its own: one that was thought dead may still be at work.
short=$(printf '%s' "$target" | cut -b 1-32)
leftovers=${short}_restoring_
fresh=$leftovers$(cut -c 1-8 /proc/sys/kernel/random/uuid)
aside=${short}_before_$(date -u +%Y%m%d_%H%M%S)

# An identifier, and a text, of SQL.
identifier() { printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')"; }
literal() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }

elsewhere() { PGDATABASE=$maintenance ask "$1"; }
# New sessions of the database: refused, or let in.
sessions() { elsewhere "alter database $(identifier "$target") with allow_connections $1"; }
end_sessions() { elsewhere "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $(literal "$target")"; }

# What a dump without privileges loses, and what must not be answered from before the restore.
finish() {
  check_schema_version "$manifest"
  check_rows "$manifest"
  check_audit_chain
  # In one transaction with the word that it is done: without rows in the caches, a repeated run would miss them.
  ask "do \$\$ begin
      if to_regclass('public.crl_cache') is not null then truncate public.crl_cache; end if;
      if to_regclass('public.ocsp_response_cache') is not null then truncate public.ocsp_response_cache; end if;
      if to_regclass('public.audit_events') is not null and exists (select from pg_roles where rolname = 'certctl') then
        revoke update, delete on public.audit_events from certctl;
      end if;
    end \$\$;
    comment on database $(identifier "$PGDATABASE") is $(literal "$done_prefix$name")" ||
    fail "caches and audit table cannot be put in order: $(reason)"
}

# Who is connected while another schema comes writes what that schema does not know.
refuse_a_server_of_another_schema() {
  schema=none
  if [ "$tables" != 0 ]; then
    schema=$(ask "select max(version) from schema_migrations") || schema="one that cannot be read"
  fi
  count="select count(*) from pg_stat_activity where datname = $(literal "$target") and backend_type = 'client backend' and pid <> pg_backend_pid()"
  others=$(ask "$count") || others=$(elsewhere "$count") || fail "the sessions of the database cannot be counted: $(reason)"
  wanted=$(field "$manifest" schemaVersion)
  [ "$others" = 0 ] || [ "$schema" = "$wanted" ] ||
    fail "$others sessions are open, and the schema changes from $schema to $wanted: stop the server with kubectl delete deployment --cascade=foreground, and run pulumi up --refresh"
}

verified() {
  verify_file "$dump" "$manifest" "$name"
  touch "$TMPDIR/verified"
  echo yes
}
# The dump without its last byte, and that byte when somebody says that all of it is verified.
all_once_verified() {
  sent=yes
  head -c "$(($(bytes "$dump") - 1))" "$dump" || sent=no
  read -r _ && [ "$sent" = yes ] && tail -c 1 "$dump"
}
# Given the pipe's name, pg_restore would open it twice.
restore_stream() { exec pg_restore --no-owner --no-acl --exit-on-error --single-transaction --dbname="$target" < "$TMPDIR/stream"; }

# Rows go in while the dump is verified: nothing is committed without its last byte.
restore_into_empty() {
  ask "comment on database $(identifier "$target") is $(literal "$begun: $name")" || fail "the database refuses a comment: $(reason)"
  rm -f "$TMPDIR/stream" "$TMPDIR/verified"
  mkfifo "$TMPDIR/stream"
  verified | all_once_verified > "$TMPDIR/stream" 2> "$TMPDIR/stream-errors" &
  stream=$!
  restored=yes
  run restore_stream || restored=no
  wait "$stream" || restored=no
  # What is wrong with the dump was said already, and is why the rest failed.
  [ -e "$TMPDIR/verified" ] || exit 1
  [ "$restored" = yes ] || fail "pg_restore failed: $(reason; reason "$TMPDIR/stream-errors")"
  finish
}

# After a failure the server goes on with the database that it had.
undo() {
  code=$?
  stop_children
  if [ "$code" != 0 ]; then
    elsewhere "drop database if exists $(identifier "$fresh") with (force)" || echo "restore: the database $fresh is left" >&2
    sessions true || echo "restore: $target still lets no session in" >&2
  fi
}

# Both names change at once, and not when another run was faster: what was written since then would be put aside.
take_the_place() {
  elsewhere "do \$\$ begin
    perform pg_advisory_xact_lock(hashtext($(literal "certctl restore of $target")));
    if (select starts_with(shobj_description(oid, 'pg_database'), $(literal "$done_prefix")) from pg_database where datname = $(literal "$target")) then
      raise exception 'another run has done it';
    end if;
    alter database $(identifier "$target") rename to $(identifier "$aside");
    alter database $(identifier "$fresh") rename to $(identifier "$target");
  end \$\$"
}

restore_beside() {
  [ "${OVERWRITE_DATABASE:-}" = "$target" ] ||
    fail "the database $target is not empty: it has $tables tables; set restore.overwriteDatabase: $target to put it aside"
  may=$(elsewhere "select rolsuper or rolcreatedb from pg_roles where rolname = current_user") || fail "the database does not answer: $(reason)"
  [ "$may" = t ] || fail "the user $PGUSER may not create databases, which putting $target aside needs: let it, with ALTER ROLE, or empty the database"

  # The server is stopped where it matters: no session of it is left, and none is let in, before the first row is restored.
  trap undo EXIT
  sessions false || fail "the database cannot be closed: $(reason)"
  ended=$(end_sessions) || fail "sessions of $target cannot be ended: $(reason)"
  echo "$target is closed; $ended sessions were ended"
  dropped=$(elsewhere "select coalesce(string_agg(format('drop database if exists %I with (force)', datname), '; '), 'select') from pg_database where starts_with(datname, $(literal "$leftovers"))") ||
    fail "the database does not answer: $(reason)"
  echo "$dropped" | tr ';' '\n' | while read -r statement; do
    elsewhere "$statement" || fail "what an earlier run left cannot be removed: $(reason)"
  done
  locale=$(elsewhere "select format('encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(encoding), datcollate, datctype) from pg_database where datname = $(literal "$target")") ||
    fail "the database does not answer: $(reason)"
  elsewhere "create database $(identifier "$fresh") template template0 $locale" || fail "no new database can be made: $(reason)"
  export PGDATABASE="$fresh"
  run pg_restore --no-owner --no-acl --exit-on-error --jobs="$JOBS" --dbname="$fresh" "$dump" || fail "pg_restore failed: $(reason)"
  finish
  # Ended sessions may take a moment to go.
  tries=0
  until end_sessions > /dev/null && take_the_place; do
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || fail "the databases cannot change their names: $(reason)"
    sleep 1
  done
  trap stop_children EXIT
  echo "what was there is kept as the database $aside, which lets no session in"
}

if ! said=$(comment); then
  why=$(reason)
  allowed=$(elsewhere "select datallowconn from pg_database where datname = $(literal "$target")") || fail "the database does not answer: $why"
  case $allowed in
    f)
      echo "an earlier run was stopped: the database lets sessions in again"
      sessions true || fail "the database lets no session in: $(reason)"
      said=$(comment) || fail "the database does not answer: $(reason)"
      ;;
    # A damaged database may be put aside unread.
    t)
      [ "${OVERWRITE_DATABASE:-}" = "$target" ] || fail "the database does not answer: $why"
      said=$(elsewhere "select shobj_description(oid, 'pg_database') from pg_database where datname = $(literal "$target")") ||
        fail "the database does not answer: $(reason)"
      ;;
    *) fail "the database does not answer: $why" ;;
  esac
fi
if ! tables=$(ask "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'"); then
  [ "${OVERWRITE_DATABASE:-}" = "$target" ] || fail "the database does not answer: $(reason)"
  echo "the database cannot be read: $(reason)"
  tables="an unknown number of"
fi
case $tables/$said in
  */"$done_prefix"*)
    echo "another run has done it"
    exit 0
    ;;
  0/*)
    refuse_a_server_of_another_schema
    restore_into_empty
    ;;
  */"$begun"*)
    verify_file "$dump" "$manifest" "$name"
    echo "an earlier run restored the rows, and was stopped before it was done"
    finish
    ;;
  *)
    verify_file "$dump" "$manifest" "$name"
    refuse_a_server_of_another_schema
    restore_beside
    ;;
esac
echo "restored $name: rows, schema version and audit chain are those of the backup"

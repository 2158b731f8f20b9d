#!/bin/sh
# Dumps the database into a folder of this run, checks the dump, and describes it in a manifest. Nothing is a backup before it is published.
# run answers with an exit code, and has to be asked for it.
# shellcheck disable=SC2310
set -eu
program=backup
scripts=$(dirname "$0")
# shellcheck source=common.sh
. "$scripts/common.sh"

work=$WORK_DIR/$POD_NAME
started=$(date +%s)
stop_failed() { code=$?; stop_children; [ "$code" = 0 ] || rm -rf "$work"; }
trap stop_failed EXIT

mkdir -p "$WORK_DIR" || fail "$WORK_DIR cannot be written"
# What killed runs left: no run lives longer than its deadline.
find "$WORK_DIR" -mindepth 1 -maxdepth 1 -type d -mmin "+$(((DEADLINE_SECONDS + 59) / 60 + 1))" -exec rm -rf {} +
mkdir "$work" || fail "$work cannot be made"

# One session holds the snapshot: dump, rows and schema version are those of one moment.
rm -f "$TMPDIR/ask" "$TMPDIR/told"
mkfifo "$TMPDIR/ask" "$TMPDIR/told"
psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 < "$TMPDIR/ask" > "$TMPDIR/told" 2> "$TMPDIR/session-errors" &
session=$!
exec 3> "$TMPDIR/ask" 4< "$TMPDIR/told"
told() {
  read -r answer <&4 && return 0
  wait "$session" || true
  fail "the database does not answer: $(reason "$TMPDIR/session-errors")"
}
# Whether somebody listens is told by the answer.
tell() { cat >&3 2> /dev/null || true; }

tell << 'END'
begin transaction isolation level repeatable read, read only;
select concat_ws(' ', pg_export_snapshot(), current_setting('server_version_num'), pg_database_size(current_database()),
  to_regclass('public.schema_migrations') is not null);
END
told
# shellcheck disable=SC2086 # four words
set -- $answer
snapshot=$1 server_version=$2 database_size=$3 has_schema=$4

if [ "$has_schema" != t ]; then
  [ "${EMPTY_DATABASE:-fail}" = skip ] || fail "the database has no schema_migrations: certctl never ran here"
  echo "the database is empty: there is nothing to save"
  touch "$work/empty"
  exit 0
fi

client_version=$(pg_dump --version | sed 's/.*) \([0-9]*\).*/\1/')
[ "$client_version" -ge $((server_version / 10000)) ] ||
  fail "pg_dump $client_version cannot dump PostgreSQL $((server_version / 10000)): set images.postgres to a newer one"
available=$(($(df -P -k "$work" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p') * 1024))
[ -z "${SPACE_BYTES:-}" ] || [ "$available" -le "$SPACE_BYTES" ] || available=$SPACE_BYTES
[ "$available" -ge "$database_size" ] || fail "there is room for $available bytes, and the database has $database_size: make $SPACE_ARGUMENT larger"

echo "select max(version) from schema_migrations;" | tell
told
schema_version=$answer
# Counted while the dump is made.
tell < "$scripts/count-rows.sql"
# psql keeps what \echo prints to itself; the answer to a query it sends at once.
echo "select 'end of rows';" | tell

run pg_dump --format=custom --no-owner --no-acl --compress="$COMPRESSION" --snapshot="$snapshot" --lock-wait-timeout=60s \
  --file="$work/dump" --dbname="$PGDATABASE" || fail "pg_dump failed: $(reason)"
told
while [ "$answer" != "end of rows" ]; do
  # Names may have backslashes, which some shells' echo would replace.
  printf '    %s\n' "$answer"
  told
done > "$TMPDIR/rows"
exec 3>&- 4<&-
session=

# The list is at the head of a dump: only reading all of it tells that nothing is missing.
pg_restore --file=/dev/null "$work/dump" 2> "$TMPDIR/check-errors" &
check=$!
run sha256sum "$work/dump" > "$TMPDIR/digest" || fail "the dump cannot be read: $(reason)"
digest=$(cut -d ' ' -f 1 "$TMPDIR/digest")
wait "$check" || fail "the dump is damaged: $(reason "$TMPDIR/check-errors")"
check=
run pg_restore --list "$work/dump" > "$TMPDIR/list" || fail "the dump has no list: $(reason)"
tables=$(grep -c ' TABLE DATA ' "$TMPDIR/list" || true)
[ "$tables" = "$(wc -l < "$TMPDIR/rows" | tr -d ' ')" ] || fail "the dump holds $tables tables, and the database has $(wc -l < "$TMPDIR/rows")"
size=$(bytes "$work/dump")
[ "$size" -gt 0 ] || fail "the dump is empty"

created=$(date +%s)
{
  echo "{"
  echo "  \"format\": 1,"
  echo "  \"createdAt\": \"$(date -u -d "@$created" +%Y-%m-%dT%H:%M:%SZ)\","
  echo "  \"createdEpoch\": $created,"
  echo "  \"schemaVersion\": \"$schema_version\","
  echo "  \"serverVersion\": $server_version,"
  echo "  \"image\": \"$IMAGE\","
  echo "  \"durationSeconds\": $((created - started)),"
  echo "  \"databaseBytes\": $database_size,"
  echo "  \"sizeBytes\": $size,"
  echo "  \"sha256\": \"$digest\","
  echo "  \"rows\": {"
  sed '$!s/$/,/' "$TMPDIR/rows"
  echo "  }"
  echo "}"
} > "$work/manifest.json.part"
sync "$work/dump" "$work/manifest.json.part" 2> "$TMPDIR/errors" || fail "the dump cannot be written to its disk: $(reason)"
# The digest as S3 writes it: the bytes in base64.
# shellcheck disable=SC2046,SC2059 # 32 words; octal escapes
printf "$(printf '\\%03o' $(echo "$digest" | sed 's/../0x& /g'))" | base64 > "$work/checksum"
mv "$work/manifest.json.part" "$work/manifest.json"
echo "dumped $size bytes of schema $schema_version in $((created - started)) s, SHA-256 $digest"

# What dump, publication, restore and drill share. Each of them sets `program` first.
umask 077
# A reader that went away is told by the command that writes, not by a signal that ends the shell without a word.
trap '' PIPE

fail() { echo "$program: $*" >&2; exit 1; }

# What the last command said, on one line; or what is in another file.
reason() { tr -s '\n' ' ' < "${1:-$TMPDIR/errors}" | sed 's/ $//' | cut -c 1-500; }

# Runs a command so that a signal to this shell ends both at once: a shell handles signals only between foreground commands.
run() {
  "$@" 2> "$TMPDIR/errors" &
  child=$!
  status=0
  wait "$child" || status=$?
  child=
  return "$status"
}

stop_children() { for pid in ${child:-} ${session:-} ${check:-}; do kill "$pid" 2> /dev/null || true; done; }

trap 'fail "stopped by a signal before it was done"' TERM INT
trap 'stop_children' EXIT

# FILE FIELD: a field of a manifest, which has one on each line.
field() { sed -n "s/^  \"$2\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$1" | head -n 1; }

# One value of the database.
ask() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --command="$1" 2> "$TMPDIR/errors"; }

# FILE: its size. Busybox's wc would begin again at 4 GiB.
bytes() { stat -L -c %s "$1"; }

# DUMP MANIFEST NAME: fails unless the file is the one that the manifest describes, of the time that the
# backup's name says: by names, the newest is found.
verify_file() {
  size=$(field "$2" sizeBytes)
  digest=$(field "$2" sha256)
  created=$(field "$2" createdEpoch)
  if [ -z "$size" ] || [ -z "$digest" ] || [ -z "$created" ]; then
    fail "the manifest is damaged: it has no size, no SHA-256 or no time"
  fi
  actual=$(bytes "$1")
  [ "$actual" = "$size" ] || fail "the dump is damaged: it has $actual bytes, and its manifest says $size"
  sha256sum "$1" | cut -d ' ' -f 1 > "$TMPDIR/digest"
  [ "$(cat "$TMPDIR/digest")" = "$digest" ] || fail "the dump is damaged: its SHA-256 is not the one in its manifest"
  time=$(date -u -d "@$created" +%Y%m%dT%H%M%SZ)
  case $3 in
    *-"$time"-*) ;;
    *) fail "the backup is not of the time that its name says: $3 was made at $time" ;;
  esac
}

# FILE OTHER WHERE: the lines that are in the file alone, on one line.
only_in() {
  awk -v where="$3" 'FILENAME == ARGV[1] { other[$0]; next }
    !($0 in other) { printf "%s in the %s;", $0, where }' "$2" "$1"
}

# MANIFEST: fails unless every table of the connected database has the rows that were counted when it was dumped.
check_rows() {
  sed -n '/^  "rows": {$/,/^  }$/s/^    \(".*": [0-9]*\),\{0,1\}$/\1/p' "$1" > "$TMPDIR/rows-wanted"
  [ -s "$TMPDIR/rows-wanted" ] || fail "the manifest is damaged: it names no table"
  run psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --file="$scripts/count-rows.sql" --output="$TMPDIR/rows" ||
    fail "the rows cannot be counted: $(reason)"
  sort -o "$TMPDIR/rows" "$TMPDIR/rows"
  sort -o "$TMPDIR/rows-wanted" "$TMPDIR/rows-wanted"
  # The exit code decides: what diff says is another text with each system.
  if ! cmp -s "$TMPDIR/rows-wanted" "$TMPDIR/rows"; then
    only_in "$TMPDIR/rows-wanted" "$TMPDIR/rows" manifest > "$TMPDIR/different"
    only_in "$TMPDIR/rows" "$TMPDIR/rows-wanted" database >> "$TMPDIR/different"
    fail "rows differ: $(cat "$TMPDIR/different")"
  fi
}

check_schema_version() {
  wanted=$(field "$1" schemaVersion)
  found=$(ask "select max(version) from schema_migrations") || fail "the schema version cannot be read: $(reason)"
  [ "$found" = "$wanted" ] || fail "the schema version is $found, and the manifest says $wanted"
}

# The chain is compared by its links: certctl's own function orders rows by time, and reports breaks where there are none.
check_audit_chain() {
  has_chain=$(ask "select count(*) from information_schema.columns where table_schema = 'public' and table_name = 'audit_events' and column_name in ('prev_hash', 'row_hash')") ||
    fail "the audit chain cannot be read: $(reason)"
  [ "$has_chain" = 2 ] || return 0
  links=$(ask "select count(*) || ' ' || (count(*) filter (where prev_hash is null)) || ' ' || count(distinct prev_hash) || ' ' ||
    (select count(*) from audit_events e where e.prev_hash is not null and not exists (select from audit_events p where p.row_hash = e.prev_hash))
    from audit_events where row_hash is not null") || fail "the audit chain cannot be read: $(reason)"
  # shellcheck disable=SC2086 # four numbers
  set -- $links
  [ "$1" = 0 ] || { [ "$2" = 1 ] && [ "$3" = $(($1 - 1)) ] && [ "$4" = 0 ]; } ||
    fail "the audit chain is broken: of $1 rows, $2 have no predecessor, $3 follow one, $4 follow one that does not exist"
}

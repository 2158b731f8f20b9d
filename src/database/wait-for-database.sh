#!/bin/sh
# Waits until PostgreSQL accepts connections: certctl tries once and exits (certctl facts 1.2).
set -eu
since=$(date +%s)
until pg_isready --quiet --timeout=2; do
  code=$?
  # 3: pg_isready could not even try, because a parameter is wrong. Waiting would hide that until the deadline.
  [ "$code" -ne 3 ] || { echo "pg_isready refuses its parameters for $PGHOST:$PGPORT" >&2; exit 1; }
  echo "waiting for PostgreSQL at $PGHOST:$PGPORT, $(($(date +%s) - since)) s so far"
  sleep 1
done
echo "PostgreSQL at $PGHOST:$PGPORT accepts connections"

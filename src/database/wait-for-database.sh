#!/bin/sh
# Waits until PostgreSQL accepts connections: certctl tries once and exits (certctl facts 1.2). After WAIT_LIMIT seconds, or when pg_isready
# cannot even try, it gives way: certctl then says what is wrong, in the container whose last words `pulumi up` shows.
set -eu
since=$(date +%s)
until pg_isready --quiet --timeout=2; do
  code=$?
  waited=$(($(date +%s) - since))
  # 3: a parameter is wrong. Waiting would hide that until the deadline.
  if [ "$code" -eq 3 ] || { [ -n "${WAIT_LIMIT:-}" ] && [ "$waited" -ge "$WAIT_LIMIT" ]; }; then
    echo "PostgreSQL at $PGHOST:$PGPORT does not answer (pg_isready: $code, after $waited s)" >&2
    exit 0
  fi
  echo "waiting for PostgreSQL at $PGHOST:$PGPORT, $waited s so far"
  sleep 1
done
echo "PostgreSQL at $PGHOST:$PGPORT accepts connections"

#!/bin/sh
# Starts PostgreSQL as the official image does, as far as its documentation says how; not that image's script.
set -eu

fail() { echo "Error: $*" >&2; exit 1; }

# VARIABLE [DEFAULT]: its value, or that of the file that VARIABLE_FILE names.
file_env() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then fail "both $1 and $1_FILE are set (but are exclusive)"; fi
  if [ -n "$file" ]; then value=$(cat "$file"); fi
  [ -n "$value" ] || value=${2:-}
  export "$1=$value"
  unset "$1_FILE"
}

# WORD…: the words as a shell reads them.
quoted() {
  for word; do
    printf "'"
    printf '%s' "$word" | sed "s/'/'\\\\''/g"
    printf "' "
  done
}

sql() { PGHOST=/var/run/postgresql PGHOSTADDR='' psql --set ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" "$@"; }

make_directories() {
  mkdir -p "$PGDATA"
  # Not this user's directory: initdb or postgres says so.
  chmod 0700 "$PGDATA" 2> /dev/null || :
  mkdir -p /var/run/postgresql 2> /dev/null || :
}

initialise() {
  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS
  method=${POSTGRES_HOST_AUTH_METHOD:-}
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    fail "Database is uninitialized and superuser password is not specified."
  fi

  # From a pipe: the password needs no file, and may have any character but a line break.
  eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=/dev/fd/3 $POSTGRES_INITDB_ARGS" 3<<EOF
$POSTGRES_PASSWORD
EOF
  [ -n "$method" ] || method=$(postgres -C password_encryption "$@")
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  # Without a network address, nobody takes this server for the one that is ready.
  export PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}"
  PGUSER=$POSTGRES_USER PGHOST=/var/run/postgresql pg_ctl --pgdata="$PGDATA" --wait \
    --options="$(quoted "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start
  if [ -z "$(printf "SELECT 1 FROM pg_database WHERE datname = :'name'" | sql --dbname postgres --tuples-only --set name="$POSTGRES_DB")" ]; then
    printf 'CREATE DATABASE :"name"' | sql --dbname postgres --set name="$POSTGRES_DB"
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    # shellcheck source=/dev/null
    case $file in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) sql --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
    esac
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

case ${1:-} in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" = postgres ]; then
  make_directories
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec gosu postgres "$0" "$@"
  fi
  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    shift
    initialise "$@"
    set -- postgres "$@"
  fi
fi
exec "$@"

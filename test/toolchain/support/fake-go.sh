#!/bin/sh
# A stand-in for Go, which the tests put on PATH: it answers what the builder asks, and "compiles" by writing
# a file. Variables say how: FAKE_GO_VERSION, FAKE_GO_SECONDS, FAKE_GO_FAILS (a package), FAKE_GO_SAYS (what
# it then says), FAKE_GO_MODULE_FOLDER and FAKE_GO_JOURNAL (files).
command=$1
while [ $# -gt 1 ]; do
  [ "$1" = -o ] && output=$2
  shift
done
package=$1

journal() {
  printf '{"event":"%s","package":"%s","module":"%s","pid":%d}\n' "$1" "$package" "${PWD##*/}" $$ >>"$FAKE_GO_JOURNAL"
}

case $command in
env) printf '%s\nlinux\namd64\n' "${FAKE_GO_VERSION:-go1.99.0}" ;;
list) echo "$FAKE_GO_MODULE_FOLDER" ;;
build)
  journal start
  sleep "${FAKE_GO_SECONDS:-0}"
  if [ "$package" = "$FAKE_GO_FAILS" ]; then
    echo "$FAKE_GO_SAYS" >&2
    journal end
    exit 1
  fi
  printf 'built %s' "$package" >"$output"
  journal end
  ;;
esac

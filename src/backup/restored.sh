#!/bin/sh
# Tells the containers after it whether this restore is done already: then nothing is left to do, and the backup may be gone.
# ask answers with an exit code, and has to be asked for it.
# shellcheck disable=SC2310
set -eu
program=restore
scripts=$(dirname "$0")
# shellcheck source=common.sh
. "$scripts/common.sh"
# shellcheck source=restore-state.sh
. "$scripts/restore-state.sh"

# A database that lets no session in was closed by a restore that is not done.
said=$(comment) || said=
case $said in
  "$done_prefix"*)
    touch "$SCRATCH_DIR/restored"
    echo "${said#"$done_prefix"} is restored already"
    ;;
  *) echo "this restore is not done yet" ;;
esac

#!/bin/sh
# Finds the backup for a restore that is not done yet.
set -eu
if [ -e "$SCRATCH_DIR/restored" ]; then exit 0; fi
exec sh "$(dirname "$0")/$FIND_SCRIPT"

#!/bin/sh
# Finds the backup that was asked for on the volume, and links it into the scratch folder.
set -eu
program=$PURPOSE
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# Names sort by time.
case $BACKUP in
  latest) until=${BEFORE:-9999} ;;
  *) until='' name=$BACKUP ;;
esac
if [ -n "$until" ]; then
  until=$(echo "$until" | tr -d ':-')
  name=$(find -H "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'certctl-*Z-*.json' | sed 's/.*\/\(.*\)\.json$/\1/' | sort |
    awk -v until="certctl-$until" '$0 < until || index($0, until) == 1 { found = $0 } END { print found }')
  [ -n "$name" ] || fail "there is no backup on the volume${BEFORE:+ from before $BEFORE}"
fi
[ -e "$BACKUP_DIR/$name.json" ] || fail "there is no backup $name on the volume"
[ -e "$BACKUP_DIR/$name.dump" ] || fail "the backup $name has lost its dump"
ln -sf "$BACKUP_DIR/$name.dump" "$SCRATCH_DIR/dump"
ln -sf "$BACKUP_DIR/$name.json" "$SCRATCH_DIR/manifest.json"
echo "$name" > "$SCRATCH_DIR/name"
echo "chose $name"

#!/bin/sh
# Publishes a checked dump on the volume that it was written to: renamed, its manifest last. Then removes what is too old.
set -eu
program=backup
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

work=$WORK_DIR/$POD_NAME
if [ -e "$work/empty" ]; then rm -rf "$work"; exit 0; fi
[ -s "$work/manifest.json" ] || fail "there is no checked dump to publish"

manifests() { find -H "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'certctl-*Z-*.json' | sort; }
epoch() { field "$1" createdEpoch; }

# Backups are ordered by their names: a clock that was set back must not put this one before others.
now=$(epoch "$work/manifest.json")
newest=$(manifests | tail -n 1)
latest=0
if [ -n "$newest" ]; then latest=$(epoch "$newest"); fi
if [ "$latest" -ge "$now" ]; then
  echo "the clock is not after the newest backup, $(basename "$newest" .json): this one is dated a second after it"
  now=$((latest + 1))
  sed "s/^  \"createdEpoch\": .*/  \"createdEpoch\": $now,/" "$work/manifest.json" > "$work/manifest.json.part"
  mv "$work/manifest.json.part" "$work/manifest.json"
fi
name=certctl-$(date -u -d "@$now" +%Y%m%dT%H%M%SZ)-$(cut -c 1-8 /proc/sys/kernel/random/uuid)
{ mv "$work/dump" "$BACKUP_DIR/$name.dump" && sync "$work/manifest.json" "$BACKUP_DIR/$name.dump" && mv "$work/manifest.json" "$BACKUP_DIR/$name.json" &&
  sync "$BACKUP_DIR"; } 2> "$TMPDIR/errors" || fail "the volume refuses the backup: $(reason)"
rm -rf "$work"
echo "published $name"

# A dump without a manifest is what a killed run left.
find -H "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'certctl-*Z-*.dump' -mmin "+$(((DEADLINE_SECONDS + 59) / 60 + 1))" | while read -r dump; do
  [ -e "${dump%.dump}.json" ] || rm -f "$dump"
done
kept=0
manifests | sort -r | while read -r manifest; do
  kept=$((kept + 1))
  age=$((now - $(epoch "$manifest")))
  if [ "$kept" -gt "$RETENTION_COUNT" ] || { [ "$kept" -gt 3 ] && [ "$age" -gt $((RETENTION_DAYS * 86400)) ]; }; then
    # The manifest first: without it, nothing is a backup.
    rm -f "$manifest" "${manifest%.json}.dump"
    echo "removed $(basename "$manifest" .json)"
  fi
done

#!/bin/sh
# Tells a Pushgateway what came of a backup or a drill. Nothing depends on it: when it cannot be told, the log says so, and no more.
# run answers with an exit code, and has to be asked for it.
# shellcheck disable=SC2310
set -eu
program=push
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

gauge() { printf '# TYPE %s gauge\n%s %s\n' "$1" "$1" "$2"; }

if [ "$PURPOSE" = drill ]; then
  gauge certctl_drill_last_success_timestamp_seconds "$(date +%s)" > "$TMPDIR/metrics"
else
  manifest=$WORK_DIR/$POD_NAME/manifest.json
  # On a volume it was published, and is the newest.
  if [ -n "${BACKUP_DIR:-}" ]; then manifest=$(find -H "$BACKUP_DIR" -mindepth 1 -maxdepth 1 -name 'certctl-*Z-*.json' | sort | tail -n 1); fi
  # An empty database is no backup.
  if [ ! -s "$manifest" ]; then exit 0; fi
  {
    gauge certctl_backup_size_bytes "$(field "$manifest" sizeBytes)"
    gauge certctl_backup_duration_seconds "$(field "$manifest" durationSeconds)"
    gauge certctl_backup_last_success_timestamp_seconds "$(field "$manifest" createdEpoch)"
  } > "$TMPDIR/metrics"
fi
if run timeout 10 wget -q -O /dev/null --post-file="$TMPDIR/metrics" "$PUSHGATEWAY_URL/metrics/job/$JOB/namespace/$NAMESPACE"; then
  echo "told $PUSHGATEWAY_URL"
else
  echo "warning: $PUSHGATEWAY_URL was not told within 10 s: $(reason)" >&2
fi

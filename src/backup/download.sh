#!/bin/sh
# Finds the backup that was asked for in the bucket, and downloads it.
# Functions answer with an exit code, and have to be asked for it.
# shellcheck disable=SC2310
set -eu
program=$PURPOSE
# shellcheck source=bucket.sh
. "$(dirname "$0")/bucket.sh"

name=$BACKUP
if [ "$name" = latest ]; then
  # By the bucket's clock, at which the manifest was written: that of the writer may have been wrong.
  condition="ends_with(Key, '.json')"
  [ -z "${BEFORE:-}" ] || condition="$condition && LastModified <= '${BEFORE%Z}.999'"
  # Text would be one answer for each page of the list.
  s3 list-objects-v2 --prefix "${S3_PREFIX}certctl-" --output json \
    --query "sort_by(Contents || \`[]\`, &LastModified)[?$condition] | [-1].Key" || fail "the bucket $S3_BUCKET cannot be listed: $(reason)"
  read -r key < "$TMPDIR/answer"
  [ "$key" != null ] || fail "there is no backup in s3://$S3_BUCKET/$S3_PREFIX${BEFORE:+ from before $BEFORE}"
  key=${key#\"}
  key=${key%\"}
  name=${key##*/}
  name=${name%.json}
fi
for part in json dump; do
  file=dump
  [ "$part" = dump ] || file=manifest.json
  s3 get-object --key "$S3_PREFIX$name.$part" "$SCRATCH_DIR/$file" ||
    fail "s3://$S3_BUCKET/$S3_PREFIX$name.$part cannot be read: $(reason)"
done
echo "$name" > "$SCRATCH_DIR/name"
echo "downloaded $name"

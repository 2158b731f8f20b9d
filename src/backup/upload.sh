#!/bin/sh
# Publishes a checked dump in a bucket, under keys that are written once: the dump, and last its manifest. Without a manifest, nothing is a
# backup.
# Functions answer with an exit code, and have to be asked for it.
# shellcheck disable=SC2310
set -eu
program=backup
# shellcheck source=bucket.sh
. "$(dirname "$0")/bucket.sh"

# What makes an object names the encryption, as far as it is known.
store() { s3 "$@" ${S3_ENCRYPTION:+--server-side-encryption "$S3_ENCRYPTION"} ${S3_KMS_KEY:+--ssekms-key-id "$S3_KMS_KEY"}; }

work=$WORK_DIR/$POD_NAME
if [ -e "$work/empty" ]; then exit 0; fi
[ -s "$work/manifest.json" ] || fail "there is no checked dump to publish"
value() { while read -r key value; do [ "$key" != "\"$1\":" ] || { value=${value%,}; value=${value#\"}; echo "${value%\"}"; }; done < "$work/manifest.json"; }
sha256=$(value sha256) size=$(value sizeBytes) created=$(value createdAt)
read -r checksum < "$work/checksum"
read -r unique < /proc/sys/kernel/random/uuid
name=certctl-$(echo "$created" | tr -d ':-')-${unique%%-*}
key=$S3_PREFIX$name
metadata=sha256=$sha256,schema-version=$(value schemaVersion),image=$(value image),duration-seconds=$(value durationSeconds),size-bytes=$size

# A reply may be lost after the object was stored. The CLI's own second attempt is then refused, though nothing is wrong.
is_ours() {
  s3 head-object --key "$1" --query "[ContentLength, Metadata.sha256]" --output text || return 1
  read -r found_size found_sha256 < "$TMPDIR/answer"
  [ "$found_size" = "$2" ] && [ "$found_sha256" = "$3" ]
}

stored() {
  case $(reason) in
    *PreconditionFailed* | *"(412)"*)
      is_ours "$1" "$2" "$3" || fail "$1 exists already and is not this backup: another writer was here"
      echo "$1 was stored, and the reply to it was lost"
      ;;
    *) fail "the bucket $S3_BUCKET refuses $1: $(reason)" ;;
  esac
}

# One request takes 5 GiB at most.
upload_parts() {
  store create-multipart-upload --key "$key.dump" --checksum-algorithm SHA256 --metadata "$metadata" --query UploadId --output text ||
    fail "the bucket $S3_BUCKET refuses $key.dump: $(reason)"
  read -r upload < "$TMPDIR/answer"
  number=0 parts=
  while [ $((number * PART_MEBIBYTES * 1048576)) -lt "$size" ]; do
    dd if="$work/dump" of="$work/part" bs=1048576 skip=$((number * PART_MEBIBYTES)) count="$PART_MEBIBYTES" 2> "$TMPDIR/errors" ||
      fail "the dump cannot be read: $(reason)"
    number=$((number + 1))
    if ! s3 upload-part --key "$key.dump" --upload-id "$upload" --part-number "$number" --body "$work/part" --checksum-algorithm SHA256 \
      --query "[ETag, ChecksumSHA256]" --output text; then
      why=$(reason)
      s3 abort-multipart-upload --key "$key.dump" --upload-id "$upload" || echo "$program: parts of $key.dump are left in the bucket: $(reason)" >&2
      fail "the bucket $S3_BUCKET refuses part $number of $key.dump: $why"
    fi
    read -r etag checksum < "$TMPDIR/answer"
    etag=${etag#\"}
    parts="$parts${parts:+,}{\"PartNumber\":$number,\"ETag\":\"${etag%\"}\",\"ChecksumSHA256\":\"$checksum\"}"
  done
  s3 complete-multipart-upload --key "$key.dump" --upload-id "$upload" --if-none-match '*' --multipart-upload "{\"Parts\":[$parts]}" ||
    stored "$key.dump" "$size" "$sha256"
}

# The store compares what it gets with the digest of the dump that was checked.
upload_whole() {
  if store put-object --key "$key.dump" --body "$work/dump" --if-none-match '*' --checksum-algorithm SHA256 --checksum-sha256 "$checksum" \
    --metadata "$metadata" --query ChecksumSHA256 --output text; then
    read -r confirmed < "$TMPDIR/answer"
  else
    stored "$key.dump" "$size" "$sha256"
  fi
}

confirmed=
if [ "$size" -gt $((PART_MEBIBYTES * 1048576)) ]; then upload_parts; else upload_whole; fi
case $confirmed in
  "$checksum") ;;
  # Parts, a lost reply, or a store that knows no checksums.
  '' | None) is_ours "$key.dump" "$size" "$sha256" || fail "$key.dump is not what was sent: $(reason)" ;;
  *) fail "$key.dump is not what was sent: the store has the SHA-256 $confirmed, and not $checksum" ;;
esac
store put-object --key "$key.json" --body "$work/manifest.json" --if-none-match '*' --checksum-algorithm SHA256 --metadata "sha256=$sha256" \
  --content-type application/json || {
  manifest_size=$(stat -c %s "$work/manifest.json")
  stored "$key.json" "$manifest_size" "$sha256"
}
echo "published s3://$S3_BUCKET/$key"

# What upload and download share: the AWS CLI, called so that a signal to this shell ends both. Each of them sets `program` first. Only what a
# shell has besides, because that is what the CLI's image has.
child=
fail() { echo "$program: $*" >&2; exit 1; }

# What the CLI said, on one line.
reason() { while read -r line; do printf '%s ' "$line"; done < "$TMPDIR/errors"; }

trap 'fail "stopped by a signal before it was done"' TERM INT
trap '[ -z "$child" ] || kill "$child" 2> /dev/null || true' EXIT

# An operation on the bucket; what it answers is in $TMPDIR/answer.
s3() {
  aws s3api "$@" --bucket "$S3_BUCKET" --cli-connect-timeout 10 --cli-read-timeout "$READ_TIMEOUT_SECONDS" \
    > "$TMPDIR/answer" 2> "$TMPDIR/errors" < /dev/null &
  child=$!
  status=0
  wait "$child" || status=$?
  child=
  return "$status"
}

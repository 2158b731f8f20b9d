#!/bin/sh
# Copies mounted files to memory, for their owner alone: certctl refuses a SCEP RA key that a group may read, and a Secret volume of a pod
# with fsGroup is always readable by that group (certctl facts 1.5).
set -eu
umask 077
for pair; do
  from=${pair%%:*} to=${pair#*:}
  for file in "$from"/*; do
    [ -f "$file" ] || continue
    cp "$file" "$to/"
  done
  echo "copied $from to $to"
done

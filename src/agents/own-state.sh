#!/bin/sh
# Gives a new state directory of the node to the agent's user. It runs as root with the capability CHOWN alone, which cannot change the
# mode of a directory that is already another user's: so it does so before, and only once.
set -eu
owner=$(stat -c %u /state)
[ "$owner" != 1000 ] || exit 0
chmod 0700 /state
chown 1000:1000 /state

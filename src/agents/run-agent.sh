#!/bin/sh
# Starts the agent as the one that this volume belongs to.
set -eu
CERTCTL_AGENT_ID=$(cat "$AGENT_HOME/agent-id")
export CERTCTL_AGENT_ID
exec /app/agent

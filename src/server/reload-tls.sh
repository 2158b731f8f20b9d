#!/bin/sh
# Sends SIGHUP while the certificate on disk is not the one being served (certctl facts 0.12: nothing in certctl watches files).
# State is read, never remembered: a restart of either container, or a pair that certctl refused, needs no special case.
set -eu

# Base64 of the first certificate, without line breaks: encoders wrap lines differently.
leaf() { awk '/-END CERT/ {exit} on {gsub(/[ \t\r]/, ""); printf "%s", $0} /-BEGIN CERT/ {on = 1}'; }

while sleep 5; do
  # Nothing served: not listening yet, and a SIGHUP now would end the server (Go's default before the handler is set).
  served=$(curl -sk --max-time 3 --output /dev/null --write-out '%{certs}' "https://127.0.0.1:$CERTCTL_SERVER_PORT/health" | leaf)
  [ -n "$served" ] || continue
  mounted=$(leaf < "$CERTCTL_SERVER_TLS_CERT_PATH")
  [ "$served" != "$mounted" ] || continue
  # The server may be stopping: then there is nobody to signal.
  server=$(pidof server) || continue
  kill -HUP "$server" || continue
  echo "$(date -u +%FT%TZ) the certificate on disk is not the one served: sent SIGHUP to process $server"
done

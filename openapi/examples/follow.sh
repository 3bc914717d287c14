#!/bin/sh
# Follows a job until it is over, one line an event: follow.sh JOB [AFTER]
set -eu
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}

# The stream ends when the job does. -f: an unknown job is an error, not an event.
curl -sSfN "$url/jobs/$1/events?after=${2:-0}" -H 'Accept: text/event-stream' | sed -n 's/^data: //p'

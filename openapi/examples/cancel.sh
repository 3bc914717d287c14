#!/bin/sh
# Ends a job at once, and prints its status: cancel.sh JOB
# (POST /jobs/JOB/stop in its place finishes the step and keeps the weights.)
set -eu
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}

answer=$(curl -sS --fail-with-body -X POST "$url/jobs/$1/cancel") || { echo "$answer" >&2; exit 1; }
echo "$answer" | sed 's/.*"status":"\([^"]*\)","terminal".*/\1/'

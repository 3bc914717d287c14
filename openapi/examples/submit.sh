#!/bin/sh
# Submits a job and prints its id: submit.sh [SPEC.json]. Of a chain: the id of each job, in order.
set -eu
here=$(dirname "$0")
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
spec=${1:-$here/fashion-mlp.json}

answer=$(curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary "@$spec") || { echo "$answer" >&2; exit 1; }
# "id" is the first member of each job.
echo "$answer" | grep -o '"id":"job_[^"]*","name"' | sed 's/"id":"\([^"]*\)".*/\1/'

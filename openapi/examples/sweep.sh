#!/bin/sh
# Runs a sweep, or a chain with one in it, and prints its trials, the best first: sweep.sh [FILE.json]   (needs jq; sweeps/rates.json if none is given)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
answer=$(curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary "@${1:-$here/sweeps/rates.json}") || { echo "$answer" >&2; exit 1; }
for job in $(printf '%s' "$answer" | jq -r '(.jobs // [.])[].id'); do
  until [ "$(curl -sSf "$url/jobs/$job?wait=30" | jq .terminal)" = true ]; do :; done
  curl -sSf "$url/jobs/$job" | jq -r '"\(.name): \(.status) \(.reason // "")" + (if .kind == "evaluate" then " \(.latest)" else "" end)'
  [ "$(curl -sSf "$url/jobs/$job" | jq -r .kind)" = sweep ] || continue
  curl -sSf "$url/jobs/$job/trials" | jq -r '
    def show: if . == null then "" else . * 10000 | round / 10000 end;
    "rank  \(.monitor)  deviation  epochs  values", (.ranking[] | "\(.rank)  \(.mean | show)  \(.deviation | show)  \(.trials[0].epochs)  \(.values | tojson)")'
done

#!/bin/sh
# Runs experiments one after the other and prints a line of figures for each: run.sh [NAME ...]. Needs curl and jq.
set -eu
here=$(dirname "$0")
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
[ $# -gt 0 ] || set -- deep-selu deep-sigmoid bn-none bn-before bn-after overfit-plain overfit-l2 overfit-dropout overfit-max-norm wide-and-deep

# The table of wide-and-deep; an error means that it is there already.
curl -sS -o /dev/null "$url/datasets" -F name=flowers -F "file=@$here/../flowers.csv" -F 'spec={"label": "species"}'
for name in "$@"; do
    job=$(curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary "@$here/$name.json" | jq -r .id)
    # The stream ends when the job does.
    curl -sSfN "$url/jobs/$job/events" -H 'Accept: text/event-stream' >/dev/null
    curl -sSf "$url/jobs/$job" | jq -c --arg name "$name" '{name: $name, status} + (.latest | with_entries(.value |= (. * 10000 | round / 10000)))'
done

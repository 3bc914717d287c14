#!/bin/sh
# Predicts with a job's best checkpoint: predict.sh JOB INPUTS
# INPUTS is a JSON list of rows: nested lists of numbers, or for a table objects such as {"petal_length": 4.2, …}.
set -eu
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}

job=$(curl -sS --fail-with-body "$url/jobs/$1") || { echo "$job" >&2; exit 1; }
checkpoint=$(echo "$job" | sed -n 's/.*"checkpoint":"\(ckpt_[^"]*\)".*/\1/p')
if [ -z "$checkpoint" ]; then echo "the job $1 has no checkpoint yet" >&2; exit 1; fi
answer=$(curl -sS --fail-with-body "$url/checkpoints/$checkpoint/predict" -H 'Content-Type: application/json' \
  --data-binary "{\"inputs\": $2, \"top_k\": 3}") || { echo "$answer" >&2; exit 1; }
echo "$answer"

#!/bin/sh
# Does it help to start from layers that have learned something similar? transfer.sh [SEED …]   (1 to 10 if none is given; needs jq)
# Trains transfer/a.json once. Then, for each seed, on 200 images of its own: transfer/b.json from scratch, and transfer/b-on-a.json on the layers of A,
# which are frozen at first. Every network is measured on the test images of the two classes; mean and spread are over the seeds.
# TRANSFER_JOBS names another folder of three such jobs beside this script: transfer-convolutional.
# TRANSFER_CHANGES, a JSON object, replaces members of all three jobs: {"dataset": {"name": "synthetic-fashion"}}.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
changes=${TRANSFER_CHANGES:-"{}"}
[ $# -gt 0 ] || set -- 1 2 3 4 5 6 7 8 9 10
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# run FILE SEED CHECKPOINT: trains it; prints the share of the test images that its last weights get right.
run() {
  answer=$(jq --argjson changes "$changes" --argjson seed "$2" --arg a "$3" \
    '. * $changes | .seed = $seed | if .model.from_checkpoint then .model.from_checkpoint = $a else . end' "$here/${TRANSFER_JOBS:-transfer}/$1.json" \
    | curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary @-) || { echo "$answer" >&2; exit 1; }
  job=$(printf '%s' "$answer" | jq -r .id)
  until [ "$(curl -sSf "$url/jobs/$job" | jq .terminal)" = true ]; do sleep 0.2; done
  checkpoint=$(curl -sSf "$url/jobs/$job/checkpoints" | jq -r '.checkpoints[] | select(.reason == "final") | .id')
  [ -n "$checkpoint" ] || { curl -sS "$url/jobs/$job" | jq '{id, status, reason, error}' >&2; exit 1; }
  accuracy=$(curl -sSf "$url/checkpoints/$checkpoint/evaluate" -H 'Content-Type: application/json' -d '{"part": "test"}' | jq .metrics.accuracy)
}

run a 42 ''
a=$checkpoint
printf 'A, eight classes: %.4f of the test images right\n\n%-8s %-14s %s\n' "$accuracy" seed 'from scratch' 'on the layers of A'
for seed in "$@"; do
  run b "$seed" ''
  scratch=$accuracy
  run b-on-a "$seed" "$a"
  printf '%-8s %-14.4f %.4f\n' "$seed" "$scratch" "$accuracy"
  echo "[$scratch, $accuracy]" >> "$results"
done

jq -sr '
  def show: . * 10000 | round / 10000;
  def row($name; $i): map(.[$i]) as $x | ($x | add / length) as $mean | ($x | map((. - $mean) | . * .) | add / ([length - 1, 1] | max) | sqrt) as $deviation
    | "\($name): mean \($mean | show), standard deviation \($deviation | show), from \($x | min | show) to \($x | max | show)";
  "", row("from scratch"; 0), row("on the layers of A"; 1),
  "errors from scratch for each error on the layers of A: \(((map(1 - .[0]) | add) / ([(map(1 - .[1]) | add), 1e-9] | max)) * 10 | round / 10)",
  "seeds in which the layers of A helped: \(map(select(.[1] > .[0])) | length) of \(length)"' "$results"

#!/usr/bin/env bash
# Does it help to learn from examples without labels first? pretraining.sh WAY [SEED …]   (1 to 5 if no seed is given; needs jq)
# WAY: autoencoder, greedy, rbm or rotation: pretraining on 59,500 pictures without their labels, then 500 with them, against the same network on the 500 alone;
#      pairs: telling apart whether two of eight classes are the same, then the other two classes with 200 labels, against the same network on the 200 alone.
# For each seed, which draws the labelled pictures, the start values and all noise: a chain (pretraining/WAY.json, then the fine-tuning), the network from
# scratch, and once more from scratch at the rates of the fine-tuning's phases, nothing frozen, to tell what is the schedule's. Each is measured on the test pictures. PRETRAINING_CHANGES, a JSON object, replaces members of all jobs: {"dataset": {"name": "synthetic-fashion"}};
# PRETRAINING_FIRST those of the first job of the chain: {"epochs": 30}.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)/pretraining
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
changes=${PRETRAINING_CHANGES:-"{}"}
first=${PRETRAINING_FIRST:-"{}"}
way=$1
shift
seeds=("$@")
[ $# -gt 0 ] || seeds=(1 2 3 4 5)
case $way in
  pairs) scratch=two-classes finetune=two-classes-finetune ;;
  rbm) scratch=rbm-scratch finetune=rbm-finetune ;;
  *) scratch=scratch finetune=finetune ;;
esac
results=$(mktemp)
trap 'rm -f "$results"' EXIT

post() {
  local answer
  answer=$(curl -sS --fail-with-body "$url/$1" -H 'Content-Type: application/json' --data-binary @-) || { echo "$answer" >&2; exit 1; }
  printf '%s' "$answer"
}

# accuracy JOB: waits for it; prints the share of the test pictures that its last weights get right.
accuracy() {
  until [ "$(curl -sSf "$url/jobs/$1" | jq .terminal)" = true ]; do sleep 0.5; done
  local checkpoint
  checkpoint=$(curl -sSf "$url/jobs/$1/checkpoints" | jq -r '.checkpoints[] | select(.reason == "final") | .id')
  [ -n "$checkpoint" ] || { curl -sS "$url/jobs/$1" | jq '{id, status, reason, error}' >&2; exit 1; }
  post "checkpoints/$checkpoint/evaluate" <<< '{"part": "test"}' | jq .metrics.accuracy
}

printf '%-8s %-14s %-14s %s\n' seed 'from scratch' 'same schedule' "$way first"
for seed in "${seeds[@]}"; do
  chain=$(jq -n --argjson seed "$seed" --argjson changes "$changes" --argjson more "$first" --slurpfile first "$here/$way.json" --slurpfile last "$here/$finetune.json" \
    '{chain: [$first[0] * $changes * $more + {seed: $seed}, $last[0] * $changes + {seed: $seed}]}' | post jobs | jq -r '.jobs[-1].id')
  alone=$(jq --argjson seed "$seed" --argjson changes "$changes" '. * $changes | .seed = $seed' "$here/$scratch.json" | post jobs | jq -r .id)
  schedule=$(jq -n --argjson seed "$seed" --argjson changes "$changes" --slurpfile scratch "$here/$scratch.json" --slurpfile last "$here/$finetune.json" \
    '$scratch[0] * $changes | del(.optimizer, .epochs) | .seed = $seed | .phases = ($last[0].phases | map(del(.freeze, .unfreeze)))' | post jobs | jq -r .id)
  a=$(accuracy "$alone") b=$(accuracy "$schedule") c=$(accuracy "$chain")
  printf '%-8s %-14.4f %-14.4f %.4f\n' "$seed" "$a" "$b" "$c"
  echo "[$a, $b, $c]" >> "$results"
done

jq -sr --arg way "$way" '
  def show: . * 10000 | round / 10000;
  def spread($x): ($x | add / length) as $mean | "mean \($mean | show), standard deviation \($x | map((. - $mean) | . * .) | add / ([length - 1, 1] | max) | sqrt | show), from \($x | min | show) to \($x | max | show)";
  "", "from scratch: \(spread(map(.[0])))", "from scratch, same schedule: \(spread(map(.[1])))", "\($way) first: \(spread(map(.[2])))",
  "gain, seed by seed: \(spread(map(.[2] - .[0])))", "gain over the same schedule: \(spread(map(.[2] - .[1])))",
  "seeds in which it helped: \(map(select(.[2] > .[0])) | length) of \(length)"' "$results"

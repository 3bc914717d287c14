#!/usr/bin/env bash
# Runs an experiment and prints a table of its results: compare.sh EXPERIMENT.json [SEED …]
# An experiment is one job ("base") and what is different about it in each run ("runs": name -> members that replace or add to the base's).
# Each run is done once for each seed (42 if none is given); the table has the mean over seeds, and the range where there are several.
set -euo pipefail
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
file=$1
shift
seeds=("${@:-42}")

submit() {
  local answer
  answer=$(curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary @-) || { echo "$answer" >&2; exit 1; }
  jq -r .id <<< "$answer"
}

wait_for() {
  local status
  while status=$(curl -sS "$url/jobs/$1" | jq -r 'if .terminal then .status else "" end') && [ -z "$status" ]; do sleep 0.5; done
  [ "$status" = succeeded ] || { curl -sS "$url/jobs/$1" | jq '{id, status, reason, error}' >&2; exit 1; }
}

mapfile -t runs < <(jq -r '.runs | keys_unsorted[]' "$file")
declare -A jobs
for run in "${runs[@]}"; do
  for seed in "${seeds[@]}"; do
    jobs[$run/$seed]=$(jq --arg run "$run" --argjson seed "$seed" '.base * .runs[$run] + {seed: $seed, name: ((.name // "experiment") + " " + $run)}' "$file" | submit)
  done
done

printf '%-26s %-26s %-26s %-12s %s\n' run 'highest val_accuracy' 'lowest val_loss' 'of epochs' 'seconds'
for run in "${runs[@]}"; do
  for seed in "${seeds[@]}"; do
    wait_for "${jobs[$run/$seed]}"
    curl -sS "$url/jobs/${jobs[$run/$seed]}/metrics"
  done | jq -sr --arg run "$run" '
    def show($digits): . * pow(10; $digits) | round / pow(10; $digits) | tostring;
    def spread($digits): if max > min then "\(add / length | show($digits)) (\(min | show($digits)) to \(max | show($digits)))" else (.[0] | show($digits)) end;
    def pad($n): . + (" " * ($n - length) // "");
    map(select(.epochs | length > 0) | {accuracy: ([.epochs[].val_accuracy] | max), loss: ([.epochs[].val_loss] | min), epochs: (.epochs | length),
      seconds: ([.epochs[].duration_seconds] | add)}) | if length == 0 then empty else
    ($run | pad(27)) + ([.[].accuracy] | spread(4) | pad(27)) + ([.[].loss] | spread(4) | pad(27)) + ([.[].epochs] | spread(0) | pad(13)) + ([.[].seconds] | spread(1)) end'
  # What was chosen, or only searched, with the first seed.
  curl -sS "$url/jobs/${jobs[$run/${seeds[0]}]}" | jq -r --arg run "$run" 'select(.summary.lr_find)
    | "  \($run): \(.summary.lr_find.why)\n    " + (.summary.lr_find.suggestions | to_entries | map("\(.key) \(.value)") | join(", "))'
done

#!/usr/bin/env bash
# What does a generator draw? gan-classes.sh GENERATOR CLASSIFIER [SEED]   (two checkpoints; needs jq)
# 1,000 samples of a generator of Fashion-MNIST (pretraining/gan.json), shown to a classifier of the real pictures: how many of each class it is surer of than 0.9.
set -euo pipefail
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
generator=$1 classifier=$2 seed=${3:-1}

ask() { curl -sS --fail-with-body "$url/checkpoints/$1/predict" -H 'Content-Type: application/json' --data-binary @-; }

for part in 1 2 3 4 5 6 7 8 9 10; do
  # Normal numbers (Box and Muller 1958), 100 rows of 100.
  awk -v seed=$((seed * 100 + part)) 'BEGIN { srand(seed); printf "{\"inputs\": ["
    for (r = 0; r < 100; r++) { printf "%s[", r ? "," : ""
      for (i = 0; i < 100; i++) printf "%s%.5f", i ? "," : "", sqrt(-2 * log(1 - rand())) * cos(6.283185307 * rand())
      printf "]" }
    print "]}" }' \
    | ask "$generator" | jq -c '{top_k: 1, inputs: [.outputs[] | [.. | numbers | (. + 1) / 2] | [range(28) as $y | .[$y * 28:$y * 28 + 28]]]}' \
    | ask "$classifier" | jq -r '.classes[][0] | select(.probability > 0.9) | .name'
done | sort | uniq -c | sort -rn

#!/bin/sh
# Teaches a pretrained network your own pictures: transfer-pictures.sh PICTURES.zip BACKBONE.h5 PICTURE.jpg   (needs jq)
#   PICTURES.zip  a folder of JPEG and PNG files for each category; or such folders in train/ and test/, of which the latter are measured on
#   BACKBONE.h5   a MobileNetV2 that Keras saved; for another network say where it is cut and what is unfrozen in transfer-pictures/job.json
#   PICTURE.jpg   asked about at the end
set -eu
here=$(cd "$(dirname "$0")" && pwd)
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
[ $# -eq 3 ] || { sed -n 2,5p "$0" >&2; exit 2; }
name="pictures-$$-$(date +%s)"

dataset=$(curl -sS --fail-with-body "$url/datasets" -F "name=$name" -F "file=@$1" -F 'spec={"image_size": [224, 224]}') || { echo "$dataset" >&2; exit 1; }
classes=$(printf '%s' "$dataset" | jq '.target.class_names | length')
backbone=$(curl -sS --fail-with-body "$url/checkpoints" -F "weights=@$2" -F 'preprocess=[{"type": "imagenet", "mode": "tf"}]') || { echo "$backbone" >&2; exit 1; }
backbone=$(printf '%s' "$backbone" | jq -r .id)
echo "$name: $(printf '%s' "$dataset" | jq -c '{classes: .target.class_names, counts}')"

job=$(jq --arg name "$name" --arg backbone "$backbone" --argjson classes "$classes" --argjson seed "${SEED:-1}" \
  '.dataset.name = $name | .model.from_checkpoint = $backbone | .model.append[-1].units = $classes | .seed = $seed' "$here/transfer-pictures/job.json" \
  | curl -sS --fail-with-body "$url/jobs" -H 'Content-Type: application/json' --data-binary @-) || { echo "$job" >&2; exit 1; }
job=$(printf '%s' "$job" | jq -r .id)
until [ "$(curl -sSf "$url/jobs/$job" | jq .terminal)" = true ]; do sleep 0.5; done
curl -sSf "$url/jobs/$job" | jq -r '"\(.status): training accuracy \(.latest.accuracy)"'
checkpoint=$(curl -sSf "$url/jobs/$job/checkpoints" | jq -r '.checkpoints[] | select(.reason == "final") | .id')

if [ "$(printf '%s' "$dataset" | jq '.counts.test // 0')" -gt 0 ]; then
  curl -sSf "$url/checkpoints/$checkpoint/evaluate" -H 'Content-Type: application/json' -d '{"part": "test"}' \
    | jq -r '"held-out pictures right: \(.metrics.accuracy * .rows | round) of \(.rows)"'
fi
curl -sSf "$url/checkpoints/$checkpoint/predict" -F "image=@$3" | jq -r '.classes[0][] | "\(.probability * 1000 | round / 10) % \(.name)"'

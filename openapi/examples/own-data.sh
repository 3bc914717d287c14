#!/bin/sh
# From a CSV to predictions: uploads flowers.csv, trains a small network on it, follows it, predicts two rows.
# With your own file: own-data.sh FILE.csv LABEL CLASSES INPUTS
#   LABEL    the column to predict (its values are the classes)
#   CLASSES  how many classes there are
#   INPUTS   rows to predict afterwards, as JSON: [{"column": value, …}, …]
set -eu
here=$(dirname "$0")
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
export TRAINSERVICE_URL="$url"
file=${1:-$here/flowers.csv}
label=${2:-species}
classes=${3:-3}
inputs=${4:-'[{"sepal_length": 5.0, "sepal_width": 3.4, "petal_length": 1.5, "petal_width": 0.2},
  {"sepal_length": 6.6, "sepal_width": 3.0, "petal_length": 5.6, "petal_width": 2.1}]'}
name="own-data-$$-$(date +%s)"

echo "== upload $file as $name"
"$here/upload-csv.sh" "$name" "$file" "$label"

echo "== train"
spec=$(mktemp)
trap 'rm -f "$spec"' EXIT
cat > "$spec" <<JSON
{
  "name": "$name",
  "dataset": {"name": "$name", "validation_split": 0.2, "preprocess": ["standardize"]},
  "model": {"type": "sequential", "layers": [
    {"type": "dense", "units": 32, "activation": "relu"},
    {"type": "dense", "units": $classes, "activation": "softmax"}]},
  "loss": "sparse_categorical_crossentropy",
  "metrics": ["accuracy"],
  "optimizer": {"type": "adam", "learning_rate": 0.01},
  "batch_size": 16,
  "epochs": 30
}
JSON
job=$("$here/submit.sh" "$spec")
echo "job $job"
"$here/follow.sh" "$job"

echo "== predict"
"$here/predict.sh" "$job" "$inputs"

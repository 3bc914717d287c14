#!/bin/sh
# Uploads a CSV with a header as a dataset, and prints what the service made of it: upload-csv.sh [NAME [FILE.csv [LABEL]]]
# The column LABEL is what is to be predicted; left out: the one called label, target, class or y, else the last.
set -eu
here=$(dirname "$0")
url=${TRAINSERVICE_URL:-http://127.0.0.1:8080}
name=${1:-flowers}
file=${2:-$here/flowers.csv}
spec='{}'
if [ -n "${3:-}" ]; then spec="{\"label\": \"$3\"}"; fi

answer=$(curl -sS --fail-with-body "$url/datasets" -F "name=$name" -F "file=@$file;type=text/csv" -F "spec=$spec") || { echo "$answer" >&2; exit 1; }
echo "$answer"

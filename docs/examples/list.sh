#!/bin/sh
# Lists the Markdown files of a folder, for fincrawl's kind: pages. It needs jq.
# usage: list.sh FOLDER URL
set -eu
folder=$1 url=$2
count=0
jq -nc '{type: "begin", protocol: 1, mode: "full"}'
for file in "$folder"/*.md; do
  test -f "$file" || { echo "there is no page in $folder" >&2; exit 1; }
  name=$(basename "$file" .md)
  jq -Rsc --arg id "$name" --arg url "$url/$name" \
    '{type: "page", id: $id, url: $url, title: (split("\n")[0] | ltrimstr("# ")), markdown: .}' "$file"
  count=$((count + 1))
done
jq -nc --argjson count "$count" '{type: "end", complete: true, count: $count}'

#!/usr/bin/env bash
# Paint a picture on a running app with curl alone:
#
#     examples/curl.sh photo.jpg painting.jpg result.png [URL]
set -euo pipefail
content=$1 style=$2 result=$3 url=${4:-http://127.0.0.1:7860}/gradio_api

# Upload a file; the answer is ["where it is on the server"].
upload() {
  local path
  local name=${1//\\/\\\\}  # in quotes, a name may hold a comma or a semicolon
  path=$(curl -sSf -F "files=@\"${name//\"/\\\"}\"" "$url/upload" | sed 's/^\["\(.*\)"\]$/\1/')
  echo "{\"path\": \"$path\", \"meta\": {\"_type\": \"gradio.FileData\"}}"
}
content=$(upload "$content") style=$(upload "$style")

# Start a run; parameters go by name, and those left out have their defaults. The answer is
# {"event_id": "…"}.
event=$(curl -sSf "$url/call/v2/stylize" -H "Content-Type: application/json" -d "{
  \"content\": $content, \"style\": $style,
  \"iterations\": ${ITERATIONS:-200}, \"size\": ${SIZE:-512}
}" | sed 's/.*"event_id": *"\([^"]*\)".*/\1/')

# Follow it: after "event: generating" comes a line "data: [picture, progress]" with a preview,
# after "event: complete" one with the result, after "event: error" one with a sentence.
curl -sSfN "$url/call/stylize/$event" | while read -r key value; do
  case $key in
    event:) kind=$value ;;
    data:)
      case $kind in
        generating) grep -o '"iteration": *[0-9]*' <<< "$value" ;;
        complete) curl -sSf -o "$result" "$(grep -o '"url": *"[^"]*"' <<< "$value" | cut -d'"' -f4)" ;;
        error) echo "$value" >&2; exit 1 ;;
      esac ;;
  esac
done
echo "$result"

#!/bin/bash
# A backup into /backups; of those that are there the newest BACKUPS_KEPT stay. Nothing is removed when it fails.
set -eu
kept="${BACKUPS_KEPT:-14}"
[[ "$kept" =~ ^[1-9][0-9]*$ ]] || { echo "BACKUPS_KEPT must be a whole number from 1, not \"$kept\"" >&2; exit 2; }
folder="${1:-/backups}"
node "$(dirname "$0")/../server/dist/backup.js" "$folder"
# The names begin with the time, so that their order is that of age.
mapfile -t backups < <(printf '%s\n' "$folder"/parley-*.backup.gz | sort -r)
for old in "${backups[@]:$kept}"; do rm -- "$old"; done

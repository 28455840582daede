#!/bin/bash
# Opens the disk image, uses the app from it and from a folder with an odd name: the macOS half of the check.
# Usage: check.sh dist/vosapp-...dmg. Not run where vosapp is developed; the workflow runs it.
set -euo pipefail
image=${1:?the disk image}
work=$(mktemp -d)/"Prüfung 素材"
mkdir -p "$work"
volume=$(hdiutil attach -nobrowse "$image" | awk -F'\t' '/\/Volumes\// { print $NF }')
trap 'hdiutil detach -quiet "$volume" || :' EXIT
cp -R "$volume/vosapp.app" "$work/"
export VOSAPP_DATA_DIR="$work/data" QT_QPA_PLATFORM=offscreen
vosapp="$work/vosapp.app/Contents/MacOS/vosapp"
"$vosapp" --version
"$vosapp" doctor
resources=$(find "$work/vosapp.app" -type d -name _resources | head -1)
"$vosapp" propagate "$resources/demo.mp4" --mask "$resources/demo-masks/00000.png" --at 0 --range 0:3 --engine hybrid \
    --out "$work/masks" --project "$work/roto.vosapp"
"$vosapp" export "$work/roto.vosapp" --format prores4444 --range 0:3 --out "$work/matte.mov"
"$vosapp" demo --out "$work/demo"
plutil -lint "$work/vosapp.app/Contents/Info.plist"
codesign --verify --deep --strict "$work/vosapp.app"
echo "ALL PASSED"

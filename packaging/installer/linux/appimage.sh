#!/bin/sh
# Makes an AppImage of the tar archive. Usage: appimage.sh vosapp-VERSION-linux-x86_64.tar.xz OUT.AppImage
# Needs appimagetool on the path. It has not been run where vosapp is developed: the tool is not to be had there.
set -eu
archive=${1:?the tar archive that make package made}
out=${2:?the AppImage to write}
command -v appimagetool >/dev/null || { echo "appimagetool is not on the path." >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/vosapp.AppDir"
tar -xf "$archive" -C "$folder/vosapp.AppDir" --strip-components=1
cd "$folder/vosapp.AppDir"
ln -s vosapp.sh AppRun
cp share/applications/vosapp.desktop vosapp.desktop
cp share/icons/hicolor/256x256/apps/vosapp.png vosapp.png
cp share/icons/hicolor/256x256/apps/vosapp.png .DirIcon
mkdir -p usr/share/mime/packages
cp share/mime/packages/vosapp.xml usr/share/mime/packages/
cd - >/dev/null
ARCH=$(uname -m) appimagetool --no-appstream "$folder/vosapp.AppDir" "$out"

#!/bin/bash
# Signs vosapp.app where an identity is set, makes the disk image, and has it notarised where credentials are set.
# Usage: package.sh vosapp.app VERSION OUT_FOLDER. Called by build.py; not run where vosapp is developed.
#   VOSAPP_SIGN_IDENTITY   name of a "Developer ID Application" certificate in the keychain; without it the app is
#                          signed for this machine only, and others have to allow it in the system's settings
#   VOSAPP_NOTARY_PROFILE  name of a profile that `xcrun notarytool store-credentials` made
set -euo pipefail
app=${1:?the app}
version=${2:?the version}
out=${3:?the folder to write to}
here=$(cd "$(dirname "$0")" && pwd)
identity=${VOSAPP_SIGN_IDENTITY:--}

options=(--force --sign "$identity" --entitlements "$here/entitlements.plist")
if [ "$identity" != - ]; then options+=(--options runtime --timestamp); fi
# inner files first: a signature covers those of what it holds
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -u+x \) ! -path '*/MacOS/vosapp' -print0 |
    while IFS= read -r -d '' file; do
        if file -b "$file" | grep -q Mach-O; then codesign "${options[@]}" "$file"; fi
    done
codesign "${options[@]}" "$app"
codesign --verify --deep --strict "$app"

image="$out/vosapp-$version-macos-$(uname -m).dmg"
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$app" "$staging/"
ln -s /Applications "$staging/Applications"
cp "$app/Contents/Resources/vosapp/_licences/THIRD-PARTY-NOTICES.txt" "$staging/" 2>/dev/null ||
    cp "$app/Contents/Frameworks/vosapp/_licences/THIRD-PARTY-NOTICES.txt" "$staging/"
rm -f "$image"
hdiutil create -volname vosapp -srcfolder "$staging" -format ULMO -fs HFS+ "$image"

if [ "$identity" != - ]; then codesign --sign "$identity" --timestamp "$image"; fi
if [ -n "${VOSAPP_NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$VOSAPP_NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature "$image"
fi

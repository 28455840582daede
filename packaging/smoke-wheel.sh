#!/bin/sh
# Builds the wheel, installs it into a fresh environment outside the checkout, and does the main job there.
# Usage: packaging/smoke-wheel.sh BIN_FOLDER, whose Python builds the wheel.
set -eu
bin=${1:?the bin folder of an environment}
top=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$work/wheel" "$top"
set -- "$work"/wheel/vosapp-*.whl
echo "Wheel: $(basename "$1"), $(du -k "$1" | cut -f1) kB"
"$bin/python" -m venv "$work/env"
# torch first, as packaging/setup.sh does; then everything that the wheel itself asks for
"$work/env/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check -c "$top/constraints.txt" torch
"$work/env/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check -c "$top/constraints.txt" "$1"

export QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 VOSAPP_DATA_DIR="$work/data"
unset PYTHONPATH
mkdir "$work/elsewhere"
cd "$work/elsewhere"
vosapp="$work/env/bin/vosapp"
inside=$("$work/env/bin/python" -c 'import vosapp; print(vosapp.__path__[0])')
case $inside in "$work"/env/*) ;; *) echo "vosapp was imported from $inside" >&2; exit 1 ;; esac
for name in tests packaging; do
    [ ! -e "$(dirname "$inside")/$name" ] || { echo "the wheel installs $name" >&2; exit 1; }
done
"$vosapp" --version
"$vosapp" doctor
"$vosapp" weights verify hybrid
"$vosapp" propagate "$inside/_resources/demo.mp4" --mask "$inside/_resources/demo-masks/00000.png" --at 0 --range 0:3 \
    --engine hybrid --out masks --project roto.vosapp >/dev/null
"$vosapp" export roto.vosapp --format prores4444 --range 0:3 --out matte.mov >/dev/null
"$vosapp" info matte.mov
[ "$(find masks -name '*.png' | wc -l)" -eq 4 ] || { echo "propagate wrote other than 4 masks" >&2; exit 1; }
echo "The wheel works."

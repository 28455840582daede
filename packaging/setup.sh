#!/bin/sh
# Makes a virtual environment with vosapp in it. Usage: packaging/setup.sh FOLDER
# Versions are pinned in constraints.txt. Qt's system libraries are installed where that is allowed, else named.
set -eu
venv=${1:?the folder of the environment}
python=${PYTHON:-python3}

"$python" - <<'EOF' || { echo "vosapp needs Python 3.11 or newer; set PYTHON=/path/to/python3.x" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
EOF

# What Qt needs from the system: OpenGL and keyboard everywhere, the xcb parts for a window under X.
libraries="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 fonts-dejavu-core libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0"
if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for library in $libraries; do
        dpkg-query -W -f='${Status}' "$library" 2>/dev/null | grep -q "install ok installed" || missing="$missing $library"
    done
    if [ -n "$missing" ]; then
        as_root=""
        [ "$(id -u)" = 0 ] || as_root="sudo -n"
        # shellcheck disable=SC2086 # the lists are meant to be split
        if $as_root true 2>/dev/null; then
            echo "Installing system libraries:$missing"
            $as_root apt-get update -qq >/dev/null && $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
                echo "Could not install:$missing. If the window does not open, install them by hand." >&2
        else
            echo "If the window does not open, install these system libraries:$missing" >&2
        fi
    fi
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing vosapp and its dependencies into $venv ..."
# torch first and by its pinned version: every other package then accepts what is there.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,lint,cutie,sam2,edgetam,batch]'

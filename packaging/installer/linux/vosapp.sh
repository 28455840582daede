#!/bin/sh
# Starts vosapp from wherever its folder lies, also through links to this file.
set -eu
self=$0
while [ -L "$self" ]; do
    target=$(readlink "$self")
    case $target in
        /*) self=$target ;;
        *) self=$(dirname "$self")/$target ;;
    esac
done
here=$(CDPATH='' cd "$(dirname "$self")" && pwd)
# What another program set for its own libraries and Python must not reach ours.
unset PYTHONPATH PYTHONHOME QT_PLUGIN_PATH
exec "$here/program/vosapp" "$@"

#!/bin/sh
# Runs all tests. Usage: packaging/run-tests.sh BIN_FOLDER [pytest arguments]
# Qt draws offscreen, so no display is needed; torch gets one thread per process, so that timings do not fight.
set -eu
bin=${1:?the bin folder of the environment}
shift
export QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1
exec "$bin/python" -m pytest -n 2 --dist loadfile --durations=15 "$@"

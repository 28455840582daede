#!/bin/sh
# One slice of a training run on a machine with a graphics card that is lent for minutes.
#
#   packaging/train-gpu.sh PHOTOGRAPHS RUN OUT [MINUTES] [RECIPE] [DEVICE]
#
# PHOTOGRAPHS  folder or pack (packaging/pack_photographs.py)
# RECIPE       file or name; a paper's too (rgmp, hs2s ...), whose checkpoint has hundreds of MB
# RUN          folder of the run so far, or an empty one; it is only read
# OUT          gets the checkpoint (OUT/last/*.safetensors, below 16 MiB each), the log and its plot
#
# Where no more than 64 MiB may travel: a pack without the largest unlabelled sources (29 MiB), a checkpoint (18 MiB)
# and the sources fit:
#   python packaging/pack_photographs.py FOLDER photographs.pack --quality 60 \
#       --without unlabelled/caltech101 video/tears_of_steel
#
# Copy OUT over RUN before the next slice: it goes on where this one stopped. Several cards: set PROCESSES.
set -eu
photographs=$1 run=$2 out=$3 minutes=${4:-8.5}
recipe=${5:-vosapp/training/recipes/hybrid-gpu.toml} device=${6:-cuda}
workers=$(($(nproc) / ${PROCESSES:-1} - 1))
[ "$workers" -ge 1 ] || workers=1
mkdir -p "$out"
for part in last log.csv; do
    if [ -e "$run/$part" ]; then cp -r "$run/$part" "$out/"; fi
done
export OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1
if [ "${PROCESSES:-1}" -gt 1 ]; then
    launch="torchrun --standalone --nproc-per-node $PROCESSES -m vosapp"
else
    launch="${PYTHON:-python3} -m vosapp"
fi
$launch train "$recipe" --photographs "$photographs" --out "$out" --device "$device" \
    --workers "$workers" --minutes "$minutes" --plot "$out/log.png"

"""Measures what parts of the engine `hybrid` are worth when it runs, with the weights that are there.

    nice -n 15 python packaging/ablate_engine.py DATASET --only dog libby --frames 30 --out table.md

The first and, for "three anchors", also the middle and the last frame are given; J is of the other frames, the same
for every row.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from vosapp.data.truth import TruthClip
from vosapp.engine.hybrid.propagator import HybridOptions, HybridPropagator
from vosapp.engine.hybrid.window import WindowSettings
from vosapp.evaluation.datasets import open_dataset
from vosapp.metrics.davis import jaccard
from vosapp.models.hybrid.fuse import fuse
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.loading import load_network

_LOG = logging.getLogger("ablate_engine")
_WHOLE = WindowSettings(object_sizes=1e6)  # a window larger than any frame: the frame is seen whole, and small
AS_IT_IS = HybridOptions()
VARIANTS = {
    "one anchor": (AS_IT_IS, False),
    "three anchors": (AS_IT_IS, True),
    "without the crop": (replace(AS_IT_IS, window=_WHOLE), False),
    "without the engine flow beside it": (replace(AS_IT_IS, advice=False), False),
    "without recurrence": (replace(AS_IT_IS, recurrence=False), False),
}
"""Name of a row, the engine's options, and whether three frames are given."""


def measured(network: Hybrid, options: HybridOptions, clip: TruthClip, *, frames: int, three: bool) -> float:
    """Mean J of the first object of a clip over the frames that are never given."""
    order = list(clip.annotated)[:frames]
    anchors = {order[0], order[len(order) // 2], order[-1]}
    target = clip.objects[0].id
    engine = HybridPropagator(network, torch.device("cpu"), options)
    given = anchors if three else {order[0]}
    for index in sorted(given):
        engine.remember(index, clip.frame(index), {target: clip.truth(index)[target].astype(np.float32)})
    scores = []
    for index in order:
        truth = clip.truth(index)[target]
        told = {target: truth.astype(np.float32)} if index in given else None
        found = engine.step(index, clip.frame(index), told).probabilities[target]
        if index not in anchors:
            scores.append(jaccard(truth, found >= 0.5))
    return float(np.mean(scores))


def table(rows: dict[str, list[float]], clips: Sequence[str]) -> str:
    """J of every variant as a Markdown table."""
    lines = [f"| variant | J | {' | '.join(clips)} |", f"|---|{'---|' * (len(clips) + 1)}"]
    for variant, scores in rows.items():
        lines.append(f"| {variant} | {np.mean(scores):.3f} | {' | '.join(f'{score:.3f}' for score in scores)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Runs what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="as `vosapp evaluate` takes it")
    parser.add_argument("--only", nargs="+", required=True, help="names of its clips")
    parser.add_argument("--frames", type=int, default=30, help="of each clip, from its first on")
    parser.add_argument("--out", type=Path, required=True, help="file for the table")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    network = load_network("hybrid")
    if not isinstance(network, Hybrid):
        raise TypeError("the registry's hybrid is not the hybrid network")
    fuse(network.float())
    clips = open_dataset(arguments.dataset).only(arguments.only).clips
    rows: dict[str, list[float]] = {}
    for variant, (options, three) in VARIANTS.items():
        rows[variant] = [measured(network, options, clip, frames=arguments.frames, three=three) for clip in clips]
        _LOG.info("%s %s", variant, rows[variant])
        arguments.out.write_text(table(rows, [clip.name for clip in clips]), encoding="utf-8")


if __name__ == "__main__":
    main()

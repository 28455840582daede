"""Follows the first object of a real shot and compares with its true masks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from vosapp.engine.propagator import Propagator


def mean_overlap(folder: Path, propagator: Propagator, frames: int) -> float:
    """Mean intersection over union on frames 1 to `frames` - 1 of a clip of the shared material."""
    scores = []
    for index in range(frames):
        picture = cv2.cvtColor(cv2.imread(str(folder / "frames" / f"{index:05d}.jpg")), cv2.COLOR_BGR2RGB)
        labels = cv2.imread(str(folder / "masks" / f"{index:05d}.png"), cv2.IMREAD_UNCHANGED)
        truth = (labels.max(axis=2) if labels.ndim == 3 else labels) > 0
        if index == 0:
            given = {1: truth.astype(np.float32)}
            propagator.remember(0, picture, given)
            propagator.step(0, picture, given)
            continue
        found = propagator.step(index, picture).probabilities[1] >= 0.5
        scores.append((found & truth).sum() / (found | truth).sum())
    return float(np.mean(scores))

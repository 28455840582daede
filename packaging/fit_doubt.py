"""Fits the doubt of the engine `hybrid` to its errors on made-up clips (vosapp/engine/hybrid/doubt.py).

    nice -n 15 python packaging/fit_doubt.py PHOTOGRAPHS --clips 60

The engine follows objects of clips that the training generator makes, one true mask given, for longer than training
does. A logistic regression of 1 - J on the signs gives the weights. Prints them and how well they order the frames of
clips that the fit did not see. Real clips are not used.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings, TrainingClip
from vosapp.data.photographs.bank import open_bank
from vosapp.engine.hybrid.doubt import FITTED, Weights
from vosapp.engine.hybrid.propagator import HybridPropagator, build_hybrid
from vosapp.metrics.davis import jaccard
from vosapp.metrics.ranks import rank_correlation

_LOG = logging.getLogger("fit_doubt")
_SEED = 900
_FOLDS = 5
_LEAST_PX = 30  # frames with less of the object say nothing of J
_TARGET = ObjectId(1)
_CLIPS = GeneratorSettings(
    size_px=256,
    steps=24,
    bent=0.3,
    turned=0.35,
    crossing=0.2,
    limbs=0.5,
    poles=0.3,
    real_clips=0.2,
    calm=0.7,
    damage=0.0,
    speed=0.7,
)
Array = NDArray[np.float64]


class Runs(NamedTuple):
    """What happened: (rows, 3) signs, (rows,) errors 1 - J, (rows,) numbers of the clips."""

    signs: Array
    errors: Array
    clips: Array


def main() -> None:
    """Runs what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path, help="folder of photographs, or a pack")
    parser.add_argument("--clips", type=int, default=60, help="how many to make")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    runs = _runs(arguments.photographs, arguments.clips)
    _LOG.info("%d frames, mean J %.3f", len(runs.errors), 1 - runs.errors.mean())
    _LOG.info("the network's own opinion: %s", _quality(runs.signs[:, 0], runs))
    _LOG.info("the weights of now: %s", _quality(_odds(runs.signs, FITTED), runs))
    _LOG.info("fitted without the clip's fold: %s", _quality(_crossed(runs), runs))
    _LOG.info("fitted to all: %s", Weights(*(round(float(w), 2) for w in fitted(runs.signs, runs.errors))))


def _runs(photographs: Path, count: int) -> Runs:
    bank = open_bank(photographs)
    rows: list[tuple[float, ...]] = []
    for number in range(count):
        rows += [(*row, number) for row in _followed(generate(bank, _CLIPS, (_SEED, number)))]
        if number % 10 == 9:
            _LOG.info("%d clips", number + 1)
    table = np.array(rows)
    return Runs(table[:, :3], table[:, 3], table[:, 4])


def _followed(clip: TrainingClip) -> Iterator[tuple[float, ...]]:
    """Signs and error of every frame after the one whose mask is given."""
    engine: HybridPropagator = build_hybrid("cpu")
    given = {_TARGET: (clip.masks[1] > 127).astype(np.float32)}
    engine.remember(1, clip.rgb[1], given)
    engine.step(1, clip.rgb[1], given)
    for k in range(2, len(clip.rgb)):
        found = engine.step(k, clip.rgb[k]).probabilities[_TARGET]
        truth = clip.masks[k] > 127
        if np.count_nonzero(truth) >= _LEAST_PX:
            yield (*engine.signs[_TARGET], 1 - jaccard(found >= 0.5, truth))


def fitted(signs: Array, errors: Array, *, decay: float = 1e-3, rounds: int = 30) -> Array:
    """Weights (signs + 1,) of the logistic regression of errors in 0..1, the constant last; by Newton's method."""
    x = np.concatenate([signs, np.ones((len(signs), 1))], axis=1)
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        expected = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (expected - errors) / len(x) + decay * weights
        curve = (x * (expected * (1 - expected))[:, None]).T @ x / len(x) + decay * np.eye(len(weights))
        weights = weights - np.linalg.solve(curve, slope)
    return np.asarray(weights, np.float64)


def _odds(signs: Array, weights: Array | Weights) -> Array:
    return np.asarray(signs @ np.array(weights[:-1]) + weights[-1], np.float64)


def _crossed(runs: Runs) -> Array:
    """The odds of every frame by weights that were fitted to other clips."""
    odds = np.zeros(len(runs.errors))
    for fold in range(_FOLDS):
        own = runs.clips % _FOLDS == fold
        odds[own] = _odds(runs.signs[own], fitted(runs.signs[~own], runs.errors[~own]))
    return odds


def _quality(odds: Array, runs: Runs) -> str:
    """Rank correlation with the error over all frames and within clips, and how often the worst fifth is pointed at."""
    within, pointed = [], []
    for clip in np.unique(runs.clips):
        own = runs.clips == clip
        errors, doubts = runs.errors[own], odds[own]
        worst = np.sort(errors)[-max(1, round(len(errors) / 5))]
        pointed.append(float(errors[doubts.argmax()] >= worst))
        within.append(rank_correlation(list(doubts), list(errors)))
    whole = rank_correlation(list(odds), list(runs.errors))
    return f"{whole:.3f} over all, {np.nanmean(within):.3f} within a clip, pointed {np.mean(pointed):.2f}"


if __name__ == "__main__":
    main()

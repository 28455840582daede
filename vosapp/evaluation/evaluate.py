"""Measures an engine on a data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2

from vosapp.core.errors import MediaError, UserError
from vosapp.core.untrusted import is_plain_name
from vosapp.data.truth import TruthClip
from vosapp.evaluation.collect import Collector
from vosapp.evaluation.corrections import Choice, simulate_corrections
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.memory import device_peak_bytes, peak_bytes, reset_peak
from vosapp.evaluation.protocol import Protocol
from vosapp.evaluation.run import BuildPropagator, run_clip
from vosapp.evaluation.scaled import build_scaled
from vosapp.evaluation.scores import ClipScore
from vosapp.evaluation.transfer import transfer_errors

FrameDone = Callable[[str, int, int], None]
"""Told (clip, frames done, frames in all) after every frame; only when everything runs in one process."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Measurements beside the scores.

    Attributes:
        corrections: how many frames to correct one after the other, 0 for none.
        choice: how the frame to correct is chosen.
        with_pictures: whether to keep pictures of the worst frames.
        masks_folder: where to write masks, one folder a clip, or None.
    """

    corrections: int = 0
    choice: Choice = Choice.WORST
    with_pictures: bool = False
    masks_folder: Path | None = None


def evaluate(
    dataset: Dataset,
    build: BuildPropagator,
    *,
    measures: Measures | None = None,
    jobs: int = 1,
    frame_done: FrameDone | None = None,
) -> Iterator[ClipScore]:
    """Measures an engine on every clip of a data set.

    Args:
        dataset: the clips.
        build: makes a fresh propagator; picklable when `jobs` is above 1.
        measures: what to measure beside the scores.
        jobs: processes; each takes one clip at a time and one thread.
        frame_done: told after every frame when `jobs` is 1.

    Yields:
        One score a clip, in the order of the data set. A clip that cannot be measured has a `failure`.
    """
    wanted = measures or Measures()
    if jobs <= 1:
        for clip in dataset.clips:
            yield measure_clip(clip, dataset.protocol, build, wanted, frame_done=frame_done)
        return
    # "spawn": a forked process would inherit the threads' locks of torch and OpenCV in an unknown state.
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_use_one_thread) as pool:
        waiting = [pool.submit(measure_clip, clip, dataset.protocol, build, wanted) for clip in dataset.clips]
        try:
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def measure_clip(
    clip: TruthClip,
    protocol: Protocol,
    build: BuildPropagator,
    measures: Measures,
    *,
    frame_done: FrameDone | None = None,
) -> ClipScore:
    """Runs fresh propagators over a clip and measures everything that is asked for."""
    sized = build if protocol.shorter_side_px is None else partial(build_scaled, build, protocol.shorter_side_px)
    reset_peak()
    try:
        if protocol.is_transfer:
            score = _measure_transfer(clip, sized)
        else:
            score = _measure_run(clip, protocol, sized, measures, frame_done)
    except UserError as error:
        # One clip with a damaged file, or too large for the memory, must not cost the results of the others.
        return ClipScore(clip.name, failure=str(error))
    return replace(score, peak_bytes=peak_bytes(), device_peak_bytes=device_peak_bytes())


def _measure_run(
    clip: TruthClip, protocol: Protocol, build: BuildPropagator, measures: Measures, frame_done: FrameDone | None
) -> ClipScore:
    folder = _clip_folder(measures.masks_folder, clip.name) if measures.masks_folder is not None else None
    collector = Collector(clip, protocol, with_picture=measures.with_pictures, masks_folder=folder)
    for result in run_clip(clip, build()):
        collector.add(result)
        if frame_done is not None:
            frame_done(clip.name, result.frame_index + 1, clip.frame_count)
    score = collector.finish()
    if not measures.corrections:
        return score
    curve = simulate_corrections(clip, protocol, build, count=measures.corrections, choice=measures.choice)
    return replace(score, corrections=curve)


def _clip_folder(folder: Path, clip_name: str) -> Path:
    """Where the masks of a clip go. Its name comes from the data set, and must not lead anywhere else."""
    if not is_plain_name(clip_name):
        raise MediaError(f"{clip_name!r} is no name for a folder of masks.", "Correct the data set.")
    return folder / clip_name


def _measure_transfer(clip: TruthClip, build: BuildPropagator) -> ClipScore:
    errors, steps = transfer_errors(clip, build)
    return ClipScore(clip.name, frame_count=len(steps), seconds=sum(step.seconds for step in steps), transfer=errors)


def _use_one_thread() -> None:
    # torch is not loaded yet in a fresh process and takes its number of threads from here.
    os.environ["OMP_NUM_THREADS"] = "1"
    cv2.setNumThreads(1)

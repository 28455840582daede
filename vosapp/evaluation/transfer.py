"""JumpCut's protocol: true masks are carried from key frames over fixed distances."""

from __future__ import annotations

from vosapp.data.truth import TruthClip
from vosapp.evaluation.run import BuildPropagator, RunFrame, run_transfer
from vosapp.evaluation.scores import mean
from vosapp.metrics.transfer import DISTANCES, KEY_FRAMES, transfer_error


def transfer_errors(clip: TruthClip, build: BuildPropagator) -> tuple[dict[int, float], list[RunFrame]]:
    """Mean error over the key frames of a clip by distance, NaN where no pair counts, and the frames' results.

    Pairs whose truth is empty at one end, or that reach beyond the clip, are left out. Results come without their
    pixels, for the time that they took.
    """
    annotated = set(clip.annotated)
    errors: dict[int, list[float]] = {distance: [] for distance in DISTANCES}
    steps: list[RunFrame] = []
    for key in (k for k in KEY_FRAMES if k in annotated and any(m.any() for m in clip.truth(k).values())):
        ends = {key + distance: distance for distance in DISTANCES if key + distance in annotated}
        if not ends:
            continue
        for result in run_transfer(clip, build(), key, max(ends)):
            steps.append(RunFrame(result.frame_index, {}, {}, result.given, result.seconds))
            if result.frame_index in ends:
                truth = clip.truth(result.frame_index)
                errors[ends[result.frame_index]] += [
                    transfer_error(result.mask(i, mask.shape), mask) for i, mask in truth.items()
                ]
    return {distance: mean(values) for distance, values in errors.items()}, steps

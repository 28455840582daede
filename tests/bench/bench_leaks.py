"""Measures the signs of a leak on made-up leaks: `python -m tests.bench.bench_leaks --masks truth --masks flow`.

Masks are the truth of the synthetic suite, the truth as coarse as a network finds it that works in 64x112 cells, or
what an engine makes of the clips from the true first mask. Clean are frames whose mask is right, with a J of at least
80. A leak begins in the middle of a clip: a copy of the object is pasted beside it, and the mask flows into it within
four frames, takes it at once, or changes over to it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage, bounding_box
from vosapp.data.suite.clips import SuiteClip, suite_clips
from vosapp.engine.engines import build_propagator
from vosapp.engine.run.leak_signs import LeakSigns, Sign

WITHIN = 5  # frames within which a leak has to be flagged
KINDS = ("flows in", "at once", "changes over")
Frames = list[tuple[NDArray[np.uint8], BoolImage]]


CELLS = (112, 64)  # (width, height) of coarse masks
RIGHT = 0.8  # J of a mask that counts as clean


def clean(clip: SuiteClip, object_id: int) -> Frames:
    """Pictures and true masks of an object."""
    return [(clip.frame(i), clip.truth(i)[object_id]) for i in range(clip.frame_count)]


def made_by(masks: str, clip: SuiteClip, object_id: int) -> Frames:
    """Pictures and masks of an object: "truth", "coarse", or those of an engine of this name."""
    truth = clean(clip, object_id)
    if masks == "truth":
        return truth
    if masks == "coarse":
        return [(rgb, _coarse(mask)) for rgb, mask in truth]
    propagator = build_propagator(masks, "cpu")
    first = {object_id: truth[0][1].astype(np.float32)}
    propagator.remember(0, truth[0][0], first)
    made = [(truth[0][0], truth[0][1])]
    propagator.step(0, truth[0][0], first)
    for i, (rgb, _) in enumerate(truth[1:], 1):
        made.append((rgb, propagator.step(i, rgb).probabilities[object_id] >= 0.5))
    return made


def _coarse(mask: BoolImage) -> BoolImage:
    small = cv2.resize(mask.astype(np.float32), CELLS, interpolation=cv2.INTER_AREA)
    size = (mask.shape[1], mask.shape[0])
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR) >= 0.5)


def _is_right(mask: BoolImage, truth: BoolImage) -> bool:
    return bool(np.count_nonzero(mask & truth) >= RIGHT * max(1, np.count_nonzero(mask | truth)))


def leaking(frames: Frames, kind: str) -> tuple[Frames, int] | None:
    """The frames with a leak, and the frame where it begins; None where no copy fits beside the object."""
    start = len(frames) // 2
    box = bounding_box(frames[start][1])
    if box is None or np.count_nonzero(frames[start][1]) < 400:
        return None
    width = frames[0][1].shape[1]
    way = round(1.1 * (box[2] - box[0]))
    if box[2] + way > width and box[0] < way:
        return None
    shift = way if box[2] + way <= width else -way
    made = []
    for i, (rgb, mask) in enumerate(frames):
        twin = _shifted(mask, shift)
        picture = rgb.copy()
        picture[twin & ~mask] = np.roll(rgb, shift, axis=1)[twin & ~mask]
        made.append((picture, mask if i < start else _leaked(mask, twin, shift, kind, i - start)))
    return made, start


def _shifted(mask: BoolImage, shift: int) -> BoolImage:
    moved = np.zeros_like(mask)
    if shift > 0:
        moved[:, shift:] = mask[:, :-shift]
    else:
        moved[:, :shift] = mask[:, -shift:]
    return moved


def _leaked(mask: BoolImage, twin: BoolImage, shift: int, kind: str, since: int) -> BoolImage:
    box = bounding_box(twin)
    if kind == "changes over":
        return twin
    if kind == "at once" or box is None:
        return mask | twin
    part = min(1.0, (since + 1) / 4)
    reached = np.zeros_like(twin)
    along = round(part * (box[2] - box[0]))
    columns = slice(box[0], box[0] + along) if shift > 0 else slice(box[2] - along, box[2])
    reached[:, columns] = True
    return mask | (twin & reached)


def flagged(frames: Frames) -> Iterator[tuple[Sign, ...]]:
    """The signs on every frame; the first mask is given."""
    signs = LeakSigns()
    for i, (rgb, mask) in enumerate(frames):
        yield signs.look(1, rgb, mask, is_given=i == 0)


def measure(masks: str = "truth", clips: Sequence[SuiteClip] = ()) -> dict[str, tuple[int, int]]:
    """For clean frames and each kind of leak how many were flagged, and of how many."""
    counts = {name: [0, 0] for name in ("clean frames", *KINDS)}
    for clip in clips or suite_clips():
        for item in clip.objects:
            frames, truth = made_by(masks, clip, item.id), clean(clip, item.id)
            right = [_is_right(mask, true) for (_, mask), (_, true) in zip(frames, truth, strict=True)]
            found = [signs for signs, is_right in list(zip(flagged(frames), right, strict=True))[1:] if is_right]
            counts["clean frames"][0] += sum(bool(signs) for signs in found)
            counts["clean frames"][1] += len(found)
            for kind in KINDS:
                made = leaking(frames, kind) if right[len(frames) // 2] else None
                if made is not None:
                    with_leak, start = made
                    early = list(flagged(with_leak))[start : start + WITHIN]
                    counts[kind][0] += any(early)
                    counts[kind][1] += 1
    return {name: (one, of) for name, (one, of) in counts.items()}


def run() -> list[tuple[str, str]]:
    """The figures of docs/benchmarks.md: true masks."""
    return [(name, f"{one} of {of} flagged") for name, (one, of) in measure().items()]


def main() -> None:
    """Prints the table of docs/quality.md."""
    parser = argparse.ArgumentParser(description="Measures the signs of a leak on made-up leaks.")
    parser.add_argument("--masks", action="append", help="truth, coarse or the name of an engine; may be repeated")
    parser.add_argument("--clips", type=int, default=0, help="how many clips of the suite; 0 takes all")
    arguments = parser.parse_args()
    print("| masks | | flagged | of | share |\n|---|---|---|---|---|")
    for masks in arguments.masks or ["truth", "coarse"]:
        clips = suite_clips()[: arguments.clips or None]
        for name, (one, of) in measure(masks, clips).items():
            print(f"| {masks} | {name} | {one} | {of} | {100 * one / max(of, 1):.1f} % |", flush=True)


if __name__ == "__main__":
    main()

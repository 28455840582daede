"""Measures the signs of a leak on made-up leaks: `python -m tests.bench.bench_leaks`.

Clean masks are the truth of the synthetic suite. A leak begins in the middle of a clip: a copy of the object is pasted
beside it, and the mask flows into it within four frames, takes it at once, or changes over to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage, bounding_box
from vosapp.data.suite.clips import SuiteClip, suite_clips
from vosapp.engine.run.leak_signs import LeakSigns, Sign

WITHIN = 5  # frames within which a leak has to be flagged
KINDS = ("flows in", "at once", "changes over")
Frames = list[tuple[NDArray[np.uint8], BoolImage]]


def clean(clip: SuiteClip, object_id: int) -> Frames:
    """Pictures and true masks of an object."""
    return [(clip.frame(i), clip.truth(i)[object_id]) for i in range(clip.frame_count)]


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


def measure() -> dict[str, tuple[int, int]]:
    """For clean frames and each kind of leak how many were flagged, and of how many."""
    counts = {name: [0, 0] for name in ("clean frames", *KINDS)}
    for clip in suite_clips():
        for item in clip.objects:
            frames = clean(clip, item.id)
            found = list(flagged(frames))[1:]
            counts["clean frames"][0] += sum(bool(signs) for signs in found)
            counts["clean frames"][1] += len(found)
            for kind in KINDS:
                made = leaking(frames, kind)
                if made is not None:
                    with_leak, start = made
                    early = list(flagged(with_leak))[start : start + WITHIN]
                    counts[kind][0] += any(early)
                    counts[kind][1] += 1
    return {name: (one, of) for name, (one, of) in counts.items()}


def main() -> None:
    """Prints the table of docs/quality.md."""
    print("| | flagged | of | share |\n|---|---|---|---|")
    for name, (one, of) in measure().items():
        print(f"| {name} | {one} | {of} | {100 * one / of:.1f} % |")


if __name__ == "__main__":
    main()

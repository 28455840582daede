"""Small batches for tests: clips with a moving disc, masks on their first and last frame, and a job file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.clips import make_clip, moving_picture
from vosapp.batch.shot_project import reading
from vosapp.core.edits import composite
from vosapp.video.stills.images import write_png

SIZE = (64, 96)

JOBS = """
[defaults]
engine = "flow"
name = "{{parent}}"
{defaults}
[limits]
workers = 2
threads = 1
stall_s = {stall_s}
{limits}
[[job]]
clip = "shot*/plate.mp4"
masks = "{{folder}}/mask.*.png"
{more}
"""


def make_shot(
    folder: Path, *, frames: int = 8, size: tuple[int, int] = SIZE, at: Sequence[int] = (), ahead: int = 0
) -> Path:
    """A clip and its masks in a folder; returns the clip's path. `ahead` makes clips differ."""
    folder.mkdir(parents=True)
    picture = moving_picture(size)
    clip = make_clip(
        folder / "plate.mp4", frames=frames, size=size, indexed=False, content=lambda index: picture(index + ahead)
    )
    height, width = size
    y, x = np.mgrid[:height, :width]
    for frame in at or (0, frames - 1):
        centre = width * (0.3 + 0.4 * (((frame + ahead) % 48) / 48))
        inside = (x - centre) ** 2 + (y - height * 0.65) ** 2 < (min(height, width) * 0.2) ** 2
        write_png(folder / f"mask.{frame:04}.png", inside.astype(np.uint8) * 255)
    return clip


def make_batch(
    folder: Path,
    shots: int = 2,
    *,
    frames: int = 8,
    defaults: str = "",
    limits: str = "",
    more: str = "",
    stall_s: float = 300.0,
) -> Path:
    """A job file with shots shot0, shot1, ... beside it."""
    for number in range(shots):
        make_shot(folder / f"shot{number}", frames=frames, ahead=3 * number)
    path = folder / "jobs.toml"
    path.write_text(JOBS.format(defaults=defaults, limits=limits, more=more, stall_s=stall_s), encoding="utf-8")
    return path


def masks_of(project: Path) -> dict[tuple[int, int], tuple[str, float | None]]:
    """What stands in a project, by object and frame: digest and doubt."""
    with reading(project) as opened:
        editor = opened.editor
        return {
            (item.id, frame): (composite(editor.store, cell).digest, cell.doubt)
            for item in editor.document.objects
            for frame, cell in item.cells.items()
        }

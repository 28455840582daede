"""open_dataset: recognises the layout of a folder and opens its clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.data.suite.clips import suite_clips
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.layouts import davis, fbms, folder, jumpcut, segtrack, youtube_objects, youtube_vos
from vosapp.evaluation.protocol import SUITE

SUITE_NAME = "synthetic"


@dataclass(frozen=True, slots=True)
class Layout:
    """A way in which a data set lies on disk.

    Attributes:
        name: as on the command line.
        expected: one sentence on how the folder looks.
        recognise: whether a folder looks like it.
        open_clips: opens the folder; the second argument is the split, "" for the usual one.
    """

    name: str
    expected: str
    recognise: Callable[[Path], bool]
    open_clips: Callable[[Path, str], Dataset]


# In the order in which they are tried: the more particular first.
LAYOUTS = (
    Layout("youtube-vos", youtube_vos.EXPECTED, youtube_vos.recognise, youtube_vos.open_clips),
    Layout("youtube-objects", youtube_objects.EXPECTED, youtube_objects.recognise, youtube_objects.open_clips),
    Layout("fbms", fbms.EXPECTED, fbms.recognise, fbms.open_clips),
    Layout("segtrack", segtrack.EXPECTED, segtrack.recognise, segtrack.open_clips),
    Layout("davis16", davis.EXPECTED, davis.recognise_2016, davis.open_clips_2016),
    Layout("davis17", davis.EXPECTED, davis.recognise, davis.open_clips),
    Layout("jumpcut", jumpcut.EXPECTED, jumpcut.recognise, jumpcut.open_clips),
    Layout("folder", folder.EXPECTED, folder.recognise, folder.open_clips),
)


def open_dataset(where: str, *, layout: str = "auto", split: str = "") -> Dataset:
    """Opens a data set.

    Args:
        where: a folder, or "synthetic" for the suite that is made here.
        layout: name of a layout, or "auto" to find out.
        split: which part, where the data set has parts.

    Raises:
        MediaError: there is no such folder, it looks like no data set, or it has no clip that can be measured.
    """
    if where == SUITE_NAME:
        return synthetic_suite()
    root = Path(where)
    if not root.is_dir():
        raise MediaError(f"There is no folder {where}.", f'Give the folder of a data set, or "{SUITE_NAME}".')
    if layout != "auto":
        return _named(layout).open_clips(root, split)
    for candidate in LAYOUTS:
        if candidate.recognise(root):
            return candidate.open_clips(root, split)
    known = "".join(f"\n  {item.name}: {item.expected}" for item in LAYOUTS)
    raise MediaError(f"{where} does not look like a data set.", f"These are known:{known}")


def synthetic_suite() -> Dataset:
    """The suite with exact truth that is rendered here."""
    return Dataset(SUITE_NAME, suite_clips(), SUITE)


def _named(name: str) -> Layout:
    for layout in LAYOUTS:
        if layout.name == name:
            return layout
    raise MediaError(f'There is no layout "{name}".', f"Choose one of: {', '.join(item.name for item in LAYOUTS)}.")

"""Clips of image files with ground truth, and the readers of their masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.core.errors import MediaError
from vosapp.core.untrusted import read_regular
from vosapp.data.truth import BoolImage, Truth, TruthObject
from vosapp.video.source import RgbImage
from vosapp.video.stills.images import MAX_PICTURE_BYTES
from vosapp.video.stills.label_png import holds_labels, read_labels

VOID = 255  # "do not count this pixel" in several benchmarks; taken as background, as DAVIS does in this task


TruthReader = Callable[[Sequence[Path]], Truth]


@dataclass(frozen=True)
class FolderClip:
    """A clip of image files.

    Attributes:
        name: of the clip.
        frame_paths: one picture a frame, in order.
        truth_paths: for each annotated frame the files that hold its masks.
        objects: the objects to follow, ids ascending.
        read_truth: reads the masks of one frame; a function of a module, so that the clip can be pickled.
        alpha_paths: for each frame with a true alpha the grey picture of it.
    """

    name: str
    frame_paths: tuple[Path, ...]
    truth_paths: Mapping[int, tuple[Path, ...]]
    objects: tuple[TruthObject, ...]
    read_truth: TruthReader
    alpha_paths: Mapping[int, Path] | None = None

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return len(self.frame_paths)

    @property
    def annotated(self) -> tuple[int, ...]:
        """Frames with ground truth, ascending."""
        return tuple(sorted(self.truth_paths))

    def frame_name(self, index: int) -> str:
        """Name of the frame's file without its ending."""
        return self.frame_paths[index].stem

    def frame(self, index: int) -> RgbImage:
        """(height, width, 3) uint8 RGB. Raises MediaError."""
        return read_picture(self.frame_paths[index])

    def truth(self, index: int) -> Truth:
        """True masks of an annotated frame; see `TruthClip.truth`. Raises MediaError."""
        found = self.read_truth(self.truth_paths[index])
        shapes = {mask.shape for mask in found.values()}
        if len(shapes) > 1:
            raise MediaError(f"The masks of frame {index} of {self.name} have several sizes.")
        shape = shapes.pop() if shapes else self.frame(index).shape[:2]
        empty = np.zeros(shape, np.bool_)
        return {item.id: found.get(item.id, empty) for item in self.objects}

    def alpha(self, index: int) -> NDArray[np.float32] | None:
        """True soft alpha of a frame, or None. Raises MediaError."""
        path = (self.alpha_paths or {}).get(index)
        if path is None:
            return None
        return np.asarray(read_picture(path, grey=True) / 255, np.float32)


def read_picture(path: Path, *, grey: bool = False) -> NDArray[np.uint8]:
    """An 8-bit picture as (height, width, 3) RGB, or (height, width) grey. Raises MediaError."""
    flag = cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR
    try:
        content = np.frombuffer(read_regular(path, limit_bytes=MAX_PICTURE_BYTES), np.uint8)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        picture = cv2.imdecode(content, flag | cv2.IMREAD_IGNORE_ORIENTATION) if content.size else None
    except cv2.error:  # of more pixels than can be read
        picture = None
    if picture is None:
        raise MediaError(f"{path} is no picture that can be read.", "Copy it again from the data set.")
    return np.asarray(picture if grey else cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def read_label_truth(paths: Sequence[Path]) -> dict[ObjectId, BoolImage]:
    """Masks of one indexed or grey PNG whose values are object ids; 0 and 255 are background."""
    labels = read_labels(paths[0])
    return {int(i): labels == i for i in np.unique(labels) if i not in (0, VOID)}


def read_binary_truth(paths: Sequence[Path]) -> dict[ObjectId, BoolImage]:
    """One mask a file, objects 1, 2 ... in the order of the files; everything bright is inside."""
    return {i: read_picture(path, grey=True) > 127 for i, path in enumerate(paths, 1)}


def read_union_truth(paths: Sequence[Path]) -> dict[ObjectId, BoolImage]:
    """All objects of one PNG as one object 1, as DAVIS 2016 has it.

    255 is the object where it is the only number, and "does not count" beside others. A few files of DAVIS 2016 are
    colour pictures of the mask: there everything that is not black is inside.
    """
    if not holds_labels(paths[0]):
        return {1: read_picture(paths[0], grey=True) > 0}
    labels = read_labels(paths[0])
    objects = (labels != 0) & (labels != VOID)
    return {1: objects if objects.any() else labels == VOID}

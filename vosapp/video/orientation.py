"""Turning and mirroring a stored picture into the picture to show."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Orientation:
    """Turn of a stored picture: rows and columns exchanged first, then mirrored.

    Attributes:
        transpose: exchange rows and columns.
        flip_x: mirror left and right.
        flip_y: mirror top and bottom.
        exact: False when the file asks for an angle that is not a multiple of 90 degrees and the nearest is used.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False
    exact: bool = True

    @property
    def is_identity(self) -> bool:
        """Whether nothing has to be done."""
        return not (self.transpose or self.flip_x or self.flip_y)

    def size(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) after turning."""
        return (width, height) if self.transpose else (height, width)

    def apply(self, picture: NDArray[Scalar]) -> NDArray[Scalar]:
        """The picture (height, width, ...) turned; contiguous."""
        if self.is_identity:
            return picture
        turned = picture.swapaxes(0, 1) if self.transpose else picture
        turned = turned[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1]
        return np.ascontiguousarray(turned)


def orientation_from_matrix(matrix: bytes) -> Orientation:
    """Reads the display matrix of a container: nine 32-bit numbers, the picture's row vector being multiplied by it.

    The first two columns of the first two rows say where the x and y axes go (ISO/IEC 14496-12, 6.2.2).
    """
    if len(matrix) < 36:
        return Orientation()
    values = struct.unpack("=9i", matrix[:36])
    a, b, c, d = values[0], values[1], values[3], values[4]
    transpose = abs(b) + abs(c) > abs(a) + abs(d)
    if transpose:
        return Orientation(True, flip_x=c < 0, flip_y=b < 0, exact=a == 0 and d == 0)
    return Orientation(False, flip_x=a < 0, flip_y=d < 0, exact=b == 0 and c == 0)

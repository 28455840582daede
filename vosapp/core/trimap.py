"""Trimap: what the user painted over the edge of a matte on a frame."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from vosapp.core.mask import Digest


class TrimapKind(enum.IntEnum):
    """What a painted pixel of an edge is; the number stands for it in trimap images, where 0 is not painted."""

    INSIDE = 1
    UNKNOWN = 2
    OUTSIDE = 3


@dataclass(frozen=True, slots=True)
class Trimap:
    """What the user painted over the edge of a matte on a frame. No pixel is in two of them.

    Attributes:
        inside: digest of the pixels that are surely in the matte; None without any.
        unknown: of those that the picture decides, however far from the outline.
        outside: of those that are surely out of it.
    """

    inside: Digest | None = None
    unknown: Digest | None = None
    outside: Digest | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is painted."""
        return not self.digests

    @property
    def digests(self) -> tuple[Digest, ...]:
        """Of all that is painted."""
        return tuple(one for one in (self.inside, self.unknown, self.outside) if one is not None)

    def of(self, kind: TrimapKind) -> Digest | None:
        """Digest of the pixels of a kind."""
        return (self.inside, self.unknown, self.outside)[kind - 1]

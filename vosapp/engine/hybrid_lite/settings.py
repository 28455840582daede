"""Every constant of the engine's behaviour, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from vosapp.engine.hybrid.window import WindowSettings


@dataclass(frozen=True, slots=True)
class LiteSettings:
    """How the network is used. What it finds is taken as it is; nothing here corrects it.

    Attributes:
        window: four numbers, as the first design's, which chose them on real shots.
        kept: trusted frames of an object; of more the ones farthest in time are dropped. Bounds memory.
        read: trusted frames read at once. Bounds time; training reads one.
        nearest: of these, how many are the nearest in time; the rest are the most alike.
        recent_every: frames between kept recent ones; training has the same.
        lost: the network's opinion of its error from which a frame is not remembered.
        outline: whether the shown mask is drawn to the picture's edges, as the first design's is.
    """

    window: WindowSettings = field(default_factory=WindowSettings)
    kept: int = 16
    read: int = 4
    nearest: int = 2
    recent_every: int = 5
    lost: float = 0.9
    outline: bool = True

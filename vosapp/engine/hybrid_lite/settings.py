"""Every constant of the engine's behaviour, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from vosapp.engine.hybrid.frame_memory import MemoryLimits
from vosapp.engine.hybrid.window import WindowSettings


@dataclass(frozen=True, slots=True)
class LiteSettings:
    """How the network is used. What it finds is taken as it is; nothing here corrects it.

    Attributes:
        window: four numbers, as the first design's, which chose them on real shots.
        memory: what is kept and read of an object. Training reads one anchor, with recent frames as often.
        lost: the network's opinion of its error from which a frame is not remembered.
        outline: whether the shown mask is drawn to the picture's edges, as the first design's is.
    """

    window: WindowSettings = field(default_factory=WindowSettings)
    memory: MemoryLimits = field(default_factory=MemoryLimits)
    lost: float = 0.9
    outline: bool = True

"""Every constant of the engine's behaviour, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from vosapp.engine.hybrid.doubt import DoubtSettings
from vosapp.engine.hybrid.frame_memory import MemoryLimits
from vosapp.engine.hybrid.outline import OutlineSettings
from vosapp.engine.hybrid.window import WindowSettings


@dataclass(frozen=True, slots=True)
class HybridOptions:
    """How the network is used. `packaging/ablate_engine.py` measures any change of it; docs/networks.md has the table.

    What is not here is the network's own (sides in whole cells; all places in memory count, as in training), or the
    engine `flow`'s, in `vosapp.engine.flow`.

    Attributes:
        window: how windows are chosen.
        memory: which frames are kept and read.
        lean: added to the network's log-odds. It learnt on clips of a few frames; over many it lets go of what it is
            unsure of, and what is let go seldom comes back. Chosen on ten shots of DAVIS 2016.
        apart: of the object's size, from which a part of its mask counts as standing apart; see
            `vosapp.engine.hybrid.identity`. Chosen on dogs-jump of DAVIS 2017; 0 leaves all parts as they are.
        flow_share: share of the engine `flow` in the result's log-odds, above what the network makes of its advice.
            Chosen by the made-up suite and dogs-jump of DAVIS 2017.
        outline: how the shown mask is drawn.
        doubt: how the doubt follows from its signs.
        recurrence: whether the recurrent state is carried on; off for ablations.
        advice: whether the engine `flow` runs beside the network, advises it and sees to corrections; off for
            ablations.
    """

    window: WindowSettings = field(default_factory=WindowSettings)
    memory: MemoryLimits = field(default_factory=MemoryLimits)
    lean: float = 1.3
    apart: float = 0.3
    flow_share: float = 0.2
    outline: OutlineSettings = field(default_factory=OutlineSettings)
    doubt: DoubtSettings = field(default_factory=DoubtSettings)
    recurrence: bool = True
    advice: bool = True

"""StageConfig: what a stage of a recipe says of how a paper's network learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Norms = Literal["learn", "statistics", "still"]


@dataclass(frozen=True, slots=True)
class StageConfig:
    """Training of a network that carries masks or states from frame to frame, in one stage.

    The hybrid network has no use for it; its second design follows norms, frozen (its backbone), rate, fall and rates.

    Attributes:
        first: the frame that a clip begins with: "previous" is the one before the first frame to predict, "anchor" one
            from any time; the network is then given a damaged mask of the frame before, as its guidance.
        fewest: the fewest frames to predict; a batch has a random number of them from here to `clips.steps`. 0: all.
        objects: that the network follows at a time; where a clip has fewer, the others are empty.
        truth: share of frames after which the true mask is fed back instead of the found one, at the beginning of the
            stage and at its end. (1, 1) is teacher forcing, (1, 0.5) scheduled sampling.
        detach: whether a mask that is fed back is taken as given, so that no gradient flows through it.
        losses: weight of each part of the loss; the network's own where it is not named.
        norms: what batch norms do: "learn"; or only their "statistics" change, not their factors; or they stay "still".
        frozen: beginnings of names of modules that do not learn and whose norms stay still.
        rate: factor on the recipe's learning rate.
        fall: factor that is reached at the end of the stage beside `rate`, by the same ratio each step.
        rates: factors for parameters by the beginning of their name; the longest beginning counts.
        still_every: every so many batches is one of single pictures; 0: none.
        still_rates: as `rates`, for those batches.
        real_clips: share of clips drawn from a data set of real clips where one is given, 0..1.
        size: (height, width) that frames of such a data set are brought to; None: the square of `clips.size_px`.
        stride: the largest step between two frames that are taken from such a data set.
        turn_deg, zoom: range of the random turn, and of the change of size as a share, of such clips.
        flip: whether half of such clips are mirrored.
    """

    first: Literal["previous", "anchor"] = "previous"
    fewest: int = 0
    objects: int = 1
    truth: tuple[float, float] = (0.0, 0.0)
    detach: bool = False
    losses: Mapping[str, float] = field(default_factory=dict)
    norms: Norms = "learn"
    frozen: tuple[str, ...] = ()
    rate: float = 1.0
    fall: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    still_every: int = 0
    still_rates: Mapping[str, float] = field(default_factory=dict)
    real_clips: float = 1.0
    size: tuple[int, int] | None = None
    stride: int = 1
    turn_deg: float = 20.0
    zoom: float = 0.25
    flip: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError where a number makes no sense."""
        if not all(0 <= share <= 1 for share in (*self.truth, self.real_clips)):
            raise ValueError("truth and real_clips are shares from 0 to 1")
        if self.objects < 1 or self.stride < 1:
            raise ValueError("objects and stride are at least 1")
        if self.fewest < 0 or self.still_every < 0 or min([self.rate, *self.rates.values()]) < 0:
            raise ValueError("fewest, still_every, rate and rates are not negative")

    def rate_at(self, progress: float) -> float:
        """Factor on the learning rate at a progress of 0..1 through the stage."""
        return float(self.rate * self.fall**progress)

    def truth_at(self, progress: float) -> float:
        """Share of true masks at a progress of 0..1 through the stage."""
        begin, end = self.truth
        return begin + (end - begin) * progress


def beginning_of(name: str, beginnings: Iterable[str]) -> str:
    """The longest of some beginnings that a name has; "" where it has none."""
    return max((beginning for beginning in beginnings if name.startswith(beginning)), key=len, default="")

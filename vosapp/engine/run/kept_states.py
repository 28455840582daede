"""States of an engine that are kept between runs, and the pass that takes one of them up instead of coming to it again.

A propagator's state follows from the calls that were made on it. A pass therefore puts its first calls off, looks for a
kept state that the same calls led to, and makes only the rest: what it predicts is what a pass from nothing predicts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Prediction, Probability, Propagator, forked
from vosapp.video.source import RgbImage

Names = tuple[tuple[ObjectId, str], ...]
"""Objects, and what tells the given mask of each from others."""

Load = Callable[[], tuple[RgbImage, Mapping[ObjectId, Probability]]]


class Call(NamedTuple):
    """What was asked of a propagator: all that its state follows from, the picture of a frame being always the same."""

    kind: Literal["remember", "step"]
    frame_index: int
    given: Names


class _State(NamedTuple):
    calls: tuple[Call, ...]
    propagator: Propagator


class KeptStates:
    """States of one engine on one clip: after each anchor that it learnt, and standing on a frame besides.

    They share what they know, so that all of them together take little more than the one that knows most.

    Attributes:
        damaged: frames of the clip that were found to be damaged.
        is_cold: whether the engine cannot be forked, so that nothing is kept.
    """

    def __init__(self) -> None:
        self.damaged: set[int] = set()
        self.is_cold = False
        self._states: list[_State] = []

    def __len__(self) -> int:
        return len(self._states)

    def keep(self, calls: Sequence[Call], propagator: Propagator) -> None:
        """Keeps a state besides those on the way to it."""
        fork = forked(propagator)
        if fork is None:
            self.is_cold = True
            return
        on_the_way = [state for state in self._states if _leads_to(state, calls) and len(state.calls) < len(calls)]
        self._states = [*on_the_way, _State(tuple(calls), fork)]

    def farthest(self, calls: Sequence[Call]) -> tuple[int, Propagator | None]:
        """How many of the calls the best kept state has behind it, and a fork of it."""
        fitting = [state for state in self._states if _leads_to(state, calls)]
        best = max(fitting, key=lambda state: len(state.calls), default=None)
        return (0, None) if best is None else (len(best.calls), forked(best.propagator))

    def clear(self) -> None:
        """Lets go of everything."""
        self._states.clear()
        self.damaged.clear()
        self.is_cold = False


def _leads_to(state: _State, calls: Sequence[Call]) -> bool:
    """Whether calls begin with those of a state."""
    return state.calls == tuple(calls[: len(state.calls)])


class Resuming:
    """The propagator of one pass, which takes up a kept state where there is one.

    Args:
        build: makes a fresh propagator.
        kept: None keeps nothing and takes up nothing.
    """

    def __init__(self, build: Callable[[], Propagator], kept: KeptStates | None) -> None:
        self._build = build
        self._kept = kept
        self._propagator = None if kept else build()  # at once: what it lacks is said before a frame is read
        self._calls: list[Call] = []
        self._put_off: list[Callable[[Propagator], object]] = []
        self._is_beginning = True

    def remember(self, frame_index: int, given: Names, load: Load) -> None:
        """See `Propagator.remember`; `load` gives picture and masks if they are needed."""

        def learn(propagator: Propagator) -> None:
            rgb, masks = load()
            propagator.remember(frame_index, rgb, masks)

        if self._is_beginning:
            self._calls.append(Call("remember", frame_index, given))
            self._put_off.append(learn)
        else:
            learn(self.settled())

    def step(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability], given: Names) -> Prediction:
        """See `Propagator.step`. Where every object is given, what it would return is known, and it is put off."""
        known = {object_id for call in self._calls for object_id, _ in call.given}
        if not self._is_beginning or not masks or known - masks.keys():
            return self.settled().step(frame_index, rgb, masks)
        self._calls.append(Call("step", frame_index, given))
        self._put_off.append(lambda propagator: propagator.step(frame_index, rgb, masks))
        return Prediction(dict(masks), dict.fromkeys(masks, 0.0))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """See `Propagator.forget`."""
        self.settled().forget(object_ids)

    def settled(self) -> Propagator:
        """The propagator, with all behind it that was put off."""
        kept = self._kept
        if self._is_beginning:
            done, resumed = (0, None) if kept is None else kept.farthest(self._calls)
            self._propagator = resumed or self._propagator or self._build()
            for i, act in enumerate(self._put_off[done:], done + 1):
                act(self._propagator)
                if kept is not None and self._calls[i - 1].kind == "remember":
                    kept.keep(self._calls[:i], self._propagator)
            self._put_off.clear()
            self._is_beginning = False
        if self._propagator is None:
            raise RuntimeError("a pass that has begun has a propagator")
        return self._propagator

    def keep(self) -> None:
        """Keeps the state that the calls so far lead to, for a run that begins with them."""
        propagator = self.settled()
        if self._kept is not None and self._calls:
            self._kept.keep(self._calls, propagator)

"""OomFallback: a propagator that goes on in the next of its declared, smaller steps when memory runs out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from vosapp.core.document import ObjectId
from vosapp.core.errors import EngineError
from vosapp.engine.anchor_frames import AnchorFrames
from vosapp.engine.propagator import Prediction, Probability, Propagator, forked
from vosapp.engine.run_context import MemoryPolicy, RunContext
from vosapp.video.source import RgbImage

T = TypeVar("T")

# How torch says that memory ran out, on a graphics card, on Apple's shared memory and on the computer's own.
_SIGNS = ("out of memory", "not enough memory", "can't allocate memory")


@dataclass(frozen=True, slots=True)
class Step:
    """One way to run an engine.

    Attributes:
        name: what is said when a run goes on this way, such as "at 360 pixels".
        build: makes a propagator that runs this way.
    """

    name: str
    build: Callable[[], Propagator]


class OomFallback:
    """A `Propagator` that, when memory runs out, makes the next of several and lets it go on from the last frame.

    What was found so far is not lost: the new propagator learns the anchor frames again and begins with the masks
    of the last frame.

    Args:
        steps: the ways to run, the best one first; at least one.
        context: of the run; is told when a smaller step is taken. None for nobody.
    """

    def __init__(self, steps: Sequence[Step], context: RunContext | None = None) -> None:
        self._steps = list(steps)
        self._context = context or RunContext()
        self._current: Propagator | None = None
        self._anchors = AnchorFrames()
        self._last: tuple[int, RgbImage, dict[ObjectId, Probability]] | None = None

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        self._going_on(lambda running: running.remember(frame_index, rgb, masks))
        self._anchors.add(frame_index, rgb, masks)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """See `Propagator.step`.

        Raises:
            EngineError: memory ran out and there is no smaller step left.
        """
        prediction = self._going_on(lambda running: running.step(frame_index, rgb, given))
        self._anchors.keep_near(frame_index)
        self._last = (frame_index, rgb, dict(prediction.probabilities))
        return prediction

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self._anchors.forget(object_ids)
        if self._current is not None:
            self._current.forget(object_ids)
        if self._last is not None:
            frame_index, rgb, masks = self._last
            self._last = (frame_index, rgb, {o: mask for o, mask in masks.items() if o not in object_ids})

    def fork(self) -> OomFallback | None:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._steps, fork._anchors = list(self._steps), self._anchors.fork()
        if self._current is not None:
            fork._current = forked(self._current)
            if fork._current is None:
                return None
        return fork

    def _going_on(self, act: Callable[[Propagator], T]) -> T:
        """What `act` gives with the first of the steps left for which memory suffices."""
        while True:
            try:
                if self._current is None:
                    self._current = self._begun_again()
                return act(self._current)
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                self._step_down(error)

    def _begun_again(self) -> Propagator:
        """A new propagator that is where the last one was."""
        running = self._steps[0].build()
        for frame_index, rgb, masks in self._anchors.everything():
            running.remember(frame_index, rgb, masks)
        if self._last is not None:
            running.step(*self._last)
        return running

    def _step_down(self, error: Exception) -> None:
        self._current = None  # lets its memory go before the next one is made
        if self._context.memory is MemoryPolicy.STOP:
            raise EngineError(
                "Memory ran out, and this run may not go on in smaller steps.",
                "Close other programs, or use smaller pictures or another device.",
            ) from error
        if len(self._steps) == 1:
            raise EngineError(
                "Memory ran out, and there is no smaller way left to run this engine.",
                "Close other programs, propagate fewer objects at a time, or choose the engine flow.",
            ) from error
        del self._steps[0]
        self._context.report(f"Memory ran out; going on {self._steps[0].name}.")


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out, the computer's or a graphics card's."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _SIGNS)

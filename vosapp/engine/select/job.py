"""The body of a job that turns marks into a mask; what was looked at stays ready for the next mark."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from vosapp.core.errors import EngineError
from vosapp.core.mask import BoolImage, Mask
from vosapp.engine.job import JobContext, Stage
from vosapp.engine.oom_fallback import is_out_of_memory
from vosapp.engine.select.marks import BuildSelector, Marks, Selector
from vosapp.engine.select.scribble import ScribbleSelector
from vosapp.engine.select.selectors import selector_builder, usable_selector
from vosapp.video.source import RgbImage


@dataclass(frozen=True, slots=True)
class SelectTask:
    """Everything that a proposal needs, frozen when it is asked for.

    Attributes:
        key: what the frame is known by; tasks of one key have the same picture and the same prediction.
        rgb: the frame (height, width, 3) uint8.
        marks: of the user.
        prediction: a mask that is there and is corrected; None without one.
        device: "auto", "cpu", "cuda" or "mps".
        only_marked: the prediction is corrected around the marks alone; the rest stays as it is.
        selector: name of what is asked; the default one where it is "" or cannot be used here.
    """

    key: Hashable
    rgb: RgbImage
    marks: Marks
    prediction: BoolImage | None = None
    device: str = "auto"
    only_marked: bool = False
    selector: str = ""


class SelectorCache:
    """The network, and the selector of the last frame. For one thread at a time."""

    def __init__(self) -> None:
        self._build: tuple[str, str, BuildSelector] | None = None
        self._made: tuple[Hashable, Selector] | None = None

    def selector(self, task: SelectTask) -> Selector:
        """The selector for a frame. Raises WeightsError, EngineError: the network cannot be loaded."""
        name = usable_selector(task.selector)
        if self._build is None or self._build[:2] != (name, task.device):
            self._build, self._made = (name, task.device, selector_builder(name, device=task.device)), None
        key = task.key, task.only_marked
        if self._made is None or self._made[0] != key:
            made = self._build[2](task.rgb, task.prediction)
            if task.only_marked and task.prediction is not None:
                made = ScribbleSelector(made, task.prediction)
            self._made = key, made
        return self._made[1]

    def forget(self) -> None:
        """Lets go of the frame; the network stays."""
        self._made = None


def select_body(task: SelectTask, cache: SelectorCache) -> Callable[[JobContext], Mask]:
    """A body for `Job` that returns the proposed mask. It raises EngineError when memory runs out."""

    def body(context: JobContext) -> Mask:
        context.progress(0, 1, Stage.SEARCHING, note="Select")
        try:
            selector = cache.selector(task)
            context.check()
            return Mask.from_array(np.asarray(selector.propose(task.marks) >= 0.5))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            cache.forget()
            raise EngineError(
                "Memory ran out while the frame was looked at.",
                "Close other programs, or let another network select (in the bar over the picture).",
            ) from error

    return body

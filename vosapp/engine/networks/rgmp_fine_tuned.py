"""RGMP that learns the objects of a shot from their anchors before it propagates them."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Collection, Mapping

import numpy as np
import torch

from vosapp.core.document import ObjectId
from vosapp.engine.anchor_frames import AnchorFrames
from vosapp.engine.networks.fine_tuning import Example, FineTuning, fine_tune
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.engine.run_context import RunContext
from vosapp.models.rgmp.network import RGMP
from vosapp.video.source import RgbImage


class _LastTuned:
    """Holds one network, so that the backward pass need not learn again what the forward pass did."""

    def __init__(self) -> None:
        self.key = ""
        self.network: RGMP | None = None


_last = _LastTuned()


class FineTunedRgmp:
    """A `Propagator`. It learns at its first frame, from the anchor frames that it was shown until then.

    Args:
        name: of the network and its weights, under which the result of learning is kept for another pass.
        load: gives the network, plain; it is copied.
        build: makes the propagator for a fine-tuned network, which it must not change.
        device: where to learn.
        settings: None for those of the paper.
        context: of the run; is told how far the learning is and may stop it. None for nobody.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], RGMP],
        *,
        build: Callable[[RGMP], Propagator],
        device: torch.device,
        settings: FineTuning | None = None,
        context: RunContext | None = None,
    ) -> None:
        self._name = name
        self._load = load
        self._build = build
        self._device = device
        self._settings = settings or FineTuning()
        self._anchors = AnchorFrames()
        self._inner: Propagator | None = None
        self._context = context or RunContext()
        self._away: set[ObjectId] = set()  # objects of which nothing was seen yet

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        if self._inner is None:
            self._anchors.add(frame_index, rgb, masks)
        else:
            self._inner.remember(frame_index, rgb, masks)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """See `Propagator.step`. The first one takes as long as the learning does.

        Raises:
            Cancelled: while it learned.
        """
        given = dict(given or {})
        if self._inner is None:
            self._anchors.add(frame_index, rgb, given)
            self._away |= given.keys()
            nothing = np.zeros(rgb.shape[:2], np.float32)
            given = dict.fromkeys(self._away, nothing) | given
            examples = self._examples()
            if not examples:
                return Prediction(given, dict.fromkeys(given, 0.0))
            self._inner = self._build(self._tuned(examples))
            for index, picture, masks in self._anchors.everything():
                self._inner.remember(index, picture, masks)
        return self._inner.step(frame_index, rgb, given)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        self._anchors.forget(object_ids)
        self._away -= set(object_ids)
        if self._inner is not None:
            self._inner.forget(object_ids)

    def _examples(self) -> list[Example]:
        """Every object on every anchor frame, and all of them as one where there are several."""
        examples = []
        for _, rgb, masks in self._anchors.everything():
            examples += [Example(rgb, mask) for mask in masks.values()]
            if len(masks) > 1:
                examples.append(Example(rgb, np.max(list(masks.values()), axis=0)))
        return examples

    def _tuned(self, examples: list[Example]) -> RGMP:
        key = _digest(self._name, examples, self._settings)
        if _last.network is None or _last.key != key:
            _last.network = None
            network = copy.deepcopy(self._load())
            fine_tune(network, examples, self._settings, device=self._device, context=self._context)
            _last.key, _last.network = key, network
        return _last.network


def _digest(name: str, examples: list[Example], settings: FineTuning) -> str:
    """What the result of learning depends on."""
    state = hashlib.sha256(f"{name} {settings}".encode())
    for example in examples:
        state.update(example.rgb.tobytes())
        state.update(np.packbits(example.mask >= 0.5).tobytes())
    return state.hexdigest()

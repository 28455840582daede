"""The second hybrid network as a `Propagator`."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vosapp.core.document import ObjectId
from vosapp.engine.device import choose_device
from vosapp.engine.disjoint import by_odds, disjoint, scaled
from vosapp.engine.hybrid.doubt import Signs, doubt_of, signs
from vosapp.engine.hybrid.frame_memory import FrameMemory
from vosapp.engine.hybrid.outline import OutlineSettings, settled
from vosapp.engine.hybrid.window import Window, grouped, window_around
from vosapp.engine.hybrid.window_tensors import Before, WindowTensors, array_of, moved_along, moved_state, others_of
from vosapp.engine.hybrid_lite.memory import Kept, ObjectState
from vosapp.engine.hybrid_lite.settings import LiteSettings
from vosapp.engine.networks.loaded_network import precision_of, prepared_network
from vosapp.engine.oom_fallback import OomFallback, Step
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run_context import RunContext
from vosapp.models import registry
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid_lite.decoder import Recalled
from vosapp.models.hybrid_lite.guidance import Carried
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.models.preparing import quick_precision
from vosapp.models.weights import require_weights
from vosapp.optical_flow import FlowEstimator, grey
from vosapp.video.source import RgbImage

Masks = Mapping[ObjectId, Probability]


class _View(NamedTuple):
    """A frame through a window: its picture (1, 3, h, w) in 0..1 and the features of it."""

    window: Window
    picture: Tensor
    features: Features


class HybridLitePropagator:
    """The network alone, guided by the previous mask moved by flow. A `Propagator`.

    Attributes:
        signs: what the doubt of the last step's predictions was made of.
    """

    def __init__(self, network: HybridLite, device: torch.device, settings: LiteSettings | None = None) -> None:
        """Takes a network in evaluation mode on the device."""
        self._network, self._tensors = network, WindowTensors(device)
        self._settings = settings or LiteSettings()
        self._objects: dict[ObjectId, ObjectState] = {}
        self._before: RgbImage | None = None
        self._flow = FlowEstimator()
        self.signs: dict[ObjectId, Signs] = {}

    @torch.inference_mode()
    def remember(self, frame_index: int, rgb: RgbImage, masks: Masks) -> None:
        """Keeps trusted masks of a frame; see `Propagator.remember`. An empty mask is kept as "the object is away"."""
        for object_id, mask in masks.items():
            view = self._look(rgb, window_around(mask, None, self._settings.window))
            self._state_of(object_id).frames.keep_anchor(
                frame_index, self._kept(view, mask, others_of(masks, object_id))
            )

    @torch.inference_mode()
    def step(self, frame_index: int, rgb: RgbImage, given: Masks | None = None) -> Prediction:
        given = given or {}
        old = {i: o.mask for i, o in self._objects.items() if o.mask is not None}
        wanted = [i for i in old if i not in given and self._before is not None]
        found: dict[ObjectId, Probability] = {}
        opinions: dict[ObjectId, float] = {}
        views: dict[ObjectId, _View] = {}
        for window, group in self._windows(wanted):
            view = self._look(rgb, window)
            for object_id, (mask, opinion) in self._predict(frame_index, view, group, old).items():
                found[object_id], opinions[object_id], views[object_id] = mask, opinion, view
        merged = {**disjoint(found, given, by_odds), **given}
        for object_id, view in views.items():
            self._take_in(frame_index, object_id, view, merged, opinions[object_id])
        self._accept(frame_index, rgb, given, merged)
        self._before = rgb
        self.signs = {i: signs(o, self._objects[i].frames.age(frame_index), merged[i]) for i, o in opinions.items()}
        doubts = {i: doubt_of(seen) for i, seen in self.signs.items()} | dict.fromkeys(given, 0.0)
        return Prediction(self._shown(rgb, merged, found), doubts)

    def fork(self) -> HybridLitePropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._objects = {object_id: state.fork() for object_id, state in self._objects.items()}
        return fork

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._objects.pop(object_id, None)

    def _state_of(self, object_id: ObjectId) -> ObjectState:
        return self._objects.setdefault(object_id, ObjectState(FrameMemory(self._settings.memory)))

    def _look(self, rgb: RgbImage, window: Window) -> _View:
        picture = self._tensors.picture(rgb, window)
        return _View(window, picture, self._network.encode(picture))

    def _kept(self, view: _View, mask: Probability, others: Probability | None) -> Kept:
        own, rest = self._tensors.masks([mask], view.window), self._tensors.masks([others], view.window)
        memory = self._network.memorise(view.features, own, rest)
        return Kept(memory, self._network.learn(view.features, own, rest))

    def _windows(self, object_ids: list[ObjectId]) -> list[tuple[Window, list[ObjectId]]]:
        """Windows and the objects seen through each: one for all where that costs little."""
        settings, windows = self._settings.window, {}
        for object_id in object_ids:
            state = self._objects[object_id]
            if state.mask is not None:
                windows[object_id] = window_around(state.mask, state.window, settings, state.drift)
                shape = state.mask.shape
        return grouped(windows, (shape[0], shape[1]), settings) if windows else []

    def _predict(
        self, frame_index: int, view: _View, group: list[ObjectId], old: Masks
    ) -> dict[ObjectId, tuple[Probability, float]]:
        """The mask and the network's opinion of 1 - J of the objects seen through a window, each as if alone."""
        carried = self._carried(view, group, old)
        states = [self._objects[i] for i in group]
        recalled = [self._recalled(frame_index, view, state) for state in states]
        whole = Recalled(*(torch.cat(parts) for parts in zip(*recalled, strict=True)))
        moved = torch.cat([self._moved_state(state, view, carried.flow[:1]) for state in states])
        decoded = self._network.decode(view.features.expanded(len(group)), whole, carried, moved)
        size = carried.mask.shape[-2:]
        masks = F.interpolate(decoded.logits, size=size, mode="bilinear", align_corners=False).sigmoid()
        doubts = decoded.doubt.sigmoid()
        result = {}
        for k, (object_id, state) in enumerate(zip(group, states, strict=True)):
            state.state, state.window = decoded.state[k : k + 1], view.window
            shape = old[object_id].shape
            result[object_id] = (view.window.put_back(array_of(masks[k, 0]), (shape[0], shape[1])), float(doubts[k]))
        return result

    def _recalled(self, frame_index: int, view: _View, state: ObjectState) -> Recalled:
        trusted = state.trusted(frame_index, view.features.key)
        recent = state.recent()
        return self._network.recall(view.features, (trusted.memory, trusted.known), (recent.memory, recent.known))

    def _carried(self, view: _View, group: list[ObjectId], old: Masks) -> Carried:
        """The frame before, moved along the flow to the present picture in one go."""
        window = view.window
        if self._before is None:
            raise RuntimeError("nothing is carried to the first frame of a pass")
        picture = self._tensors.picture(self._before, window)
        now, before = (grey(_bytes(shown)) for shown in (view.picture, picture))
        flow = self._tensors.tensor(self._flow.flow(now, before).transpose(2, 0, 1))[None]
        masks = self._tensors.masks([old[i] for i in group], window)
        others = self._tensors.masks([others_of(old, i) for i in group], window)
        moved = moved_along(view.picture, Before(picture, masks, others), flow)
        return Carried(*moved, flow.expand(len(group), -1, -1, -1))

    def _moved_state(self, state: ObjectState, view: _View, flow: Tensor) -> Tensor:
        """The recurrent state (1, states, h, w) seen through the new window and moved by flow."""
        if state.state is None or state.window is None:
            return self._network.first_state(view.features)
        return moved_state(state.state, (state.window, view.window), flow)

    def _take_in(self, frame_index: int, object_id: ObjectId, view: _View, merged: Masks, opinion: float) -> None:
        """What the next step starts from: the merged mask, where the object went, and what it looks like now."""
        state, mask = self._objects[object_id], merged[object_id]
        state.follow(mask)
        if opinion < self._settings.lost and state.is_in_sight:
            state.frames.keep_recent(frame_index, self._kept(view, mask, others_of(merged, object_id)))

    def _accept(self, frame_index: int, rgb: RgbImage, given: Masks, merged: Masks) -> None:
        """Given masks enter as they are; nothing else is carried past them."""
        for object_id, mask in given.items():
            state = self._state_of(object_id)
            window = window_around(mask, None, self._settings.window)
            kept = self._kept(self._look(rgb, window), mask, others_of(merged, object_id))
            if frame_index not in state.frames:
                state.frames.keep_anchor(frame_index, kept)
            state.restart(frame_index, kept)
            state.window = window
            state.follow(mask)

    def _shown(self, rgb: RgbImage, merged: Masks, found: Collection[ObjectId]) -> dict[ObjectId, Probability]:
        """The masks to show: those that were found are drawn to the picture's edges."""
        if not self._settings.outline:
            return dict(merged)
        given = {i: mask for i, mask in merged.items() if i not in found}
        shown = {i: settled(merged[i], rgb, OutlineSettings(strictness=0.0)) for i in found}
        return {**disjoint(shown, given, scaled), **given}


def _bytes(picture: Tensor) -> RgbImage:
    """A picture (1, 3, h, w) in 0..1 as (h, w, 3) uint8."""
    return np.asarray(picture[0].mul(255).round().permute(1, 2, 0).to("cpu", torch.uint8).numpy(), np.uint8)


def build_hybrid_lite(device: str = "auto", *, context: RunContext | None = None, precision: str = "") -> OomFallback:
    """The engine with the weights that were put in their place. It goes on with the processor when memory runs out.

    Args:
        device: "auto", "cpu", "cuda" or "mps".
        context: of the run; None for one that nobody follows.
        precision: "float32" or "bfloat16"; "" for what the device computes in fastest.

    Raises:
        EngineError: no such device or precision.
        WeightsError: the weights are missing or damaged.
    """
    require_weights(registry.network("hybrid-lite"))
    asked = choose_device(device)
    if precision:
        precision_of(precision, asked)
    devices = [asked] if asked.type == "cpu" else [asked, torch.device("cpu")]
    steps = [Step(f"with {where.type}", functools.partial(_propagator, where, precision)) for where in devices]
    return OomFallback(steps, context)


def _propagator(where: torch.device, precision: str) -> HybridLitePropagator:
    network = prepared_network("hybrid-lite", where, precision or quick_precision(where).value)
    if not isinstance(network, HybridLite):
        raise TypeError("the registry's hybrid-lite is not the network of that name")
    return HybridLitePropagator(network, where)

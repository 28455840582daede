"""The hybrid network as a `Propagator`."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vosapp.core.document import ObjectId
from vosapp.engine.device import choose_device
from vosapp.engine.disjoint import by_odds, disjoint, scaled
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.engine.hybrid.doubt import Signs, doubt_of, signs
from vosapp.engine.hybrid.frame_memory import FrameMemory
from vosapp.engine.hybrid.identity import Witness, handed_over, stands_in_parts, without_strays
from vosapp.engine.hybrid.memory import ObjectMemory, Remembered
from vosapp.engine.hybrid.merge import mixed_odds
from vosapp.engine.hybrid.outline import settled
from vosapp.engine.hybrid.quick_scores import quick_scores
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.hybrid.view import View, Viewer
from vosapp.engine.hybrid.window import Window, box_of, grouped, window_around
from vosapp.engine.hybrid.window_tensors import Before, WindowTensors, array_of, moved_along, moved_state, others_of
from vosapp.engine.networks.loaded_network import precision_of, prepared_network
from vosapp.engine.oom_fallback import OomFallback, Step
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run_context import RunContext
from vosapp.models import registry
from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.guidance import Moved
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.preparing import quick_precision
from vosapp.models.weights import require_weights
from vosapp.optical_flow import FlowEstimator, flow_scale, grey
from vosapp.video.source import RgbImage

_SMALLER_WINDOWS_PX = (240, 160)  # sides that windows shrink to when memory runs out


class _Past(NamedTuple):
    """What a step starts from: the masks (height, width) of the frame before, and what `flow` makes of this one."""

    masks: Mapping[ObjectId, Probability]
    advice: Mapping[ObjectId, Probability] | None


class _Found(NamedTuple):
    """What the network makes of one object: its mask (height, width), its opinion of 1 - J, what both are judged by."""

    mask: Probability
    unsure: float
    witness: Witness


class HybridPropagator:
    """The network, guided by the previous mask moved by flow, and the engine `flow` beside it. A `Propagator`.

    Attributes:
        signs: what the doubt of the last step's predictions was made of.
    """

    def __init__(self, network: Hybrid, device: torch.device, options: HybridOptions | None = None) -> None:
        """Takes a network in evaluation mode on the device."""
        self._tensors = WindowTensors(device)
        self._network, self._viewer = network, Viewer(network, self._tensors)
        self._options = options or HybridOptions()
        self._objects: dict[ObjectId, ObjectMemory] = {}
        self._before: RgbImage | None = None
        self.signs: dict[ObjectId, Signs] = {}
        self._flow = FlowEstimator()
        self._partner = FlowPropagator(scorer=quick_scores) if self._options.advice else None

    @torch.inference_mode()
    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Keeps trusted masks of a frame; see `Propagator.remember`. An empty mask is kept as "the object is away"."""
        for object_id, mask in masks.items():
            window = window_around(mask, None, self._options.window)
            kept = self._viewer.memorise(self._viewer.look(rgb, window), mask, others_of(masks, object_id))
            self._keep_anchor(self._memory_of(object_id), frame_index, kept, mask, window)
        if self._partner is not None:
            self._partner.remember(frame_index, rgb, masks)

    @torch.inference_mode()
    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        given = given or {}
        old = {i: o.mask for i, o in self._objects.items() if o.mask is not None}
        doubt: dict[ObjectId, float] = {}
        found: dict[ObjectId, Probability] = {}
        witnesses: dict[ObjectId, Witness] = {}
        wanted = [i for i in old if i not in given and self._before is not None]
        seen: dict[ObjectId, View] = {}
        advice = None if self._partner is None else self._partner.step(frame_index, rgb, given).probabilities
        past = _Past(old, advice)
        for window, group in self._windows(wanted, advice or {}):
            view = self._viewer.look(rgb, window)
            for object_id, one in self._predict(frame_index, rgb, view, group, past).items():
                found[object_id], doubt[object_id], witnesses[object_id] = one
                seen[object_id] = view
        if advice is not None and self._options.flow_share:
            found = {i: mixed_odds(mask, advice[i], self._options.flow_share) for i, mask in found.items()}
        found = self._identified(found, witnesses)
        if self._partner is not None:
            found = self._partner.insist(found)
        merged = {**disjoint(found, given, by_odds), **given}
        if self._partner is not None:
            self._partner.adopt(merged)
        for object_id in found:
            self._take_in(frame_index, object_id, seen[object_id], merged)
        self._accept(frame_index, rgb, given, merged)
        self._before = rgb
        how = self._options.doubt
        ages = {i: self._objects[i].frames.age(frame_index) for i in doubt}
        self.signs = {i: signs(own, ages[i], merged[i], how) for i, own in doubt.items()}
        doubts = {i: doubt_of(seen, how.weights) for i, seen in self.signs.items()} | dict.fromkeys(given, 0.0)
        return Prediction(self._shown(rgb, merged, found), doubts)

    def _identified(
        self, found: Mapping[ObjectId, Probability], witnesses: Mapping[ObjectId, Witness]
    ) -> dict[ObjectId, Probability]:
        """The masks without look-alikes that stand apart; what belongs to another object is given to it."""
        apart = self._options.apart
        if not apart:
            return dict(found)
        found = handed_over(found, witnesses, {i: self._objects[i].usual_px for i in found}, apart)
        return {
            i: mask
            if self._objects[i].in_parts
            else without_strays(mask, witnesses[i], self._size_px(witnesses[i].window), apart)
            for i, mask in found.items()
        }

    def _keep_anchor(
        self, memory: ObjectMemory, frame_index: int, kept: Remembered, mask: Probability, window: Window
    ) -> None:
        memory.in_parts |= stands_in_parts(mask, window, self._size_px(window), self._options.apart)
        memory.frames.keep_anchor(frame_index, kept)

    def _size_px(self, window: Window) -> float:
        """The usual size of the object that a window is around, in pixels of the frame."""
        return window.reach_px / self._options.window.object_sizes

    def _shown(
        self, rgb: RgbImage, merged: Mapping[ObjectId, Probability], found: Collection[ObjectId]
    ) -> dict[ObjectId, Probability]:
        """The masks to show: those that were found are settled, but where a correction says what they are."""
        shown = {i: settled(merged[i], rgb, self._options.outline) for i in found}
        if self._partner is not None:
            shown = self._partner.insist(shown)
        given = {i: mask for i, mask in merged.items() if i not in found}
        return {**disjoint(shown, given, scaled), **given}

    def fork(self) -> HybridPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._objects = {object_id: memory.fork() for object_id, memory in self._objects.items()}
        fork._partner = None if self._partner is None else self._partner.fork()
        return fork

    def _memory_of(self, object_id: ObjectId) -> ObjectMemory:
        return self._objects.setdefault(object_id, ObjectMemory(FrameMemory(self._options.memory)))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._objects.pop(object_id, None)
        if self._partner is not None:
            self._partner.forget(object_ids)

    def _windows(
        self, object_ids: list[ObjectId], advice: Mapping[ObjectId, Probability]
    ) -> list[tuple[Window, list[ObjectId]]]:
        """Windows and the objects seen through each: one for all where that costs little."""
        settings = self._options.window
        windows = {}
        for object_id in object_ids:
            memory = self._objects[object_id]
            if memory.mask is not None:
                where = _whereabouts(memory.mask, advice.get(object_id))
                windows[object_id] = window_around(where, memory.window, settings)
                shape = memory.mask.shape
        return grouped(windows, (shape[0], shape[1]), settings) if windows else []

    def _predict(
        self,
        frame_index: int,
        rgb: RgbImage,
        view: View,
        group: list[ObjectId],
        past: _Past,
    ) -> dict[ObjectId, _Found]:
        """What is found of the objects seen through one window, as if each were alone."""
        window, features = view.window, view.features
        before = self._before if self._before is not None else rgb
        flow = self._flow_in(window, rgb, before)
        memories = [self._objects[i] for i in group]
        seen = [self._recall(view, m, frame_index) for m in memories]
        all_seen = Seen(torch.cat([one.read for one in seen]), torch.cat([one.scores for one in seen]))
        moved = self._moved(view, before, flow, group, past)
        state = torch.cat([self._state(m, view, flow) for m in memories])
        decoded = self._network.decode(features.expanded(len(group)), all_seen, moved, state)
        for k, memory in enumerate(memories):
            memory.state = decoded.state[k : k + 1] if self._options.recurrence else None
            memory.window = window
        shape = moved.mask.shape[-2:]
        logits = F.interpolate(decoded.logits + self._options.lean, size=shape, mode="bilinear", align_corners=False)
        doubts = decoded.doubt.sigmoid()
        masks = [window.put_back(array_of(one[0].sigmoid()), (rgb.shape[0], rgb.shape[1])) for one in logits]
        own, others = (array_of(said[:, 0]) for said in self._network.read_shares(all_seen.read))
        carried = array_of(moved.mask[:, 0])
        witnesses = [Witness(window, own[k], others[k], carried[k]) for k in range(len(group))]
        return {i: _Found(masks[k], float(doubts[k]), witnesses[k]) for k, i in enumerate(group)}

    def _recall(self, view: View, memory: ObjectMemory, frame_index: int) -> Seen:
        """What an object's memories say of the present frame."""
        trusted = memory.trusted(frame_index, view.features.key)
        return self._viewer.recall(view, trusted, memory.recent())

    def _flow_in(self, window: Window, rgb: RgbImage, before: RgbImage) -> Tensor:
        """Backward flow (1, 2, h, w) in the window's own pixels."""
        shared = self._partner.to_previous if self._partner is not None else None
        if shared is not None and window.scale <= self._options.window.enlargement * flow_scale(*rgb.shape[:2]):
            flow = window.flow(shared)
        else:
            flow = self._flow.flow(grey(window.rgb(rgb)), grey(window.rgb(before)))
        return self._tensors.tensor(flow.transpose(2, 0, 1))[None]

    def _moved(self, view: View, before: RgbImage, flow: Tensor, group: list[ObjectId], past: _Past) -> Moved:
        tensors, window, old = self._tensors, view.window, past.masks
        shown = Before(
            tensors.picture(before, window),
            tensors.masks([old[i] for i in group], window),
            tensors.masks([others_of(old, i) for i in group], window),
        )
        masks, others, unlike = moved_along(view.picture, shown, flow)
        advice = masks if past.advice is None else tensors.masks([past.advice[i] for i in group], window)
        return Moved(masks, others, unlike, flow.expand(len(group), -1, -1, -1), advice)

    def _state(self, memory: ObjectMemory, view: View, flow: Tensor) -> Tensor:
        """The recurrent state (1, states, h, w) seen through the new window and moved by flow."""
        if memory.state is None or memory.window is None:
            return self._network.first_state(view.features)
        return moved_state(memory.state, (memory.window, view.window), flow)

    def _take_in(
        self,
        frame_index: int,
        object_id: ObjectId,
        view: View,
        merged: Mapping[ObjectId, Probability],
    ) -> None:
        """What the next step starts from: the merged mask and, where there is one, what the object looks like now."""
        memory, mask = self._objects[object_id], merged[object_id]
        memory.mask = mask
        if box_of(mask) is not None:
            memory.frames.keep_recent(frame_index, self._viewer.memorise(view, mask, others_of(merged, object_id)))

    def _accept(
        self,
        frame_index: int,
        rgb: RgbImage,
        given: Mapping[ObjectId, Probability],
        merged: Mapping[ObjectId, Probability],
    ) -> None:
        """Given masks enter as they are; nothing else is carried past them."""
        for object_id, mask in given.items():
            memory = self._memory_of(object_id)
            window = window_around(mask, None, self._options.window)
            kept = self._viewer.memorise(self._viewer.look(rgb, window), mask, others_of(merged, object_id))
            if frame_index not in memory.frames:
                self._keep_anchor(memory, frame_index, kept, mask, window)
            memory.frames.restart(frame_index, kept)
            memory.mask, memory.state, memory.window = mask, None, window
            memory.usual_px = float(np.count_nonzero(mask >= 0.5))


def _whereabouts(mask: Probability, advice: Probability | None) -> Probability:
    """Where to look: at what `flow` found on this frame; where it lost the object, at the last mask."""
    return mask if advice is None or box_of(advice) is None else advice


def build_hybrid(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    precision: str = "",
) -> OomFallback:
    """The engine with the weights that come with the program, or the user's own.

    It goes on with smaller windows, then with the processor, when memory runs out.

    Args:
        device: "auto", "cpu", "cuda" or "mps".
        context: of the run; None for one that nobody follows.
        precision: "float32" or "bfloat16"; "" for what the device computes in fastest.

    Raises:
        EngineError: no such device or precision.
        WeightsError: the weights are missing or damaged.
    """
    require_weights(registry.network("hybrid"))
    asked = choose_device(device)
    if precision:
        precision_of(precision, asked)
    return OomFallback(_fallback_steps(asked, precision, HybridOptions()), context)


def _fallback_steps(asked: torch.device, precision: str, options: HybridOptions) -> list[Step]:
    """The asked device with windows of the usual size and of smaller ones, then the same with the processor."""
    devices = [asked] if asked.type == "cpu" else [asked, torch.device("cpu")]
    return [
        Step(
            f"{'with the processor and' if where.type == 'cpu' else 'with'} windows of {side} pixels",
            functools.partial(_propagator, where, precision, _with_windows(options, side)),
        )
        for where in devices
        for side in (options.window.side_px, *_SMALLER_WINDOWS_PX)
    ]


def _with_windows(options: HybridOptions, side_px: int) -> HybridOptions:
    return replace(options, window=replace(options.window, side_px=side_px))


def _propagator(where: torch.device, precision: str, options: HybridOptions) -> HybridPropagator:
    network = prepared_network("hybrid", where, precision or quick_precision(where).value)
    if not isinstance(network, Hybrid):
        raise TypeError("the registry's hybrid is not the hybrid network")
    return HybridPropagator(network, where, options)

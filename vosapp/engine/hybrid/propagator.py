"""The hybrid network as a `Propagator`."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
from vosapp.engine.hybrid.identity import Witness, handed_over, stands_in_parts, without_strays
from vosapp.engine.hybrid.memory import ObjectMemory
from vosapp.engine.hybrid.merge import mixed_odds
from vosapp.engine.hybrid.outline import settled
from vosapp.engine.hybrid.quick_scores import quick_scores
from vosapp.engine.hybrid.view import View, Viewer
from vosapp.engine.hybrid.window import Window, WindowSettings, box_of, grouped, window_around
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

_TOP = 0  # all places in memory count, as in training; picking the best costs more than it brings
_COARSE = 3.0  # a window that is seen so much larger than flow was estimated gets a flow of its own
_FLOW_SHARE = 0.2
_LEAN = 1.3
_STRICTNESS = 0.55
_FOUND = 0.5  # share of the last mask's area from which the advice tells where to look
_LOST = 0.9  # a prediction of more doubt is not remembered
_SMALLER_WINDOWS_PX = (240, 160)  # sides that windows shrink to when memory runs out
_USUAL = 0.98  # of its usual area remains from frame to frame where an object is smaller or hidden


@dataclass(frozen=True, slots=True)
class HybridOptions:
    """What may be chosen.

    Attributes:
        window: how windows are chosen.
        top: places in memory that count; 0: all.
        recurrence: whether the recurrent state is carried on.
        advice: whether the engine `flow` runs beside the network and advises it; without it the network is alone.
        lean: added to the network's log-odds. It learnt on clips of a few frames; over many it lets go of what it is
            unsure of, and what is let go seldom comes back.
        strictness: taken from the log-odds of what is shown, which may be narrower than what is kept in sight.
        identity: whether parts of masks are compared with trusted frames, see `hybrid.identity`.
        flow_share: share of the engine `flow` in the result's log-odds, above what the network makes of its advice.
    """

    window: WindowSettings = field(default_factory=WindowSettings)
    top: int = _TOP
    recurrence: bool = True
    advice: bool = True
    lean: float = _LEAN
    strictness: float = _STRICTNESS
    identity: bool = True
    flow_share: float = _FLOW_SHARE


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
            memory = self._objects.setdefault(object_id, ObjectMemory())
            window = window_around(mask, None, self._options.window)
            view = self._viewer.look(rgb, window)
            kept = self._viewer.memorise(view, mask, others_of(masks, object_id))
            memory.in_parts |= stands_in_parts(mask)
            memory.frames.keep_anchor(frame_index, kept)
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
            self._take_in(frame_index, object_id, seen[object_id], merged, doubt[object_id])
        self._accept(frame_index, rgb, given, merged)
        self._before = rgb
        self.signs = {i: signs(own, self._objects[i].frames.age(frame_index), merged[i]) for i, own in doubt.items()}
        doubts = {i: doubt_of(seen) for i, seen in self.signs.items()} | dict.fromkeys(given, 0.0)
        return Prediction(self._shown(rgb, merged, found), doubts)

    def _identified(
        self, found: Mapping[ObjectId, Probability], witnesses: Mapping[ObjectId, Witness]
    ) -> dict[ObjectId, Probability]:
        """The masks without look-alikes that stand apart; what belongs to another object is given to it."""
        if not self._options.identity:
            return dict(found)
        found = handed_over(found, witnesses, {i: self._objects[i].usual_px for i in found})
        sizes = {i: witness.window.reach_px / self._options.window.object_sizes for i, witness in witnesses.items()}
        return {
            i: mask if self._objects[i].in_parts else without_strays(mask, witnesses[i], sizes[i])
            for i, mask in found.items()
        }

    def _shown(
        self, rgb: RgbImage, merged: Mapping[ObjectId, Probability], found: Collection[ObjectId]
    ) -> dict[ObjectId, Probability]:
        """The masks to show: those that were found are settled, but where a correction says what they are."""
        shown = {i: settled(merged[i], rgb, self._options.strictness) for i in found}
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
                where, drift = _whereabouts(memory.mask, memory.drift, advice.get(object_id))
                windows[object_id] = window_around(where, memory.window, settings, drift)
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
        return {
            i: _Found(masks[k], float(doubts[k]), Witness(window, own[k], others[k], carried[k]))
            for k, i in enumerate(group)
        }

    def _recall(self, view: View, memory: ObjectMemory, frame_index: int) -> Seen:
        """What an object's memories say of the present frame."""
        trusted = memory.trusted(frame_index, view.features.key)
        return self._viewer.recall(view, trusted, memory.recent(), self._options.top)

    def _flow_in(self, window: Window, rgb: RgbImage, before: RgbImage) -> Tensor:
        """Backward flow (1, 2, h, w) in the window's own pixels."""
        shared = self._partner.to_previous if self._partner is not None else None
        if shared is not None and window.scale <= _COARSE * flow_scale(*rgb.shape[:2]):
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
        doubt: float,
    ) -> None:
        """What the next step starts from: the merged mask, where the object went, and what it looks like now."""
        memory, mask = self._objects[object_id], merged[object_id]
        _follow(memory, mask)
        if doubt < _LOST and memory.middle is not None:
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
            memory = self._objects.setdefault(object_id, ObjectMemory())
            window = window_around(mask, None, self._options.window)
            kept = self._viewer.memorise(self._viewer.look(rgb, window), mask, others_of(merged, object_id))
            if frame_index not in memory.frames:
                memory.in_parts |= stands_in_parts(mask)
                memory.frames.keep_anchor(frame_index, kept)
            memory.frames.restart(frame_index, kept)
            memory.state, memory.window = None, window
            memory.middle, memory.usual_px = None, 0.0
            _follow(memory, mask)


def _whereabouts(
    mask: Probability, drift: tuple[float, float], advice: Probability | None
) -> tuple[Probability, tuple[float, float]]:
    """Where to look: at what `flow` found on this frame; where it lost most of the object, onward from the last."""
    if advice is None or np.count_nonzero(advice >= 0.5) <= _FOUND * np.count_nonzero(mask >= 0.5):
        return mask, drift
    return advice, (0.0, 0.0)


def _follow(memory: ObjectMemory, mask: Probability) -> None:
    box = box_of(mask)
    middle = None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    if middle is not None and memory.middle is not None:
        # Half of the last way: a guess that is right more often than none, and never far off.
        memory.drift = ((middle[0] - memory.middle[0]) / 2, (middle[1] - memory.middle[1]) / 2)
    else:
        memory.drift = (0.0, 0.0)
    memory.mask, memory.middle = mask, middle
    memory.usual_px = max(float(np.count_nonzero(mask >= 0.5)), _USUAL * memory.usual_px)


def build_hybrid(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    advice: bool = True,
    flow_share: float = _FLOW_SHARE,
    precision: str = "",
) -> OomFallback:
    """The engine with the weights that come with the program, or the user's own.

    It goes on with smaller windows, then with the processor, when memory runs out.

    Args:
        device: "auto", "cpu", "cuda" or "mps".
        context: of the run; None for one that nobody follows.
        advice, flow_share: see `HybridOptions`.
        precision: "float32" or "bfloat16"; "" for what the device computes in fastest.

    Raises:
        EngineError: no such device or precision.
        WeightsError: the weights are missing or damaged.
    """
    require_weights(registry.network("hybrid"))
    asked = choose_device(device)
    if precision:
        precision_of(precision, asked)
    options = HybridOptions(advice=advice, flow_share=flow_share)
    return OomFallback(_fallback_steps(asked, precision, options), context)


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

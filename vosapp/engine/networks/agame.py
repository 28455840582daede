"""A-GAME as a propagator: one image encoding a frame for all objects, references changed as the pass goes on."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.networks.adapter import AnchoredPropagator, fallback_engine
from vosapp.engine.networks.batching import TOGETHER
from vosapp.engine.networks.letterbox import Letterbox
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.agame.network import STRIDE, AGame, Picture, State, foreground, pool
from vosapp.models.stages.aggregation import aggregate
from vosapp.video.source import RgbImage

Protocol = Literal["multi-target", "single-target"]
SHORT_SIDE = 480  # the size that the authors train and test at


class _Sight(NamedTuple):
    """A frame as the network sees it."""

    letterbox: Letterbox
    picture: Picture


class AGamePropagator(AnchoredPropagator):
    """A `Propagator`. The anchor frame nearest in time is each object's reference.

    Args:
        network: with its weights, on the device, plain or prepared.
        device: where it runs.
        protocol: what an object's state learns from a frame: its own probability ("single-target", the authors'
            choice for DAVIS-2016) or what is left of it after the objects excluded each other ("multi-target",
            their choice for DAVIS-2017 and YouTube-VOS).
        short_side: larger frames are shrunk until their shorter side has so many pixels; 0 never shrinks.
    """

    def __init__(
        self,
        network: AGame,
        *,
        device: torch.device,
        protocol: Protocol = "multi-target",
        short_side: int = SHORT_SIDE,
    ) -> None:
        super().__init__(device)
        self._network = network
        self._protocol = protocol
        self._short_side = short_side
        self._states: dict[ObjectId, State] = {}
        self._references: dict[ObjectId, int] = {}

    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        sight = self._look(rgb)
        predicted = [object_id for object_id in self._states if object_id not in given]
        for object_id in predicted:
            self._refer(object_id, frame_index)
        masks = sight.letterbox.masks(given.values()) if given else torch.empty(0, device=self._device)
        alone = self._scores(sight, predicted)
        every = torch.cat([alone, masks])
        merged = aggregate(every, every)[: len(alone)] if predicted else alone
        learned = merged if self._protocol == "multi-target" else alone
        for i, object_id in enumerate(predicted):
            maps = pool(learned[i : i + 1])
            self._states[object_id] = self._network.update(sight.picture, self._states[object_id], maps)
        for i, (object_id, mask) in enumerate(given.items()):
            self._take(object_id, frame_index, sight.picture, pool(masks[i : i + 1]), is_away=not mask.any())
        single = self._protocol == "single-target" and len(self._states) == 1
        found = sight.letterbox.frames(alone if single else merged) if predicted else ()
        return dict(zip(predicted, found, strict=True))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        super().forget(object_ids)
        for object_id in object_ids:
            self._states.pop(object_id, None)
            self._references.pop(object_id, None)

    def fork(self) -> AGamePropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._anchors, fork._states, fork._references = self._anchors.fork(), dict(self._states), dict(self._references)
        return fork

    def _look(self, rgb: RgbImage) -> _Sight:
        size = (rgb.shape[0], rgb.shape[1])
        letterbox = Letterbox.reflecting(size, multiple=STRIDE, short_side=self._short_side, device=self._device)
        return _Sight(letterbox, self._network.look(letterbox.image(rgb)))

    def _refer(self, object_id: ObjectId, frame_index: int) -> None:
        """Makes the nearest anchor frame the reference of an object; where the object was stays as it is."""
        nearest = self._anchors.nearest(object_id, frame_index)
        if nearest is None or nearest == self._references.get(object_id):
            return
        sight = self._look(self._anchors.picture(nearest))
        mask = sight.letterbox.masks([self._anchors.mask(object_id, nearest)])
        fresh = self._network.start(sight.picture, pool(mask))
        self._states[object_id] = fresh._replace(previous=self._states[object_id].previous)
        self._references[object_id] = nearest

    def _scores(self, sight: _Sight, object_ids: list[ObjectId]) -> Tensor:
        """What the network says of each object alone: (N, h, w)."""
        found = [torch.empty(0, device=self._device)]
        for first in range(0, len(object_ids), TOGETHER):
            first_state, *others = (self._states[o] for o in object_ids[first : first + TOGETHER])
            state = functools.reduce(State.join, others, first_state)
            found.append(foreground(self._network.scores(sight.picture, state).final))
        return torch.cat(found)

    def _take(self, object_id: ObjectId, frame_index: int, picture: Picture, maps: Tensor, *, is_away: bool) -> None:
        """Learns where the user says that an object is; of one that is away only that it is away."""
        before = self._states.get(object_id)
        if is_away and before is not None:
            self._states[object_id] = before._replace(previous=maps)
            return
        self._states[object_id] = self._network.start(picture, maps)
        self._references[object_id] = frame_index


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    protocol: Protocol = "multi-target",
    short_side: int = SHORT_SIDE,
) -> OomFallback:
    """A-GAME with the user's weights. It goes on in smaller steps when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        protocol, short_side: see `AGamePropagator`.
    """

    def run(where: torch.device, side: int) -> AGamePropagator:
        loaded = cast(AGame, prepared_network("agame", where))
        return AGamePropagator(loaded, device=where, protocol=protocol, short_side=side)

    return fallback_engine("agame", run, device=device, context=context, short_side=short_side)

"""S2S and S2S++ as propagators: the memories alone carry an object on from the anchor frame where it begins."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.networks.adapter import NetworkPropagator, apart_at_size, fallback_engine
from vosapp.engine.networks.batching import TOGETHER, in_groups, join, split
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.s2s.network import NATIVE_SIZE, S2S, State
from vosapp.models.stages.sampling import sample_mask, sample_picture, to_tensor
from vosapp.video.source import RgbImage


class S2SPropagator(NetworkPropagator):
    """A `Propagator`. Masks are never fed back, so only a given mask can correct an object: it begins anew there.

    While an object is said to be away its memories rest.

    Args:
        network: prepared for inference on `device`.
        device: where it runs.
        size: (height, width) that every frame is brought to, multiples of 32.
    """

    def __init__(self, network: S2S, *, device: torch.device, size: tuple[int, int] = NATIVE_SIZE) -> None:
        super().__init__(device)
        self._network = network
        self._size = size
        self._states: dict[ObjectId, State | None] = {}  # None: it has never been seen

    def _move_to(
        self,
        frame_index: int,  # noqa: ARG002 - the network counts no frames
        rgb: RgbImage,
        given: Mapping[ObjectId, Probability],
    ) -> Mapping[ObjectId, Probability]:
        picture = to_tensor(sample_picture(rgb, self._size)).to(self._device)
        found = self._found(picture, [object_id for object_id in self._states if object_id not in given])
        self._begin(picture, given)
        return apart_at_size(found, (rgb.shape[0], rgb.shape[1]))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._states.pop(object_id, None)

    def fork(self) -> S2SPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._states = dict(self._states)
        return fork

    def _found(self, picture: Tensor, predicted: list[ObjectId]) -> dict[ObjectId, Tensor]:
        """Probabilities (h, w) of each object for itself. Moves their memories."""
        found = {object_id: torch.zeros(self._size, device=self._device) for object_id in predicted}
        states = {o: state for o in predicted if (state := self._states[o]) is not None}
        if not states:
            return found
        look = self._network.look(picture)
        for chosen in in_groups(states, TOGETHER):
            decoded, moved = self._network(look, join([states[object_id] for object_id in chosen]))
            found |= dict(zip(chosen, decoded.probabilities, strict=True))
            self._states |= dict(zip(chosen, split(moved, len(chosen)), strict=True))
        return found

    def _begin(self, picture: Tensor, given: Mapping[ObjectId, Probability]) -> None:
        """Lets objects begin at their given masks."""
        for object_id, mask in given.items():
            if mask.any():
                sampled = torch.tensor(sample_mask(np.asarray(mask, np.float32), self._size), device=self._device)
                self._states[object_id] = self._network.start(picture, sampled.unsqueeze(0))
            else:
                self._states.setdefault(object_id, None)


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    size: tuple[int, int] = NATIVE_SIZE,
    precision: str = "float32",
    network: str = "s2s",
) -> OomFallback:
    """S2S with the user's weights. It goes on with the processor when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        size: see `S2SPropagator`.
        precision: "float32", or "bfloat16": the memories are kept in it, which is where it changes few labels.
        network: "s2s" or "s2s++".
    """

    def run(where: torch.device, _side: int) -> S2SPropagator:
        prepared = cast(S2S, prepared_network(network, where, precision))
        return S2SPropagator(prepared, device=where, size=size)

    return fallback_engine(network, run, device=device, context=context, smaller=(), precision=precision)


build_plus_plus = functools.partial(build, network="s2s++")

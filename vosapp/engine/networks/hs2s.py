"""HS2S as a propagator: recurrence from the frame before, matched with the anchor frame nearest in time."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.networks.adapter import AnchoredPropagator, apart_at_size, fallback_engine
from vosapp.engine.networks.batching import TOGETHER, in_groups, join, split
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.hs2s.decoder import Reference
from vosapp.models.hs2s.network import HS2S, NATIVE_SIZE, State
from vosapp.models.stages.conv_lstm import zeros_like
from vosapp.models.stages.sampling import sample_mask, sample_picture, to_tensor
from vosapp.video.source import RgbImage


@dataclass(slots=True)
class _Track:
    """One object on its way.

    Attributes:
        mask: (1, h, w) on the frame before, soft.
        state: of the memories; None where it begins.
        anchor_index: frame of the reference; None without one.
        anchor: the reference's features; None without one, or for a network that uses none.
    """

    mask: Tensor
    state: State | None = None
    anchor_index: int | None = None
    anchor: Reference | None = None


class HS2SPropagator(AnchoredPropagator):
    """A `Propagator`. A given mask begins an object anew; the reference changes to the nearest anchor frame.

    Args:
        network: prepared for inference on `device`.
        device: where it runs.
        size: (height, width) that every frame is brought to, multiples of 32.
    """

    def __init__(self, network: HS2S, *, device: torch.device, size: tuple[int, int] = NATIVE_SIZE) -> None:
        super().__init__(device)
        self._network = network
        self._size = size
        self._tracks: dict[ObjectId, _Track] = {}
        self._before: Tensor | None = None  # the picture of the frame before, (1, 3, h, w)

    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        picture = self._picture(rgb)
        predicted = [object_id for object_id in self._tracks if object_id not in given]
        self._refer(predicted, frame_index)
        self._move(picture, [object_id for object_id in predicted if self._can_move(object_id)])
        found = {object_id: self._tracks[object_id].mask[0] for object_id in predicted}
        self._take(given)
        self._refer(list(given), frame_index)  # the next frame refers to it: need not be done when that is waited for
        self._before = picture
        return apart_at_size(found, (rgb.shape[0], rgb.shape[1]))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        super().forget(object_ids)
        for object_id in object_ids:
            self._tracks.pop(object_id, None)

    def fork(self) -> HS2SPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._anchors = self._anchors.fork()
        fork._tracks = {object_id: copy.copy(track) for object_id, track in self._tracks.items()}
        return fork

    def _picture(self, rgb: RgbImage) -> Tensor:
        return to_tensor(sample_picture(rgb, self._size)).to(self._device)

    def _mask(self, mask: Probability) -> Tensor:
        sampled = sample_mask(np.asarray(mask, np.float32), self._size)
        return torch.tensor(sampled, device=self._device).unsqueeze(0)

    def _can_move(self, object_id: ObjectId) -> bool:
        """Whether the object was ever seen where the network needs to have seen it."""
        return self._tracks[object_id].anchor is not None or not self._network.needs_anchor

    def _refer(self, object_ids: list[ObjectId], frame_index: int) -> None:
        """Makes the nearest anchor frame the reference of each object."""
        for object_id in object_ids if self._network.needs_anchor else ():
            track = self._tracks[object_id]
            nearest = self._anchors.nearest(object_id, frame_index)
            if nearest is not None and nearest != track.anchor_index:
                seen = self._network.look_back(self._picture(self._anchors.picture(nearest)))
                track.anchor = self._network.anchor(seen, self._mask(self._anchors.mask(object_id, nearest)))
                track.anchor_index = nearest

    def _move(self, picture: Tensor, object_ids: list[ObjectId]) -> None:
        """Finds objects on a picture and moves their memories to it."""
        if not object_ids or self._before is None:
            return
        seen, back = self._network.look(picture), self._network.look_back(self._before)
        for chosen in in_groups(object_ids, TOGETHER):
            tracks = [self._tracks[object_id] for object_id in chosen]
            masks = torch.cat([track.mask for track in tracks])
            anchor = join([track.anchor for track in tracks])
            decoded, state = self._network(
                seen, masks, anchor, self._network.previous(back, masks), _joined_states(tracks)
            )
            moved = zip(tracks, torch.split(decoded.probabilities, 1), split(state, len(tracks)), strict=True)
            for track, mask, own in moved:
                track.mask, track.state = mask, own

    def _take(self, given: Mapping[ObjectId, Probability]) -> None:
        """Takes given masks as they are. An object that is away keeps its memories and its reference."""
        for object_id, mask in given.items():
            sampled = self._mask(mask)
            if mask.any() or object_id not in self._tracks:
                self._tracks[object_id] = _Track(sampled)
            else:
                self._tracks[object_id].mask = sampled


def _joined_states(tracks: list[_Track]) -> State | None:
    """The memories as a batch; those of objects that begin are zero. None where all begin."""
    known = next((track.state for track in tracks if track.state is not None), None)
    if known is None:
        return None
    nothing = State(zeros_like(known.memory), None if known.skip is None else zeros_like(known.skip))
    return join([track.state or nothing for track in tracks])


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    size: tuple[int, int] = NATIVE_SIZE,
    precision: str = "float32",
    network: str = "hs2s",
) -> OomFallback:
    """HS2S with the user's weights. It goes on with the processor when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        size: see `HS2SPropagator`.
        precision: "float32", or "bfloat16": the memories are kept in it, which is where it changes few labels.
        network: "hs2s", "hs2s-0", "hs2s-t1" or "hs2s-sim".
    """

    def run(where: torch.device, _side: int) -> HS2SPropagator:
        prepared = cast(HS2S, prepared_network(network, where, precision))
        return HS2SPropagator(prepared, device=where, size=size)

    return fallback_engine(network, run, device=device, context=context, smaller=(), precision=precision)


build_first = functools.partial(build, network="hs2s-0")
build_previous = functools.partial(build, network="hs2s-t1")
build_similarity = functools.partial(build, network="hs2s-sim")

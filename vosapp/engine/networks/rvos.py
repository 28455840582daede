"""RVOS (one-shot) as a propagator: all objects in one chain, at the network's own small size."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.networks.adapter import NetworkPropagator, apart_at_size, fallback_engine
from vosapp.engine.networks.letterbox import DEVIATION, MEAN
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.rvos.network import Recurrence, Rvos
from vosapp.models.stages.sampling import sample_mask, sample_picture, to_tensor
from vosapp.video.source import RgbImage

SIZE = (256, 448)  # (height, width) that the authors train and test at, whatever the shape of the frame


def normalised(rgb: RgbImage, size: tuple[int, int], device: torch.device) -> Tensor:
    """A frame (H, W, 3) at the network's size as (1, 3, h, w), ImageNet's mean and deviation taken out."""
    picture = to_tensor(sample_picture(rgb, size)).to(device)
    mean, deviation = (picture.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    return (picture - mean) / deviation


class RvosPropagator(NetworkPropagator):
    """A `Propagator`. Its state is the previous masks and the hidden states; it has no use for other anchors.

    Args:
        network: one-shot, with its weights, on the device, plain or prepared.
        device: where it runs.
        size: (height, width) that every frame is brought to.
        recurrence: what the network recurs over; anything but the default is an ablation of the paper.
    """

    def __init__(
        self,
        network: Rvos,
        *,
        device: torch.device,
        size: tuple[int, int] = SIZE,
        recurrence: Recurrence = "spatio-temporal",
    ) -> None:
        super().__init__(device)
        self._network = network
        self._size = size
        self._recurrence: Recurrence = recurrence
        self._masks: dict[ObjectId, Tensor] = {}  # (h, w) of each object on the last frame, in the chain's order
        self._hidden: dict[ObjectId, tuple[Tensor, ...]] = {}

    def _move_to(
        self,
        frame_index: int,  # noqa: ARG002 - the network knows only the frame before
        rgb: RgbImage,
        given: Mapping[ObjectId, Probability],
    ) -> Mapping[ObjectId, Probability]:
        """Runs the network, on frames with given masks as well, for its hidden states.

        As in the authors' code, a given mask stands for the previous mask of its own frame and of the next one.
        """
        sampled = {object_id: self._sampled(mask) for object_id, mask in given.items()}
        self._masks |= sampled
        if not self._masks:
            return {}
        output = self._network(
            normalised(rgb, self._size, self._device),
            torch.stack(list(self._masks.values())),
            self._state(),
            self._recurrence,
        )
        found = dict(zip(self._masks, output.probabilities, strict=True))
        self._hidden = {
            object_id: tuple(level[slot : slot + 1] for level in output.hidden)
            for slot, object_id in enumerate(self._masks)
        }
        self._masks = found | sampled
        predicted = {object_id: mask for object_id, mask in found.items() if object_id not in given}
        return apart_at_size(predicted, (rgb.shape[0], rgb.shape[1]))

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._masks.pop(object_id, None)
            self._hidden.pop(object_id, None)

    def fork(self) -> RvosPropagator:
        """See `vosapp.engine.propagator.Forkable`."""
        fork = copy.copy(self)
        fork._masks, fork._hidden = dict(self._masks), dict(self._hidden)
        return fork

    def _sampled(self, mask: Probability) -> Tensor:
        return torch.tensor(sample_mask(np.asarray(mask, np.float32), self._size)).to(self._device)

    def _state(self) -> tuple[Tensor, ...] | None:
        """Hidden states of all objects, zero for those that just joined; None on the first frame."""
        if not self._hidden:
            return None
        known = next(iter(self._hidden.values()))
        nothing = tuple(torch.zeros_like(level) for level in known)
        states = [self._hidden.get(object_id, nothing) for object_id in self._masks]
        return tuple(torch.cat(levels) for levels in zip(*states, strict=True))


def build(
    device: str = "auto",
    *,
    context: RunContext | None = None,
    size: tuple[int, int] = SIZE,
    recurrence: Recurrence = "spatio-temporal",
) -> OomFallback:
    """RVOS with the user's weights. It goes on with the processor when memory runs out.

    Args:
        device, context: see `fallback_engine`, which says too what is raised.
        size, recurrence: see `RvosPropagator`.
    """

    def run(where: torch.device, _side: int) -> RvosPropagator:
        loaded = cast(Rvos, prepared_network("rvos", where))
        return RvosPropagator(loaded, device=where, size=size, recurrence=recurrence)

    return fallback_engine("rvos", run, device=device, context=context, smaller=())

"""NetworkPropagator and AnchoredPropagator: what all adapters of networks to the protocol `Propagator` share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence

import torch
from torch import Tensor

from vosapp.core.document import ObjectId
from vosapp.engine.anchor_frames import AnchorFrames
from vosapp.engine.device import choose_device
from vosapp.engine.mask_prediction import mask_prediction
from vosapp.engine.networks.fallback_steps import SMALLER_SIDES, fallback_steps
from vosapp.engine.networks.loaded_network import precision_of
from vosapp.engine.oom_fallback import OomFallback
from vosapp.engine.propagator import Prediction, Probability, Propagator
from vosapp.engine.run_context import RunContext
from vosapp.models.registry import network
from vosapp.models.stages.merging import exclusive
from vosapp.models.stages.padding import resize
from vosapp.models.weights import require_weights
from vosapp.video.source import RgbImage


class NetworkPropagator(ABC):
    """A `Propagator` on a network that refers to no frame but the last. Subclasses find the objects and take masks.

    Args:
        device: where the network is.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:  # noqa: B027
        """Does nothing: the network knows no anchors elsewhere; see `Propagator.remember`."""

    @torch.inference_mode()
    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        given = given or {}
        return mask_prediction(self._move_to(frame_index, rgb, given), given)

    @abstractmethod
    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects; see `Propagator.forget`."""

    @abstractmethod
    def _move_to(
        self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability]
    ) -> Mapping[ObjectId, Probability]:
        """Moves the state to a frame and takes its given masks in.

        Returns:
            (height, width) in 0..1 at the frame's size of each known object that is not given; they sum to at most 1.
        """


class AnchoredPropagator(NetworkPropagator):
    """A `Propagator` on a network that refers to the anchor frame nearest in time. It keeps the anchors.

    Args:
        device: where the network is.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self._anchors = AnchorFrames()

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Keeps an anchor frame until it is the nearest one; see `Propagator.remember`."""
        self._anchors.add(frame_index, rgb, masks)

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        """Moves the pass to this frame, which becomes an anchor if masks are given; see `Propagator.step`."""
        self._anchors.add(frame_index, rgb, given or {})
        self._anchors.keep_near(frame_index)
        return super().step(frame_index, rgb, given)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects and anchors that no other object needs; see `Propagator.forget`."""
        self._anchors.forget(object_ids)


def apart_at_size(found: Mapping[ObjectId, Tensor], size: tuple[int, int]) -> dict[ObjectId, Probability]:
    """Probabilities (h, w) of objects found one by one, at the frame's size, where they exclude each other."""
    if not found:
        return {}
    apart = exclusive(resize(torch.stack(list(found.values())), size)).cpu().numpy()
    return dict(zip(found, apart, strict=True))


def fallback_engine(
    name: str,
    make: Callable[[torch.device, int], Propagator],
    *,
    device: str,
    context: RunContext | None,
    short_side: int = 0,
    smaller: Sequence[int] = SMALLER_SIDES,
    precision: str = "float32",
) -> OomFallback:
    """An engine on a network, which goes on in smaller steps when memory runs out.

    Args:
        name: of the network in the registry.
        make: makes the propagator for a device and a shorter side.
        device: "auto", "cpu", "cuda" or "mps".
        context: of the run; None for one that nobody follows.
        short_side: larger frames are shrunk until their shorter side has so many pixels; 0 never shrinks.
        smaller: shorter sides to go down to; none for a network that knows one size only.
        precision: that the network is to be prepared in.

    Raises:
        WeightsError: there are no weights.
        EngineError: no such device, or it cannot compute in this precision.
    """
    chosen = choose_device(device)
    precision_of(precision, chosen)
    require_weights(network(name))
    return OomFallback(fallback_steps(chosen, short_side, make, smaller=smaller), context)

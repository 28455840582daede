"""COSNet: the primary object of a shot on one of its frames, by comparison with frames far from it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor

from vosapp.engine.device import choose_device
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.propagator import Probability
from vosapp.engine.suggest.proposals import Candidate
from vosapp.models.cosnet.attention import Form
from vosapp.models.cosnet.network import CosNet, normalise, probability
from vosapp.models.stages.padding import resize
from vosapp.models.stages.sampling import sample_picture, to_tensor
from vosapp.video.source import RgbImage, VideoSource

SIZE = (473, 473)  # (height, width) that the authors train and test at, whatever the shape of the frame
REFERENCES = 5  # as in the authors' test script


def propose(
    source: VideoSource,
    frame_index: int,
    *,
    shot: range,
    device: str,
    check: Callable[[], None],
    form: str = Form.LEGACY.value,
    network: str = "cosnet",
) -> list[Candidate]:
    """The primary object on a frame; see `vosapp.engine.suggest.proposals.Propose`.

    `form` is the value of a `Form`, `network` the name of a configuration in the registry.

    Raises:
        WeightsError: there are no weights.
    """
    chosen = choose_device(device)
    finder = PrimaryObject(cast(CosNet, prepared_network(network, chosen)), device=chosen, form=Form(form))
    pictures = []
    for frame in references(frame_index, shot):
        check()
        pictures.append(source.frame(frame))
    finder.refer(pictures, check)
    return [Candidate(finder.find(source.frame(frame_index)))]


propose_symmetric = functools.partial(propose, form=Form.HEAD.value, network="cosnet-sym")
propose_channel_wise = functools.partial(propose, form=Form.HEAD.value, network="cosnet-channel")


def references(frame_index: int, shot: range, count: int = REFERENCES) -> list[int]:
    """Frames of a shot to compare a frame with, spread evenly; the frame itself only where the shot has no other.

    The authors draw them at random each time; a user who asks twice must get the same answer twice.
    """
    others = [frame for frame in shot if frame != frame_index] or [frame_index]
    count = min(count, len(others))
    return [others[(2 * i + 1) * len(others) // (2 * count)] for i in range(count)]


class PrimaryObject:
    """Finds the primary object on frames of one shot. The references are encoded once, each frame once.

    Args:
        network: with its weights, on the device, plain or prepared.
        device: where the network is.
        form: how the affinity becomes weights. The published weights were very probably trained with LEGACY.
        size: (height, width) that every frame is brought to.
    """

    def __init__(
        self,
        network: CosNet,
        *,
        device: torch.device,
        form: Form = Form.LEGACY,
        size: tuple[int, int] = SIZE,
    ) -> None:
        self._network = network
        self._device = device
        self._form = form
        self._size = size
        self._references: list[Tensor] = []

    @torch.inference_mode()
    def refer(self, pictures: list[RgbImage], check: Callable[[], None] = lambda: None) -> None:
        """Takes other frames of the shot as references, at least one; `check` is called once a frame."""
        self._references = []
        for picture in pictures:
            check()
            self._references.append(self._embedding(picture))

    @torch.inference_mode()
    def find(self, rgb: RgbImage) -> Probability:
        """The probability of the primary object, (height, width) float32 at the frame's size."""
        logits = self._network(self._embedding(rgb), self._references, self._form)
        found = probability(logits, self._size)
        large = resize(found[None], (rgb.shape[0], rgb.shape[1]))[0]
        answer: Probability = large.cpu().numpy()
        return answer

    def _embedding(self, rgb: RgbImage) -> Tensor:
        picture = to_tensor(sample_picture(rgb, self._size)).to(self._device) * 255
        return self._network.embed(normalise(picture))

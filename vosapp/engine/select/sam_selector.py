"""Select with SAM 2.1 or EdgeTAM: a frame is encoded once, then their prompt encoder and mask decoder answer marks.

As their authors' tool for pictures does it: of one click the network gives three masks, of which the one that it is
surest of is taken; further marks are told together with the mask before, in log-odds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.core.mask import BoolImage
from vosapp.engine.device import choose_device
from vosapp.engine.networks.sam2 import loaded, mask_in_square, picture_in_square
from vosapp.engine.propagator import Probability
from vosapp.engine.select.marks import Marks, Point, goes_on
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import require_weights
from vosapp.video.source import RgbImage

_INSIDE, _OUTSIDE, _CORNERS, _NOTHING = 1, 0, (2, 3), -1  # what a point is told as
_OF_A_STROKE = 5  # points that stand for a stroke, which these networks do not know
_SURE = 32.0  # largest log-odds of the mask before, as in the authors' tool
_GIVEN = 10.0  # log-odds that a mask is told with


class SamSelector:
    """A `Selector`."""

    def __init__(self, network: nn.Module, rgb: RgbImage, prediction: BoolImage | None = None) -> None:
        """Takes the library's video model with its weights, the frame, and a mask that is there."""
        self._network: Any = network
        self._rgb = rgb
        self._maps: list[Tensor] = []  # of the frame, once it was looked at
        self._given: Tensor | None = None
        if prediction is not None and prediction.any():
            self._given = self._as_scores(prediction)
        self._scores, self._marks = self._given, Marks()

    @torch.inference_mode()
    def propose(self, marks: Marks) -> Probability:
        """See `Selector`."""
        size = (self._rgb.shape[0], self._rgb.shape[1])
        if not goes_on(self._marks, marks):
            self._scores = self._given
        self._marks = marks
        if not marks and self._given is None:
            self._scores = None
            return np.zeros(size, np.float32)
        self._scores = self._answer(marks, self._scores)
        large = F.interpolate(self._scores, size, mode="bilinear", align_corners=False)
        return np.asarray(large[0, 0].sigmoid().cpu().numpy(), np.float32)

    def _answer(self, marks: Marks, before: Tensor | None) -> Tensor:
        """Log-odds (1, 1, h, w) of the mask that marks ask for, told the log-odds before; None where there are none."""
        network = self._network
        if not self._maps:
            self._maps = network.get_image_embeddings(picture_in_square(network, self._rgb))
        points = list(self._points(marks))
        places = torch.tensor([[[place for place, _ in points]]], dtype=network.dtype, device=network.device)
        kinds = torch.tensor([[[kind for _, kind in points]]], dtype=torch.int32, device=network.device)
        told, shape = network.get_prompt_embeddings(places, kinds, None, before)
        is_open = before is None and len(points) == 1  # a click may mean a part, or the whole
        masks, quality, *_ = network.mask_decoder(
            image_embeddings=self._maps[-1],
            image_positional_embeddings=network.get_image_wide_positional_embeddings(),
            sparse_prompt_embeddings=told,
            dense_prompt_embeddings=shape,
            multimask_output=is_open,
            high_resolution_features=self._maps[:-1],
        )
        best = int(quality[0, 0].argmax())
        scores: Tensor = masks[:, 0, best : best + 1].float().clamp(-_SURE, _SURE)
        return scores

    def _points(self, marks: Marks) -> Iterator[tuple[Point, int]]:
        """Points in the square that the network sees, and what each is."""
        side = self._network.config.image_size
        down, across = (side / length for length in self._rgb.shape[:2])
        empty = True
        if marks.box is not None:
            for corner, kind in zip((marks.box[:2], marks.box[2:]), _CORNERS, strict=True):
                yield (corner[0] * across, corner[1] * down), kind
            empty = False
        for stroke in marks.strokes:
            for x, y in _sample(stroke.points):
                yield (x * across, y * down), _INSIDE if stroke.is_inside else _OUTSIDE
            empty = False
        if empty:
            yield (0.0, 0.0), _NOTHING

    def _as_scores(self, mask: BoolImage) -> Tensor:
        """A mask as the network is told one: log-odds (1, 1, h, w)."""
        inside = mask_in_square(self._network, mask.astype(np.float32))
        size = self._network.prompt_encoder.mask_input_size
        scores = F.interpolate(_GIVEN * (2 * inside - 1), size, mode="bilinear", antialias=True)
        return scores.to(self._network.device, self._network.dtype)


class SamSelectors:
    """A `BuildSelector`; the network is loaded once."""

    def __init__(self, spec: NetworkSpec, device: str) -> None:
        """Loads the network of a spec.

        Raises:
            WeightsError: its code or its weights are not on this computer.
            EngineError: no such device.
        """
        require_weights(spec)
        self._network = loaded(spec, choose_device(device))

    def __call__(self, rgb: RgbImage, prediction: BoolImage | None = None) -> SamSelector:
        return SamSelector(self._network, rgb, prediction)


def _sample(points: tuple[Point, ...]) -> list[Point]:
    """A click as it is, and of a stroke some points spread evenly."""
    if len(points) <= _OF_A_STROKE:
        return list(points)
    return [points[int(i)] for i in np.linspace(0, len(points) - 1, _OF_A_STROKE).round()]

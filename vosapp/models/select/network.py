"""Proposes the mask of an object from marks on a picture: a pretrained backbone, and a decoder that is asked anew.

The backbone looks at a picture once; a further click costs the decoder alone. Marks reach the decoder in two ways: as
planes beside the features, and as likeness, the cosine of each place's features to those under the marks.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.backbones.efficientnet_lite import CHANNELS, EfficientNetLite
from vosapp.models.select.prompts import PLANES
from vosapp.models.stages.residual import ResidualBlock

MULTIPLE_PX = 32  # heights and widths it takes are multiples of this
_KEY = 48  # channels in which likeness is measured
_LIKENESS = 4  # planes of it: nearest mark inside and outside, means of the previous mask and of what it leaves out
_HALF, _QUARTER, _EIGHTH, _SIXTEENTH = 12, 32, 80, 128
_HEADS = 4
_INSIDE, _OUTSIDE, _PREVIOUS = 0, 1, 7  # planes of `Prompts`


class Features(NamedTuple):
    """What the backbone sees, brought to the decoder's widths: (B, C, H / 2, W / 2) and so on, and keys at 1/8."""

    half: Tensor
    quarter: Tensor
    eighth: Tensor
    sixteenth: Tensor
    key: Tensor


class SelectNetwork(nn.Module):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = EfficientNetLite()
        self.at_half = nn.Conv2d(CHANNELS[0], _HALF, 1)
        self.at_quarter = nn.Conv2d(CHANNELS[1], _QUARTER, 1)
        self.at_eighth = nn.Conv2d(CHANNELS[2], _EIGHTH, 1)
        self.deep_to_eighth = nn.Conv2d(CHANNELS[3], _EIGHTH, 1)
        self.at_sixteenth = nn.Conv2d(CHANNELS[3], _SIXTEENTH, 1)
        self.last_to_sixteenth = nn.Conv2d(CHANNELS[4], _SIXTEENTH, 1)
        self.key = nn.Conv2d(_EIGHTH, _KEY, 1)
        told = PLANES + _LIKENESS
        self.tell_eighth = nn.Conv2d(_EIGHTH + told, _EIGHTH, 3, padding=1)
        self.first = ResidualBlock(_EIGHTH)
        self.down = nn.Conv2d(_EIGHTH, _SIXTEENTH, 3, stride=2, padding=1)
        self.look = nn.ModuleList(_Look(_SIXTEENTH) for _ in range(2))
        self.up = nn.Conv2d(_SIXTEENTH, _EIGHTH, 1)
        self.second = ResidualBlock(_EIGHTH)
        self.to_quarter = nn.Conv2d(_EIGHTH, _QUARTER, 1)
        self.tell_quarter = nn.Conv2d(_QUARTER + PLANES, _QUARTER, 3, padding=1)
        self.third = ResidualBlock(_QUARTER)
        self.to_half = nn.Conv2d(_QUARTER, _HALF, 1)
        # The last step sees single pixels, four of them folded into each place at 1/2.
        self.fold = nn.Conv2d(_HALF + 4 * 6, 24, 3, padding=1)
        self.out = nn.Conv2d(24, 4, 3, padding=1)
        self.coarse = nn.Conv2d(_QUARTER, 1, 1)

    def encode(self, rgb: Tensor) -> Features:
        """Looks at pictures (B, 3, H, W) in 0..1, sides multiples of 32."""
        half, quarter, eighth, sixteenth, last = self.backbone(rgb)
        deep = self.at_sixteenth(sixteenth) + _twice(self.last_to_sixteenth(last))
        eighth = self.at_eighth(eighth) + _twice(self.deep_to_eighth(sixteenth))
        key = F.normalize(self.key(eighth), dim=1)
        return Features(self.at_half(half), self.at_quarter(quarter), eighth, deep, key)

    def forward(self, rgb: Tensor, features: Features, planes: Tensor) -> Tensor:
        """Logits (B, 1, H, W) of the object's mask.

        Args:
            rgb: (B, 3, H, W) in 0..1.
            features: of it.
            planes: (B, 10, H, W), see `Prompts.planes`.
        """
        at_eighth, at_quarter = F.avg_pool2d(planes, 8), F.avg_pool2d(planes, 4)
        # A click covers a part of a place only: the place counts as marked as a whole.
        marks = F.max_pool2d(planes[:, : _OUTSIDE + 1], 8)
        likeness = _likeness(features.key, marks, at_eighth[:, _PREVIOUS : _PREVIOUS + 1])
        told = torch.cat([F.relu(features.eighth), at_eighth, likeness], 1)
        eighth = self.first(F.relu(self.tell_eighth(told)))
        sixteenth = F.relu(self.down(eighth) + features.sixteenth)
        for look in self.look:
            sixteenth = look(sixteenth)
        eighth = self.second(F.relu(eighth + _twice(self.up(sixteenth))))
        quarter = torch.cat([F.relu(features.quarter + _twice(self.to_quarter(eighth))), at_quarter], 1)
        quarter = self.third(F.relu(self.tell_quarter(quarter)))
        half = F.relu(features.half + _twice(self.to_half(quarter)))
        pixels = F.pixel_unshuffle(torch.cat([rgb - 0.5, planes[:, [_INSIDE, _OUTSIDE, _PREVIOUS]]], 1), 2)
        fine = F.pixel_shuffle(self.out(F.relu(self.fold(torch.cat([half, pixels], 1)))), 2)
        coarse = F.interpolate(self.coarse(quarter), scale_factor=4.0, mode="bilinear", align_corners=False)
        return fine + coarse


def _likeness(key: Tensor, marks: Tensor, previous: Tensor) -> Tensor:
    """(B, 4, H, W) cosines to the most alike place under marks inside and outside, to the mean of a mask and the rest.

    0 where there are no such marks, and no mask.
    """
    batch, _, height, width = key.shape
    flat = key.flatten(2)
    marked = marks.flatten(2) > 0
    planes = [
        torch.stack([_nearest(own, here[index]) for own, here in zip(flat, marked, strict=True)])
        for index in (_INSIDE, _OUTSIDE)
    ]
    for share in (previous, 1 - previous):
        weight = share.flatten(2) * (previous.flatten(2).amax(2, keepdim=True) > 0)
        mean = (flat * weight).sum(2) / weight.sum(2).clamp(min=1e-3)
        planes.append(torch.einsum("bc,bcn->bn", mean, flat))
    return torch.stack(planes, 1).view(batch, _LIKENESS, height, width)


def _nearest(flat: Tensor, here: Tensor) -> Tensor:
    """(N,) the largest cosine of each place of unit features (C, N) to those places that are marked; 0 without any."""
    marked = flat[:, here]
    return (flat.T @ marked).amax(1) if marked.shape[1] else flat.new_zeros(flat.shape[1])


class _Look(nn.Module):
    """Every place at 1/16 looks at all others, then thinks by itself and its neighbours: a transformer's block."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.before = nn.GroupNorm(1, width)
        self.ask = nn.Conv2d(width, 3 * width, 1)
        self.answer = nn.Conv2d(width, width, 1)
        self.between = nn.GroupNorm(1, width)
        self.widen = nn.Conv2d(width, 2 * width, 1)
        self.around = nn.Conv2d(2 * width, 2 * width, 3, padding=1, groups=2 * width)
        self.narrow = nn.Conv2d(2 * width, width, 1)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.narrow.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, H, W) to the same shape."""
        batch, width, height, across = x.shape
        asked = self.ask(self.before(x)).view(batch, 3 * _HEADS, width // _HEADS, height * across).transpose(2, 3)
        query, key, value = asked.chunk(3, 1)
        told = F.scaled_dot_product_attention(query, key, value)
        x = x + self.answer(told.transpose(2, 3).reshape(batch, width, height, across))
        thought = F.relu(self.around(F.relu(self.widen(self.between(x)))))
        result: Tensor = x + self.narrow(thought)
        return result


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def build() -> SelectNetwork:
    """The network without weights that mean anything."""
    return SelectNetwork()

"""MatteLoss: the matte refiner and its loss: exact alpha, its slopes, and the object's own colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from vosapp.models.matte_refiner.network import MatteRefiner, Refined
from vosapp.training.matte.batch import MatteBatch

_BAND_PX = 10  # around soft pixels, as in `vosapp.metrics.matting`
_SLOPE, _COLOUR = 1.0, 0.1  # weights of the losses beside that of alpha
_FEATHERS = 6  # of the candidates: those that do not look at the picture
_EASE = 0.02  # mean error of a feather below which a tile counts no more for being easy


@dataclass(frozen=True, slots=True)
class MatteResult:
    """A `Result`.

    Attributes:
        loss: see `Result`.
        error: mean absolute error of alpha in the edge band, in percent.
        feather_error: the same of the best feather of each tile, chosen with hindsight.
    """

    loss: Tensor
    error: Tensor
    feather_error: Tensor

    def figures(self) -> Mapping[str, Tensor]:
        """See `Result`."""
        return {"loss": self.loss.detach(), "alpha_error": self.error, "feather_error": self.feather_error}


class MatteLoss(nn.Module):
    """The refiner and its loss, from a batch to a `MatteResult`.

    A tile on which every feather is far off would drown those with sharp edges, so each counts by one through what the
    best feather leaves.
    """

    def __init__(self, network: MatteRefiner) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: MatteBatch) -> MatteResult:
        """Refines the tiles and compares."""
        refined = self.network(batch.planes.float(), batch.candidates.float(), batch.near.float())
        truth, colour = batch.alpha.float() / 255, batch.foreground.float() / 255
        band = _band(truth)
        with torch.no_grad():
            feathers = (batch.candidates[:, :_FEATHERS].float() - truth).abs()
            feathered = torch.stack([_mean(feathers[:, k : k + 1], band) for k in range(_FEATHERS)]).amin(dim=0)
            ease = (feathered + _EASE).reciprocal()
        loss = (ease / ease.mean() * _loss(refined, truth, colour, band + 0.05)).mean()
        with torch.no_grad():
            error = _mean((refined.alpha.float().clamp(0, 1) - truth).abs(), band)
        return MatteResult(loss, 100 * error.mean(), 100 * feathered.mean())


def _loss(refined: Refined, truth: Tensor, colour: Tensor, weight: Tensor) -> Tensor:
    """(B,) of each tile."""
    alpha = refined.alpha.float()
    found = _mean(_forgiving(alpha, truth), weight)
    for slope, true_slope in _slopes(alpha, truth):
        found = found + _SLOPE * _mean((slope - true_slope).abs(), weight)
    return found + _COLOUR * _mean((refined.foreground.float() - colour).abs(), weight * truth)


def _forgiving(alpha: Tensor, truth: Tensor) -> Tensor:
    """Absolute error, less of what clamping would take away: a tenth of it keeps a gradient."""
    clamped = alpha.clamp(0, 1)
    return (clamped - truth).abs() + 0.1 * (alpha - clamped).abs()


def _band(truth: Tensor) -> Tensor:
    """1 within some pixels of where alpha is soft or jumps, else 0."""
    high, low = functional.max_pool2d(truth, 3, 1, 1), -functional.max_pool2d(-truth, 3, 1, 1)
    soft = ((truth > 0.02) & (truth < 0.98)) | ((high >= 0.5) & (low < 0.5))
    return functional.max_pool2d(soft.float(), 2 * _BAND_PX + 1, 1, _BAND_PX)


def _slopes(alpha: Tensor, truth: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Differences over two pixels along both axes, of the same size as the alphas."""
    alpha = alpha.clamp(0, 1)
    return [(_slope(alpha, axis), _slope(truth, axis)) for axis in (2, 3)]


def _slope(alpha: Tensor, axis: int) -> Tensor:
    padded = functional.pad(alpha, (1, 1, 1, 1), mode="replicate")
    size = alpha.shape[axis]
    other = 5 - axis
    inner = padded.narrow(other, 1, alpha.shape[other])
    return 0.5 * (inner.narrow(axis, 2, size) - inner.narrow(axis, 0, size))


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    """(B,) weighted means of each tile."""
    weight = weight.expand_as(values)
    return (values * weight).sum(dim=(1, 2, 3)) / weight.sum(dim=(1, 2, 3)).clamp_min(1e-6)

"""MatteLoss: the matte refiner and its loss: exact alpha, its slopes, and the object's own colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from vosapp.models.matte_refiner.network import MatteRefiner
from vosapp.training.matte.batch import MatteBatch

_BAND_PX = 10  # around soft pixels, as in `vosapp.metrics.matting`
_SLOPE, _COLOUR = 1.0, 0.25  # weights of the losses beside that of alpha
_BEFORE, _GIVEN = 12, 13  # planes of the frame before's alpha


@dataclass(frozen=True, slots=True)
class MatteResult:
    """A `Result`.

    Attributes:
        loss: see `Result`.
        error: mean absolute error of alpha in the edge band, in percent.
        feather_error: the same of the plain feather that the network starts from.
    """

    loss: Tensor
    error: Tensor
    feather_error: Tensor

    def figures(self) -> Mapping[str, Tensor]:
        """See `Result`."""
        return {"loss": self.loss.detach(), "alpha_error": self.error, "feather_error": self.feather_error}


class MatteLoss(nn.Module):
    """The refiner and its loss, from a batch to a `MatteResult`."""

    def __init__(self, network: MatteRefiner) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: MatteBatch) -> MatteResult:
        """Refines the second frame; where the batch is guided, with what the network makes of the first."""
        planes = batch.planes[:, 1].float()
        if bool(batch.guided.any()):
            planes = torch.cat([planes[:, :_BEFORE], self._guidance(batch)], dim=1)
        refined = self.network(planes, batch.feather[:, 1].float(), batch.near[:, 1].float())
        truth, colour = batch.alpha.float() / 255, batch.foreground.float() / 255
        band = _band(truth)
        alpha = refined.alpha.float()
        weight = band + 0.05
        loss = _mean(_forgiving(alpha, truth), weight)
        loss = loss + _SLOPE * sum((_mean((a - t).abs(), weight) for a, t in _slopes(alpha, truth)), torch.zeros(()))
        loss = loss + _COLOUR * _mean((refined.foreground.float() - colour).abs(), weight * truth)
        with torch.no_grad():
            error = 100 * _mean((alpha.clamp(0, 1) - truth).abs(), band)
            feathered = 100 * _mean((batch.feather[:, 1].float() - truth).abs(), band)
        return MatteResult(loss, error, feathered)

    @torch.no_grad()
    def _guidance(self, batch: MatteBatch) -> Tensor:
        """(B, 2, H, W): the first frame's alpha moved to the second, and where it is given."""
        first = self.network(batch.planes[:, 0].float(), batch.feather[:, 0].float(), batch.near[:, 0].float())
        moved = warp(first.alpha.float().clamp(0, 1), batch.to_previous.float())
        given = batch.guided[:, None, None, None].expand_as(moved).float()
        return torch.cat([moved * given, given], dim=1)


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """(N, C, H, W) sampled at each pixel plus its flow (N, 2, H, W) in pixels; the border is repeated."""
    height, width = image.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(height, device=image.device), torch.arange(width, device=image.device), indexing="ij"
    )
    places = torch.stack([x + flow[:, 0], y + flow[:, 1]], dim=-1)
    scaled = (2 * places + 1) / torch.tensor([width, height], device=image.device) - 1
    return functional.grid_sample(image, scaled, padding_mode="border", align_corners=False)


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
    weight = weight.expand_as(values)
    return (values * weight).sum() / weight.sum().clamp_min(1e-6)

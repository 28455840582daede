"""The appearance model of A-GAME: four Gaussians per object, fitted in closed form (section 3.2 of the paper)."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

COMPONENTS = 4
CHANNELS = 512


class Appearance(NamedTuple):
    """Four Gaussians with diagonal covariance for each of N objects.

    In this order: background, foreground, cells that those two wrongly call background, cells that they wrongly
    call foreground.

    Attributes:
        means: (N, 4, 512).
        variances: (N, 4, 512), positive.
    """

    means: Tensor
    variances: Tensor


class AppearanceModule(nn.Module):
    """Fits the Gaussians to a frame and its maps, and scores the cells of another frame under them.

    Always in float32: sums over 512 channels of squared differences do not survive fewer digits.
    """

    exact_parameters = ("cov_reg",)

    def __init__(self, features: int = 2048, channels: int = CHANNELS) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(features, channels, 1)
        self.cov_reg = nn.Parameter(torch.full((COMPONENTS, 1, channels, 1, 1), -2.0))

    def project(self, s16: Tensor) -> Tensor:
        """The features that the Gaussians live in: (1, 512, h, w) float32 from (1, 2048, h, w)."""
        projected: Tensor = self.conv_in(s16)
        return projected.float()

    def fit(self, features: Tensor, maps: Tensor) -> Appearance:
        """Gaussians of a frame.

        Args:
            features: (1, 512, h, w) from `project`.
            maps: (N, 2, h, w): how much of each cell is background and foreground of each object.
        """
        base = self._components(features, maps, 0)
        posterior = torch.softmax(self.score(features, base), dim=1)
        residual = self._components(features, F.relu(posterior - maps), 2)
        return Appearance(
            torch.cat([base.means, residual.means], dim=1), torch.cat([base.variances, residual.variances], dim=1)
        )

    def _components(self, features: Tensor, weights: Tensor, first: int) -> Appearance:
        """Weighted mean and variance per channel of weights (N, K, h, w); equations 4 and 5 of the paper.

        The prior 1/cells in the denominator draws components with few cells towards zero; it is in the authors'
        code only.
        """
        cells = features.shape[2] * features.shape[3]
        flat = features.flatten(2)[0]
        w = weights.flatten(2)
        mass = 1 / cells + w.mean(dim=2, keepdim=True)
        means = w @ flat.T / cells / mass
        # The cross terms are kept as a sum of squares: expanding it loses digits where mean and deviation differ much.
        spread = torch.stack(
            [((flat - mean[:, :, None]).square() * share[:, None]).mean(dim=2) for mean, share in _pairs(means, w)],
            dim=1,
        )
        floor = F.softplus(self.cov_reg[first : first + w.shape[1], 0, :, 0, 0]).float()
        return Appearance(means, floor + spread / mass)

    def score(self, features: Tensor, appearance: Appearance) -> Tensor:
        """Log-likelihood, up to a constant, of every cell under every component: (N, K, h, w).

        Equation 6 of the paper: minus half of the sum over channels of ln v + (f - mu)^2 / v.
        """
        scores = [
            -0.5 * (variance.log() + (features - mean).square() / variance).sum(dim=1)
            for mean, variance in _pairs(appearance.means[..., None, None], appearance.variances[..., None, None])
        ]
        return torch.stack(scores, dim=1)


def _pairs(means: Tensor, others: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Component by component, so that no tensor of N x K x 512 x cells ever exists."""
    return list(zip(means.unbind(1), others.unbind(1), strict=True))


def blend(old: Appearance, new: Appearance, rate: float) -> Appearance:
    """The old Gaussians moved by `rate` (0..1) towards the new ones; equation 8 of the paper."""
    return Appearance(torch.lerp(old.means, new.means, rate), torch.lerp(old.variances, new.variances, rate))

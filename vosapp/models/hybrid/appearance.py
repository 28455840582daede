"""What tells this object from what is around it, fitted anew to every object: ridge regression on learnt features.

Matching finds places that look alike; it does not ask whether the surroundings look like that too. Here the places of
trusted and recent frames are the samples of a small regression to inside (+1) and outside (-1), solved in closed form
within the network, so that training shapes the features it works on. Its sums are all that is kept of a frame: they
add up over any number of anchors at no cost in reading.

Sources: closed-form solvers inside a network as in Bertinetto et al., ICLR 2019; a target model fitted to the first
frame as in Robinson et al., CVPR 2020.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.encoder import Features

SCORES = 2
_SHARE = 0.5  # of the trusted frames where both are asked
_LEAST = 1e-3


class AppearanceSums(NamedTuple):
    """The normal equations of one or more frames, each frame weighing 1.

    Attributes:
        gram: (B, n, n).
        target: (B, n).
    """

    gram: Tensor
    target: Tensor


def mean_of(sums: list[AppearanceSums]) -> AppearanceSums:
    """Several frames, each counting the same."""
    grams, targets = (torch.stack([item[k] for item in sums]).mean(0) for k in (0, 1))
    return AppearanceSums(grams, targets)


class Appearance(nn.Module):
    """Fits and applies the regression at 1/4 of the size."""

    exact_parameters = ("ridge", "gain")

    def __init__(self, half: int, quarter: int, features: int = 48) -> None:
        super().__init__()
        self.features = nn.Conv2d(half + quarter, features, 1)
        self.ridge = nn.Parameter(torch.tensor(-4.0))
        self.gain = nn.Parameter(torch.tensor(2.0))

    def describe(self, features: Features) -> Tensor:
        """(B, n, H/4, W/4) float32: the samples of every place; the last is 1."""
        joined = torch.cat([F.avg_pool2d(features.half, 2), features.quarter], 1)
        described = self.features(joined).float().relu()
        return torch.cat([described, torch.ones_like(described[:, :1])], 1)

    def learn(self, described: Tensor, mask: Tensor) -> AppearanceSums:
        """Sums over the places of a frame; object and surroundings weigh the same.

        Args:
            described: (B, n, H/4, W/4).
            mask: (B, 1, H, W) in 0..1.
        """
        samples = described.flatten(2)  # (B, n, N)
        inside = F.avg_pool2d(mask.float(), 4).flatten(2)
        sides = [side / (side.sum(2, keepdim=True) + _LEAST) / 2 for side in (inside, 1 - inside)]
        gram = (samples * (sides[0] + sides[1])) @ samples.transpose(1, 2)
        return AppearanceSums(gram, (samples * (sides[0] - sides[1])).sum(2))

    def score(self, described: Tensor, trusted: AppearanceSums, recent: AppearanceSums) -> Tensor:
        """(B, 2, H/4, W/4) logits of inside: by the trusted frames alone, and by trusted and recent ones."""
        both = AppearanceSums(*(_SHARE * t + (1 - _SHARE) * r for t, r in zip(trusted, recent, strict=True)))
        solutions = torch.stack([self._solve(sums) for sums in (trusted, both)], 1)  # (B, 2, n)
        scores = solutions @ described.flatten(2)
        return (scores * self.gain).clamp(-6, 6).reshape(len(scores), SCORES, *described.shape[-2:])

    def _solve(self, sums: AppearanceSums) -> Tensor:
        count = sums.gram.shape[-1]
        strength = self.ridge.exp() * sums.gram.diagonal(dim1=1, dim2=2).mean(1) + 1e-4
        damped = sums.gram + strength.view(-1, 1, 1) * torch.eye(count, device=sums.gram.device)
        solution: Tensor = torch.linalg.solve(damped, sums.target)
        return solution

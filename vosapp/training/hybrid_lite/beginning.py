"""Beginning of a run of the second hybrid network: a trained backbone, and all that the first design learnt.

The adapters first learn to say of a picture what the first design's encoder says, which needs neither masks nor
clips; then everything behind the encoder fits as it is. The advice of the engine `flow`, which the second design does
not have, becomes what it was on clips without it: the moved mask once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.data.photographs.bank import PhotographBank, Rgb
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.hybrid_lite.encoder import LiteEncoder
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.training.optimizer import Optimizer

_RATE, _WARM_UP_STEPS = 3e-3, 30
_NEAREST = 0.4  # of a photograph's shorter side, at least, is seen in a crop
_HEARD = "decoder.guidance.at_half.0.weight"
_MASK, _ADVICE = 0, 5  # channels of it


def take_over(network: HybridLite, first: Hybrid) -> list[str]:
    """Gives a network all weights of the first design that stand behind its encoder.

    Returns:
        The names of the parameters that the first design does not have: those of the object as a whole.
    """
    theirs, ours = first.state_dict(), network.state_dict()
    behind = {name: value for name, value in ours.items() if not name.startswith("encoder.")}
    taken = {name: theirs[name] for name in behind if name in theirs and name != _HEARD}
    heard = theirs[_HEARD]
    joined = heard[:, :_ADVICE].clone()
    joined[:, _MASK] += heard[:, _ADVICE]
    taken[_HEARD] = joined
    taken["decoder.trust"] = theirs["decoder.trust"] + theirs["decoder.heed"]
    network.load_state_dict({**ours, **taken})
    return sorted(set(behind) - set(taken))


def crops(bank: PhotographBank, size_px: int, batch: int, seed: int) -> Iterator[Tensor]:
    """Endless batches (batch, 3, size, size) in 0..1 of crops of all photographs and of every fifth frame of clips."""
    random = np.random.default_rng(seed)
    names = [photograph.picture for photograph in bank.photographs]
    names += [frame for clip in bank.clips for frame in clip.frames[::5]]
    while True:
        drawn = [_crop(bank.rgb(names[random.integers(len(names))]), size_px, random) for _ in range(batch)]
        yield torch.from_numpy(np.stack(drawn)).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def imitate(
    encoder: LiteEncoder,
    teacher: nn.Module,
    pictures: Iterator[Tensor],
    *,
    progress: Callable[[int], float],
    on_step: Callable[[int, list[float]], None] = lambda _step, _losses: None,
) -> None:
    """Teaches the adapters of an encoder what another encoder says of pictures; the backbone stays as it is.

    Args:
        encoder: changed in place.
        teacher: from pictures to `Features` of the same shapes.
        pictures: batches.
        progress: from steps done to the share of the time that is used up; 1 ends it.
        on_step: is told the number of a step and, for each level, the squared error in variances of the teacher's.
    """
    encoder.train()
    encoder.backbone_learns = False
    learning = nn.ModuleDict({n: part for n, part in encoder.named_children() if n != "backbone"})
    optimizer = Optimizer(weight_decay=1e-4).build(learning)
    steps = 0
    while (done := progress(steps)) < 1:
        rate = _RATE * min(1.0, (steps + 1) / _WARM_UP_STEPS) * (0.51 + 0.49 * math.cos(math.pi * done))
        for group in optimizer.param_groups:
            group["lr"] = rate
        picture = next(pictures)
        with torch.no_grad():
            wanted = teacher(picture)
        pairs = zip(encoder(picture), wanted, strict=True)
        losses = torch.stack([F.mse_loss(found, level) / (level.var() + 1e-6) for found, level in pairs])
        optimizer.zero_grad(set_to_none=True)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
        optimizer.step()
        steps += 1
        on_step(steps, losses.tolist())


def beginning(network: HybridLite) -> Mapping[str, Tensor]:
    """The weights as a file holds them."""
    return {name: value.detach().contiguous() for name, value in network.state_dict().items()}


def _crop(rgb: Rgb, size_px: int, random: np.random.Generator) -> np.ndarray:
    height, width = rgb.shape[:2]
    side = max(1, int(min(height, width) * random.uniform(_NEAREST, 1.0)))
    top, left = (int(random.integers(0, length - side + 1)) for length in (height, width))
    seen = cv2.resize(rgb[top : top + side, left : left + side], (size_px, size_px), interpolation=cv2.INTER_AREA)
    light = np.exp(random.normal(0, 0.15) + random.normal(0, 0.05, 3))
    flipped = seen[:, ::-1] if random.random() < 0.5 else seen
    return np.clip(flipped / 255 * light, 0, 1).astype(np.float32)

"""What bfloat16 changes on a real shot, for networks that answer: `python -m tests.parity.fitted NETWORK...`.

Networks filled by rule answer with noise around one half, where trained ones are sure but at outlines. So the last
layer of a filled network is fitted (by logistic regression) to the true masks of three frames of a shot; all else stays
as filled. Such a network follows the shot, and its labels can be compared as a user would see them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.precision import CPU, Difference, filled_network, of_bfloat16
from tests.shared import shared_dir
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.models.rgmp import protocol
from vosapp.video.masks.mask_image import read_object_masks

SHOT = "blackswan"
FRAMES = 6
FITTED_ON = (1, 2, 3)
SAMPLES = 3000  # of a frame, half of them near the outline
PENALTY = 1e-3  # of the squared weights: without it they would grow without end
MAKE = {
    "rgmp": lambda network: RgmpPropagator(network, device=CPU),
    "agame": lambda network: AGamePropagator(network, device=CPU),
    "s2s++": lambda network: S2SPropagator(network, device=CPU),
    "hs2s": lambda network: HS2SPropagator(network, device=CPU),
}
LAST = {"rgmp": "Decoder.pred2", "agame": "segmod.predictor.conv", "s2s++": "decoder.merge_", "hs2s": "decoder.merge_"}


@dataclass(frozen=True)
class Shot:
    """Frames (H, W, 3) of a shot and on each the mask (H, W) of everything that is an object, 0 or 1."""

    frames: list[NDArray[np.uint8]]
    masks: list[NDArray[np.float32]]


def read_shot() -> Shot:
    """The beginning of a real shot; skips where it is not there."""
    folder = shared_dir("clips", SHOT)
    frames, masks = [], []
    for index in range(FRAMES):
        picture = cv2.imread(str(folder / "frames" / f"{index:05}.jpg"))
        frames.append(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
        objects = read_object_masks(folder / "masks" / f"{index:05}.png")
        masks.append(np.any(list(objects.values()), axis=0).astype(np.float32))
    return Shot(frames, masks)


def fit_last_layer(name: str, network: nn.Module, shot: Shot) -> None:
    """Lets the last layer of a network answer with the true masks, given the mask of the frame before."""
    last = network.get_submodule(LAST[name])
    assert isinstance(last, nn.Conv2d)
    seen: list[Tensor] = []
    hook = last.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0].float().clone()))
    generator = torch.Generator().manual_seed(0)
    columns, answers = [], []
    for frame in FITTED_ON:
        propagator = MAKE[name](network)
        propagator.step(frame - 1, shot.frames[frame - 1], {1: shot.masks[frame - 1]})
        seen.clear()
        propagator.step(frame, shot.frames[frame])
        features = seen[-1][0]
        truth = _inside(name, shot.masks[frame], features.shape[1:])
        chosen = _chosen(truth, generator)
        columns.append(_neighbourhoods(features, chosen, last.kernel_size[0]))
        answers.append((truth.flatten()[chosen] >= 0.5).float())
    hook.remove()
    _take(last, *_regression(torch.cat(columns), torch.cat(answers)))


def _inside(name: str, mask: NDArray[np.float32], size: Sequence[int]) -> Tensor:
    """A mask as the last layer should see it: with the network's border, at the size of its map."""
    whole = torch.from_numpy(mask)[None]
    if name == "rgmp":
        whole = protocol.border((mask.shape[0], mask.shape[1])).pad(whole)
    return F.interpolate(whole[None], tuple(size), mode="area")[0, 0]


def _chosen(truth: Tensor, generator: torch.Generator) -> Tensor:
    """Cells to learn from: half anywhere, half near the outline."""
    widest, narrowest = F.max_pool2d(truth[None], 9, 1, 4)[0], -F.max_pool2d(-truth[None], 9, 1, 4)[0]
    near = (widest > narrowest).flatten().nonzero()[:, 0]
    everywhere = torch.arange(truth.numel())
    drawn = [cells[torch.randperm(len(cells), generator=generator)[: SAMPLES // 2]] for cells in (near, everywhere)]
    return torch.cat(drawn)


def _neighbourhoods(features: Tensor, cells: Tensor, kernel: int) -> Tensor:
    """What the layer's kernel covers at cells, (cells, channels * kernel * kernel)."""
    width, padded = features.shape[2], F.pad(features, [kernel // 2] * 4)
    rows, columns = cells // width, cells % width
    taps = [padded[:, rows + i, columns + j] for i in range(kernel) for j in range(kernel)]
    return torch.stack(taps, dim=1).flatten(0, 1).T.clone()


def _regression(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Weights and bias of a logistic regression."""
    mean, deviation = x.mean(0), x.std(0).clamp(min=1e-3 * float(x.std()))
    normal = (x - mean) / deviation
    weight, bias = torch.zeros(x.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(normal @ weight + bias, y) + PENALTY * (weight * weight).sum()
        value.backward()
        return value

    optimizer.step(loss)
    raw = weight.detach() / deviation
    return raw, bias.detach() - (mean * raw).sum()


def _take(last: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    """Puts weights into the layer; of two channels each gets half, with opposite signs."""
    shaped = weight.view(1, *last.weight.shape[1:])
    two = last.out_channels == 2
    last.weight = nn.Parameter(torch.cat([-shaped / 2, shaped / 2]) if two else shaped, requires_grad=False)
    last.bias = nn.Parameter(torch.cat([-bias / 2, bias / 2]) if two else bias, requires_grad=False)


def measured(name: str, shot: Shot) -> tuple[float, Difference]:
    """Mean overlap (IoU) of what a fitted network finds with the truth, and what bfloat16 changes in it."""
    network = filled_network(name)
    fit_last_layer(name, network, shot)
    overlaps: list[float] = []

    @torch.inference_mode()
    def follow(form: nn.Module) -> NDArray[np.float32]:
        propagator = MAKE[name](form)
        propagator.step(0, shot.frames[0], {1: shot.masks[0]})
        found = [propagator.step(i, shot.frames[i]).probabilities[1] for i in range(1, FRAMES)]
        for probability, truth in zip(found, shot.masks[1:], strict=True):
            inside = probability >= 0.5
            overlaps.append(float((inside & (truth > 0)).sum() / (inside | (truth > 0)).sum()))
        return np.stack(found)[:, None]

    difference = of_bfloat16(network, follow)
    return float(np.mean(overlaps[: FRAMES - 1])), difference


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser("python -m tests.parity.fitted", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NETWORK", help=f"of {', '.join(MAKE)}; all without a name")
    shot = read_shot()
    for name in parser.parse_args().names or MAKE:
        overlap, found = measured(name, shot)
        print(
            f"{name}: IoU {overlap:.2f}; mean difference {found.mean:.4f}, largest {found.largest:.2f}, "
            f"{100 * found.flipped:.3f} % of the pixels change sides",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

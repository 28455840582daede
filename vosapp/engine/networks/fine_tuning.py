"""Online fine-tuning: lets RGMP learn the objects of a shot from its anchors before it propagates them.

RGMP's paper tries it as an add-on: Adam with a rate of 1e-7 for 1000 steps, on pairs made from the anchor alone by
two different random transforms, one for the reference and one for the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from vosapp.engine.propagator import Probability
from vosapp.engine.run_context import RunContext
from vosapp.models.rgmp.network import RGMP
from vosapp.video.source import RgbImage

_MIN_OBJECT_PART = 0.5  # of the object that a patch must hold
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A frame with a given mask of one object: (height, width, 3) uint8 and (height, width) of 0 and 1."""

    rgb: RgbImage
    mask: Probability


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Settings of fine-tuning.

    Attributes:
        steps: of the optimizer.
        learning_rate: of Adam.
        patch_px: side of the patches, a multiple of 32.
        seed: of the random transforms.
    """

    steps: int = 1000
    learning_rate: float = 1e-7
    patch_px: int = 256
    seed: int = 0


def fine_tune(
    network: RGMP,
    examples: Sequence[Example],
    settings: FineTuning | None = None,
    *,
    device: torch.device,
    context: RunContext | None = None,
) -> list[float]:
    """Changes a network in place so that it knows some objects better.

    Batch norms stay as they are: their statistics, and their factors too.

    Args:
        network: plain, not prepared for inference; it is moved to the device and left in evaluation mode.
        examples: at least one, none of them empty.
        settings: None for those of the paper.
        device: where to compute.
        context: of the run; is told of progress and may cancel. None for nobody.

    Returns:
        The loss of every step, the mean cross-entropy of a pixel.

    Raises:
        Cancelled: the run was cancelled. The network is then somewhere on the way.
    """
    settings, context = settings or FineTuning(), context or RunContext()
    network.to(device).eval().requires_grad_(True)
    norms = {id(p) for module in network.modules() if isinstance(module, nn.BatchNorm2d) for p in module.parameters()}
    learned = [parameter for parameter in network.parameters() if id(parameter) not in norms]
    optimizer = torch.optim.Adam(learned, lr=settings.learning_rate)
    random = np.random.default_rng(settings.seed)
    losses = []
    for step in range(settings.steps):
        context.check()
        context.learning(step, settings.steps)
        pair = draw_pair(examples[int(random.integers(len(examples)))], random, patch_px=settings.patch_px)
        optimizer.zero_grad(set_to_none=True)
        loss = _loss(network, pair, device)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    network.requires_grad_(False)
    return losses


@dataclass(frozen=True, slots=True)
class Pair:
    """Two views of one frame.

    Attributes:
        reference, target: patches (P, P, 3) uint8.
        reference_mask, target_mask: of the object in them, (P, P) of 0 and 1.
        guidance: the target's mask, displaced as the mask of a previous frame would be.
    """

    reference: RgbImage
    target: RgbImage
    reference_mask: Probability
    target_mask: Probability
    guidance: Probability


def draw_pair(example: Example, random: np.random.Generator, *, patch_px: int) -> Pair:
    """Makes a training pair from one frame."""
    reference, reference_mask = _view(example, random, patch_px)
    target, target_mask = _view(example, random, patch_px)
    side = max(8.0, float(np.sqrt(np.count_nonzero(target_mask))))
    moved = _transform(random, target_mask, turn_deg=8, growth=0.1, shift_px=0.1 * side)
    guidance = _warp(target_mask, moved, patch_px, cv2.INTER_LINEAR)
    return Pair(reference, target, reference_mask, target_mask, guidance)


def _loss(network: RGMP, pair: Pair, device: torch.device) -> Tensor:
    reference, target = (_picture(patch).to(device) for patch in (pair.reference, pair.target))
    masks = (pair.reference_mask, pair.guidance, pair.target_mask)
    given, guidance, truth = (torch.from_numpy(mask).unsqueeze(0).to(device) for mask in masks)
    known = network.reference(network.look(reference), given)
    logits = network(network.look(target), guidance, known).logits
    return F.cross_entropy(logits, (truth >= 0.5).long())


def _picture(patch: RgbImage) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(patch.transpose(2, 0, 1))).unsqueeze(0).float() / 255


def _view(example: Example, random: np.random.Generator, patch_px: int) -> tuple[RgbImage, Probability]:
    """A patch around the object, turned, scaled and recoloured at random, that holds at least half of the object."""
    area = float(np.count_nonzero(example.mask >= 0.5))
    for _ in range(_TRIES):
        matrix = _transform(random, example.mask, turn_deg=25, growth=0.25, shift_px=patch_px / 4, patch_px=patch_px)
        mask = _warp(example.mask, matrix, patch_px, cv2.INTER_NEAREST)
        growth = abs(float(np.linalg.det(matrix[:, :2])))
        if np.count_nonzero(mask) >= _MIN_OBJECT_PART * min(area * growth, patch_px**2):
            break
    else:
        matrix = _transform(random, example.mask, turn_deg=25, growth=0.25, shift_px=0, patch_px=patch_px)
        mask = _warp(example.mask, matrix, patch_px, cv2.INTER_NEAREST)
    picture = np.ascontiguousarray(example.rgb)
    patch = cv2.warpAffine(picture, matrix, (patch_px, patch_px), borderMode=cv2.BORDER_REFLECT)
    return _recoloured(np.asarray(patch, np.uint8), random), mask


def _transform(
    random: np.random.Generator,
    mask: Probability,
    *,
    turn_deg: float,
    growth: float,
    shift_px: float,
    patch_px: int = 0,
) -> NDArray[np.float64]:
    """A random turn and scale about the object's centre, and a shift. With `patch_px` the centre goes to a patch's."""
    rows, columns = np.nonzero(mask >= 0.5)
    centre = (float(columns.mean()), float(rows.mean())) if len(rows) else (mask.shape[1] / 2, mask.shape[0] / 2)
    scale = float(np.exp(random.uniform(-1, 1) * np.log1p(growth)))
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, float(random.uniform(-turn_deg, turn_deg)), scale), np.float64)
    matrix[:, 2] += random.uniform(-shift_px, shift_px, 2)
    if patch_px:
        matrix[:, 2] += patch_px / 2 - np.asarray(centre)
    return matrix


def _warp(mask: Probability, matrix: NDArray[np.float64], patch_px: int, flags: int) -> Probability:
    warped = cv2.warpAffine(np.ascontiguousarray(mask, np.float32), matrix, (patch_px, patch_px), flags=flags)
    return np.asarray(warped, np.float32)


def _recoloured(patch: RgbImage, random: np.random.Generator) -> RgbImage:
    """Changes brightness, contrast and saturation a little."""
    picture = patch.astype(np.float32)
    grey = picture.mean(axis=2, keepdims=True)
    picture = grey + (picture - grey) * random.uniform(0.8, 1.2)
    mean = picture.mean()
    picture = mean + (picture - mean) * random.uniform(0.8, 1.2) + random.uniform(-20, 20)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)

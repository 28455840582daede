"""The protocol of RGMP's authors on a clip: canvas, scales, and what objects tell each other.

Everything here works on the canvas: the picture with a border that brings both sides to a multiple of 32.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from vosapp.models.rgmp.network import RGMP
from vosapp.models.stages.global_convolution import Contribution
from vosapp.models.stages.padding import Padding, centred, resize

STRIDE = 32
ONE_SCALE = (1.0,)
THREE_SCALES = (0.5, 0.75, 1.0)  # the authors' setting for both DAVIS benchmarks


class Picture(NamedTuple):
    """A frame on the canvas, ready for any number of objects.

    Attributes:
        size: (height, width) of the canvas.
        seen: the first layer's part of each scale.
    """

    size: tuple[int, int]
    seen: tuple[Tensor, ...]


class Streams(NamedTuple):
    """Output of N streams on a frame.

    Attributes:
        foreground: (N, H, W) probabilities on the canvas, each stream for itself.
        memory: state of the visual memory at each scale, empty for a network without one.
    """

    foreground: Tensor
    memory: tuple[Tensor, ...]


def border(size: tuple[int, int]) -> Padding:
    """The border of a frame of (height, width). A side that is a multiple of 32 already still grows by 32."""
    height, width = size
    return centred((STRIDE - height % STRIDE, STRIDE - width % STRIDE))


def scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """Size of the canvas at a scale. A side that is a multiple of 32 after scaling still grows by 32."""
    if scale == 1.0:
        return size
    height, width = (int(side * scale) // STRIDE * STRIDE + STRIDE for side in size)
    return height, width


def look(network: RGMP, canvas: Tensor, scales: tuple[float, ...] = ONE_SCALE) -> Picture:
    """Computes what all objects share.

    Args:
        network: the network.
        canvas: (1, 3, H, W) in 0..1, padded with zeros.
        scales: parts of the canvas' size at which it is looked at; results are averaged.
    """
    height, width = canvas.shape[-2:]
    size = (height, width)
    return Picture(size, tuple(network.look(resize(canvas, scaled(size, scale))) for scale in scales))


def refer(network: RGMP, picture: Picture, masks: Tensor) -> tuple[Contribution, ...]:
    """Reference features of N masks (N, H, W) on the canvas, at every scale."""
    return tuple(network.reference(seen, _fit(masks, seen)) for seen in picture.seen)


def propagate(
    network: RGMP,
    picture: Picture,
    masks: Tensor,
    references: tuple[Contribution, ...],
    *,
    memory: tuple[Tensor, ...] = (),
) -> Streams:
    """Finds N objects on a picture, each for itself, averaged over the scales.

    Args:
        network: the network.
        picture: from `look`.
        masks: (N, H, W) guidance on the canvas: what was found on the previous frame, not thresholded.
        references: from `refer`.
        memory: of the previous frame; empty on the first.
    """
    probabilities, states = [], []
    for index, (seen, reference) in enumerate(zip(picture.seen, references, strict=True)):
        found = network(seen, _fit(masks, seen), reference, memory[index] if memory else None)
        probabilities.append(resize(found.foreground, picture.size))
        if found.memory is not None:
            states.append(found.memory)
    return Streams(sum(probabilities[1:], start=probabilities[0]) / len(probabilities), tuple(states))


def _fit(masks: Tensor, seen: Tensor) -> Tensor:
    """Masks at the size of the picture that `seen`, at half of it, was made from."""
    height, width = seen.shape[-2:]
    return resize(masks, (2 * height, 2 * width))

"""edge_planes: distances around an edge and the colours on both sides of it.

Both ways of refining an edge start here: *fast* reads alpha off the colours, *quality* gives them to its network.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.outline import distance_to_outline

Floats = NDArray[np.float32]

# Per row: how many pixels from the outline colours are trusted, over how many they are averaged, and how much they
# count. Later rows matter only where the earlier ones found nothing, as in thin parts.
_REACHES = ((5.0, 17, 1.0), (1.0, 17, 0.02), (0.0, 61, 1e-4))
_PRIOR = 0.01  # squared contrast at which the mask counts as much as the colours


@dataclass(frozen=True, slots=True)
class EdgePlanes:
    """Planes around an outline; all float32.

    Attributes:
        inside_px: (H, W) signed distance to the outline, positive inside.
        front: (H, W, 3) the object's colour near each pixel, 0..1.
        behind: (H, W, 3) the colour of what lies around it, 0..1.
        mixed: (H, W) the alpha 0..1 at which the two mix to the colour that is there.
    """

    inside_px: Floats
    front: Floats
    behind: Floats
    mixed: Floats


def edge_planes(
    rgb: Floats,
    mask: BoolImage,
    *,
    shrink: int = 1,
    mixed_within_px: float | None = None,
    unknown: BoolImage | None = None,
) -> EdgePlanes:
    """Looks at the edge of a mask (H, W) on a picture (H, W, 3) in 0..1.

    Args:
        rgb, mask: the picture and the mask.
        shrink: by how much the picture is made smaller to find the colours: quicker, and a little coarser.
        mixed_within_px: how far from the outline `mixed` is wanted; it is the mask beyond. None wants it everywhere.
        unknown: (H, W) pixels that the picture decides: their colours are nobody's, and `mixed` is wanted there too.
    """
    inside_px = distance_to_outline(mask)
    trusted_px = inside_px if unknown is None else np.where(unknown, np.float32(0), inside_px)
    front, behind = (_colour_near_at(rgb, distance, shrink) for distance in (trusted_px, -trusted_px))
    if mixed_within_px is None:
        return EdgePlanes(inside_px, front, behind, mixture(rgb, front, behind, mask))
    near = np.abs(inside_px) < mixed_within_px
    if unknown is not None:
        near |= unknown
    mixed = mask.astype(np.float32)
    mixed[near] = mixture(rgb[near], front[near], behind[near], mask[near])
    return EdgePlanes(inside_px, front, behind, mixed)


def _colour_near_at(rgb: Floats, inside_px: Floats, shrink: int) -> Floats:
    if shrink == 1:
        return colour_near(rgb, inside_px, 1)
    height, width = inside_px.shape
    size = (-(-width // shrink), -(-height // shrink))
    small, distance = (
        np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32) for image in (rgb, inside_px)
    )
    found = cv2.resize(colour_near(small, distance, shrink), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(found, np.float32)


def colour_near(rgb: Floats, inside_px: Floats, shrink: int) -> Floats:
    """(H, W, 3) mean colour of what lies well inside, near each pixel of a picture that was made smaller so often."""
    colour = np.zeros(rgb.shape, np.float32)
    weight = np.full(inside_px.shape, 1e-12, np.float32)
    for distance_px, reach_px, share in _REACHES:
        trusted = (inside_px > distance_px).astype(np.float32)
        size = (reach_px // shrink | 1, reach_px // shrink | 1)
        # A box twice is close to a Gaussian, and costs the same at any width.
        colour += np.float32(share) * cv2.blur(cv2.blur(rgb * trusted[..., None], size), size)
        weight += np.float32(share) * cv2.blur(cv2.blur(trusted, size), size)
    found = np.asarray(colour / weight[..., None], np.float32)
    nothing = weight < 1e-9
    if nothing.any():
        within = inside_px > 0
        found[nothing] = rgb[within].mean(axis=0) if within.any() else rgb.mean(axis=(0, 1))
    return found


def mixture(rgb: Floats, front: Floats, behind: Floats, mask: BoolImage) -> Floats:
    """The alpha 0..1 at which colours in front and behind mix to the one that is there; the mask without contrast."""
    contrast = front - behind
    share = ((rgb - behind) * contrast).sum(axis=-1) + np.float32(_PRIOR) * mask
    return np.asarray(np.clip(share / (np.square(contrast).sum(axis=-1) + np.float32(_PRIOR)), 0, 1), np.float32)

"""The colours of objects stay apart for eyes that lack a kind of cone.

What such eyes see is simulated in linear light with the matrices of Machado, Oliveira and Fernandes (2009) for a full
lack of one cone; distances are those of CIELAB (1976). About 2 is the least that can be told apart side by side.
"""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.core.document import OBJECT_COLOURS

VISIONS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST = 25.0  # of any two of the eight colours


def seen(colours: tuple[tuple[int, int, int], ...], vision: str) -> np.ndarray:
    """Colours as (n, 3) CIELAB, as somebody with this vision sees them."""
    values = np.array(colours) / 255
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(light @ VISIONS[vision].T, 0, 1) @ XYZ.T / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("vision", list(VISIONS))
def test_any_two_colours_are_told_apart(vision: str) -> None:
    lab = seen(OBJECT_COLOURS, vision)
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    assert distances[np.triu_indices(len(lab), 1)].min() >= LEAST


@pytest.mark.parametrize("vision", list(VISIONS))
def test_every_colour_shows_on_the_dark_window(vision: str) -> None:
    assert seen(OBJECT_COLOURS, vision)[:, 0].min() >= 35


def test_white_and_black_are_where_they_belong() -> None:
    lab = seen(((255, 255, 255), (0, 0, 0)), "all cones")
    assert lab[:, 0] == pytest.approx([100, 0], abs=0.1) and np.abs(lab[:, 1:]).max() < 0.1

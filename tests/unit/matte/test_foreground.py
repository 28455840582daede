"""The object's own colours: green spill goes from a soft edge, and whatever is no edge stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from vosapp.core.document import MatteSettings
from vosapp.export.formats import Content
from vosapp.export.recipe import ExrOptions
from vosapp.export.targets.exr_family import ExrFamily
from vosapp.export.targets.rgba import rgba_of
from vosapp.export.targets.target import FrameToWrite
from vosapp.matte.foreground import foreground, own_colours
from vosapp.matte.layers import Layer

SHAPE = (140, 180)
GREEN = np.array([30, 190, 50], np.float32)


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A soft reddish disc on green: the picture 0..255, the object's own colours, and its alpha."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    alpha = np.clip((40 - np.hypot(rows - 70, columns - 90)) / 8 + 0.5, 0, 1).astype(np.float32)
    own = np.dstack([150 + 0.5 * columns, 60 + 0.4 * rows, np.full(SHAPE, 70)]).astype(np.float32)
    return alpha[..., None] * own + (1 - alpha[..., None]) * GREEN, own, alpha


def layer(alpha: np.ndarray, decontaminate: float, number: int = 1) -> Layer:
    """A layer with a given alpha."""
    made = Layer(number, (0, 0, 0), alpha >= 0.5, MatteSettings(feather_px=8, decontaminate=decontaminate))
    made.__dict__["coverage"] = alpha
    made.__dict__["alpha"] = np.round(255 * alpha).astype(np.uint8)
    return made


def test_green_spill_goes_from_a_soft_edge() -> None:
    picture, own, alpha = scene()
    mixed = (alpha > 0.1) & (alpha < 0.95)
    before, after = (np.abs(image - own)[mixed].mean() for image in (picture, foreground(picture, alpha)))
    assert after < before / 6
    spill = foreground(picture, alpha)[mixed] - own[mixed]
    assert spill[:, 1].mean() < 4 < (picture - own)[mixed][:, 1].mean(), "green above the object's own"


def test_only_mixed_pixels_change_and_by_the_strength() -> None:
    picture, _, alpha = scene()
    assert own_colours(picture, [layer(alpha, 0.0)]) is picture
    half, whole = (own_colours(picture, [layer(alpha, strength)]) for strength in (0.5, 1.0))
    sure = (alpha == 0) | (alpha == 1)
    assert np.array_equal(whole[sure], picture[sure]) and np.abs(whole - picture)[~sure].max() > 50
    assert np.allclose(half - picture, (whole - picture) / 2, atol=1e-3)


def test_each_pixel_has_the_colours_of_the_object_that_covers_most_of_it() -> None:
    picture, _, alpha = scene()
    solid = np.zeros(SHAPE, np.float32)
    solid[:, 95:] = 1
    both = own_colours(picture, [layer(alpha, 1.0), layer(solid, 0.0, 2)])
    behind = (solid == 1) & (alpha < 1)
    assert np.array_equal(both[behind], picture[behind])
    alone = own_colours(picture, [layer(alpha, 1.0)])
    assert np.array_equal(both[:, :95], alone[:, :95])


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("premultiplied", [False, True])
def test_pictures_with_alpha_are_written_with_own_colours(depth: type, premultiplied: bool) -> None:
    picture, own, alpha = scene()
    top = np.iinfo(depth).max
    stored = np.round(picture / 255 * top).astype(depth)
    with_spill, without = (
        rgba_of(FrameToWrite(0, 0, [layer(alpha, d)], stored), depth, premultiplied=premultiplied) for d in (0.0, 1.0)
    )
    assert without.dtype == depth and np.array_equal(with_spill[..., 3], without[..., 3])
    wanted = own * alpha[..., None] if premultiplied else own
    mixed = (alpha > 0.3) & (alpha < 0.95)
    errors = [np.abs(image[..., :3] / top * 255 - wanted)[mixed].mean() for image in (with_spill, without)]
    assert errors[1] < errors[0] / 5


def test_exr_multiplies_own_colours_by_alpha(tmp_path: Path) -> None:
    picture, own, alpha = scene()
    light = (picture / 255).astype(np.float32) * 2  # beyond 1, as scene light is
    from fractions import Fraction

    family = ExrFamily(Content.PICTURE, ExrOptions(is_float=True), rate=Fraction(24), is_light=True)
    (shot,) = family.pictures(FrameToWrite(0, 0, [layer(alpha, 1.0)], light))
    family.write(tmp_path / "a.exr", shot[1])
    channels = OpenEXR.File(str(tmp_path / "a.exr"), separate_channels=True).parts[0].channels
    green, wanted = channels["G"].pixels, 2 * own[..., 1] / 255 * alpha
    mixed = (alpha > 0.3) & (alpha < 0.95)
    assert np.abs(green - wanted)[mixed].mean() < 0.2 * np.abs(light[..., 1] * alpha - wanted)[mixed].mean()
    assert np.allclose(channels["A"].pixels, alpha)

"""The demo shot: a fish crosses a reef, rendered by our own code, with its true masks.

The fish moves, turns, bends, swims behind kelp for a few frames and passes a look-alike. Camera drift, motion blur
over an open shutter, caustic light and sensor noise make it a picture to rotoscope rather than a drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.demo.textures import FISH_SIZE, FloatImage, fish, fractal_noise, kelp, reef

HEIGHT, WIDTH = 540, 960
FRAME_COUNT = 84
RATE = Fraction(24)
SEED = 20240607
_SHUTTER_SAMPLES = 5
_SHUTTER = 0.5  # of a frame: a 180 degree shutter
_STAGE = (640, 1240)  # the backdrop is larger than the picture, so that the camera can drift
_KELP_STAGE = (620, 1500)


@dataclass(frozen=True)
class DemoFrame:
    """One frame of the demo shot.

    Attributes:
        rgb: (540, 960, 3) uint8.
        alpha: (540, 960) float32: how much of each pixel the fish covers, motion blur and kelp included.
    """

    rgb: NDArray[np.uint8]
    alpha: FloatImage

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(540, 960): pixels that are at least half fish."""
        return self.alpha >= 0.5


@dataclass(frozen=True)
class Pose:
    """Place and turn of a fish at one instant.

    Attributes:
        x, y: centre in stage pixels.
        scale: texture pixels to stage pixels.
        roll: rotation in radians.
        yaw: turn about the vertical in radians; at pi/2 it would be seen head-on.
        beat: phase of the tail's stroke in radians.
    """

    x: float
    y: float
    scale: float
    roll: float
    yaw: float
    beat: float


def hero_pose(time: float) -> Pose:
    """The fish to rotoscope, at a time in frames."""
    s = time / (FRAME_COUNT - 1)
    return Pose(
        x=275 + 760 * s - 35 * np.sin(2.2 * np.pi * s),
        y=300 - 70 * np.sin(1.9 * np.pi * s) + 8 * np.sin(time * 0.45),
        scale=0.44 + 0.12 * np.sin(np.pi * s),
        roll=-0.26 * np.cos(1.9 * np.pi * s),
        yaw=0.25 + 0.70 * np.sin(2.0 * np.pi * s) ** 2,
        beat=time * 0.62,
    )


def rival_pose(time: float) -> Pose:
    """The look-alike, which swims the other way behind the hero."""
    s = time / (FRAME_COUNT - 1)
    return Pose(
        x=1100 - 760 * s,
        y=215 + 55 * np.sin(1.3 * np.pi * s + 0.6) + 5 * np.sin(time * 0.5),
        scale=0.34,
        roll=0.10 * np.sin(2 * np.pi * s),
        yaw=np.pi - 0.3,
        beat=time * 0.7 + 1.0,
    )


def frames() -> Iterator[DemoFrame]:
    """The frames of the shot in order, the same at every call."""
    stage = _Stage(np.random.default_rng(SEED))
    for index in range(FRAME_COUNT):
        yield stage.render(index)


class _Stage:
    """The textures, made once, and the camera."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.backdrop = reef(_STAGE, rng)
        self.hero = _premultiplied(fish(rng))
        self.rival = _premultiplied(fish(rng, tint=0.25))
        self.kelp = _premultiplied(kelp(_KELP_STAGE, ((640, 60), (705, -40), (1330, -70)), rng))
        self.caustics = fractal_noise(_STAGE, 60, rng, octaves=3)
        self.noise = rng

    def render(self, index: int) -> DemoFrame:
        light = self._light(index, _camera(index))
        colour = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        alpha = np.zeros((HEIGHT, WIDTH), np.float32)
        for sample in range(_SHUTTER_SAMPLES):
            picture, cover = self._instant(index + _SHUTTER * (sample / _SHUTTER_SAMPLES - 0.5), light)
            colour += picture / _SHUTTER_SAMPLES
            alpha += cover / _SHUTTER_SAMPLES
        grain = self.noise.normal(0.0, 0.012, (HEIGHT, WIDTH, 1)) + self.noise.normal(0.0, 0.006, (HEIGHT, WIDTH, 3))
        shown = np.clip(colour**0.92 + grain, 0, 1)
        return DemoFrame((shown * 255 + 0.5).astype(np.uint8), alpha)

    def _instant(self, time: float, light: FloatImage) -> tuple[FloatImage, FloatImage]:
        camera = _camera(time)
        picture = _crop(self.backdrop, camera) * light[..., None]
        cover = np.zeros((HEIGHT, WIDTH), np.float32)
        for texture, pose, bright in ((self.rival, rival_pose(time), 0.80), (self.hero, hero_pose(time), 1.0)):
            window = _window(pose, camera)
            if window is None:
                continue
            layer = _draw(texture, pose, camera, window)
            lit = layer[..., :3] * (bright * (0.55 + 0.45 * light[window]))[..., None]
            picture[window] = lit + picture[window] * (1 - layer[..., 3:])
            if texture is self.hero:
                cover[window] = layer[..., 3]
        near = _crop(self.kelp, (camera[0] * 1.5 + 6 * np.sin(time * 0.09), camera[1]))
        return near[..., :3] + picture * (1 - near[..., 3:]), cover * (1 - near[..., 3])

    def _light(self, time: float, camera: tuple[float, float]) -> FloatImage:
        """Caustics: two drifting reliefs whose ridges meet in bright lines, strongest near the floor."""
        first = _crop(self.caustics, (camera[0] + 20 * np.sin(time * 0.05), camera[1] + time * 0.25))
        second = _crop(self.caustics, (camera[0] * 0.6 + 90 - time * 0.3, camera[1] * 0.5 + 20))
        ridge = np.clip(1 - np.abs(first - second) * 5, 0, 1) ** 3
        falloff = np.linspace(0.05, 0.45, HEIGHT, dtype=np.float32)[:, None]
        return np.asarray(0.94 + falloff * ridge, np.float32)


def _camera(time: float) -> tuple[float, float]:
    """Stage position (x, y) of the picture's top left corner: a slow drift of a camera held in water."""
    return 110 + 70 * float(np.sin(time * 0.020)), 40 + 12 * float(np.sin(time * 0.055))


def _premultiplied(texture: FloatImage) -> FloatImage:
    return np.dstack([texture[..., :3] * texture[..., 3:], texture[..., 3:]]).astype(np.float32)


def _crop(picture: FloatImage, corner: tuple[float, float]) -> FloatImage:
    """The part of a picture seen by a camera whose top left corner is at (x, y), to a fraction of a pixel."""
    matrix = np.array([[1, 0, corner[0]], [0, 1, corner[1]]], np.float32)
    seen = cv2.warpAffine(
        picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT
    )
    return seen.astype(np.float32)


def _window(pose: Pose, camera: tuple[float, float]) -> tuple[slice, slice] | None:
    """Rows and columns of the picture that a fish can touch, or None when it is out of sight."""
    reach = 400 * pose.scale
    x, y = pose.x - camera[0], pose.y - camera[1]
    left, right = max(int(x - reach), 0), min(int(x + reach) + 1, WIDTH)
    top, bottom = max(int(y - reach), 0), min(int(y + reach) + 1, HEIGHT)
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def _draw(texture: FloatImage, pose: Pose, camera: tuple[float, float], window: tuple[slice, slice]) -> FloatImage:
    """A premultiplied texture as seen in a pose, inside a window of the picture. Bending grows towards the tail."""
    height, width = FISH_SIZE
    y, x = (grid.astype(np.float32) for grid in np.mgrid[window])
    dx, dy = x + camera[0] - pose.x, y + camera[1] - pose.y
    along = (np.cos(pose.roll) * dx + np.sin(pose.roll) * dy) / (pose.scale * np.cos(pose.yaw))
    across = (-np.sin(pose.roll) * dx + np.cos(pose.roll) * dy) / pose.scale
    behind = np.clip(0.45 - along / width, 0, 1.2)
    sway = 34 * behind**1.6 * np.sin(pose.beat - 3.2 * behind)
    squeeze = 1 + 0.10 * behind * np.cos(pose.beat)
    map_x = along + width / 2 + 22 * behind**2 * np.cos(pose.beat)
    map_y = (across - sway) * squeeze + height / 2
    drawn = cv2.remap(
        texture, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
    return drawn.astype(np.float32)

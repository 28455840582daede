"""Procedural pictures for the demo shot: noise, a reef, kelp and a fish. All of it is computed, nothing is loaded.

Images are float32 in 0..1, colours RGB, straight alpha unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]

FISH_SIZE = (360, 640)  # (height, width) of the fish texture
_ORANGE = np.array([0.93, 0.42, 0.09], np.float32)
_CREAM = np.array([0.96, 0.92, 0.84], np.float32)
_INK = np.array([0.07, 0.06, 0.07], np.float32)


def fractal_noise(
    shape: tuple[int, int], cell_px: float, rng: np.random.Generator, *, octaves: int = 5, stretch: float = 1.0
) -> FloatImage:
    """Smooth random relief (height, width) in 0..1: octaves of value noise, each half the size and strength.

    Args:
        shape: (height, width).
        cell_px: width of the largest blobs.
        rng: source of randomness.
        octaves: number of layers.
        stretch: how much wider than high the blobs are.
    """
    height, width = shape
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cell = max(cell_px / 2**octave, 1.0)
        grid = rng.random((int(height / cell * stretch) + 3, int(width / cell) + 3), np.float32)
        layer = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total += layer.astype(np.float32) * 0.5**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low), np.float32)


def smoothstep(low: float, high: float, value: NDArray[np.floating]) -> FloatImage:
    """0 below `low`, 1 above `high`, and a smooth curve between."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def mix(first: FloatImage, second: FloatImage, amount: FloatImage) -> FloatImage:
    """`first` where amount is 0, `second` where it is 1."""
    weight = amount[..., None] if amount.ndim == 2 else amount
    return np.asarray(first * (1.0 - weight) + second * weight, np.float32)


def reef(shape: tuple[int, int], rng: np.random.Generator) -> FloatImage:
    """The backdrop: blue water above, rocks with coral, a sandy floor. (height, width, 3)."""
    height, width = shape
    y = np.mgrid[0:height, 0:width][0].astype(np.float32)
    depth = y / height
    water = mix(
        np.broadcast_to(np.array([0.16, 0.50, 0.62], np.float32), (*shape, 3)),
        np.broadcast_to(np.array([0.02, 0.16, 0.28], np.float32), (*shape, 3)),
        smoothstep(0.0, 0.75, depth),
    )
    picture = water
    for distance, base in ((0.9, 0.52), (0.55, 0.66), (0.2, 0.80)):
        picture = _rocks(picture, depth, distance=distance, base=base, rng=rng)
    ripples = 0.5 + 0.5 * np.sin(y * 0.55 + 9.0 * fractal_noise(shape, 120, rng, stretch=2.0))
    grain = fractal_noise(shape, 7, rng, octaves=3)
    sand = np.array([0.62, 0.55, 0.40], np.float32) * (0.55 + 0.25 * ripples + 0.35 * grain)[..., None]
    edge = 0.87 + 0.03 * fractal_noise((1, width), 200, rng, octaves=3)
    return mix(picture, sand.astype(np.float32), smoothstep(-0.01, 0.02, depth - edge))


def _rocks(
    behind: FloatImage, depth: FloatImage, *, distance: float, base: float, rng: np.random.Generator
) -> FloatImage:
    """One ridge of rock and coral in front of a picture; `distance` 0..1 is how much haze lies over it."""
    shape = depth.shape
    skyline = base - 0.28 * (fractal_noise((1, shape[1]), 260, rng, octaves=6) - 0.4)
    relief = fractal_noise(shape, 70, rng, octaves=6)
    light = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=5) * -0.35 + 0.55
    stone = np.array([0.42, 0.38, 0.36], np.float32) * (0.45 + 0.75 * relief)[..., None]
    for colour, cell, limit in (
        ((0.66, 0.28, 0.36), 60, 0.60),
        ((0.72, 0.58, 0.26), 45, 0.66),
        ((0.36, 0.46, 0.24), 90, 0.58),
    ):
        patches = smoothstep(limit, limit + 0.06, fractal_noise(shape, cell, rng, octaves=5))
        speckle = 0.6 + 0.8 * fractal_noise(shape, 5, rng, octaves=2)
        stone = mix(stone, np.array(colour, np.float32) * speckle[..., None], patches * 0.85)
    lit = np.clip(stone * np.clip(light, 0.15, 1.5)[..., None], 0, 1)
    haze = np.array([0.06, 0.30, 0.42], np.float32)
    lit = lit * (1 - 0.75 * distance) + haze * 0.75 * distance
    return mix(behind, lit.astype(np.float32), smoothstep(0.0, 0.006, depth - skyline))


def kelp(shape: tuple[int, int], stems: Sequence[tuple[float, float]], rng: np.random.Generator) -> FloatImage:
    """Kelp in front of the camera: (height, width, 4) with straight alpha.

    Args:
        shape: (height, width).
        stems: (x of the root, lean to the top) of each stem, in pixels.
        rng: source of randomness.
    """
    height = shape[0]
    alpha = np.zeros(shape, np.float32)
    tone = np.zeros(shape, np.float32)
    for root_x, lean in stems:
        steps = np.linspace(0, 1, 60)
        xs = root_x + lean * steps**1.4 + 14 * np.sin(steps * 5.0 + root_x)
        ys = height - steps * (height + 40)
        stem = np.stack([xs, ys], axis=1).astype(np.int32)
        cv2.polylines(alpha, [stem], isClosed=False, color=1.0, thickness=9, lineType=cv2.LINE_AA)
        cv2.polylines(tone, [stem], isClosed=False, color=0.35, thickness=9, lineType=cv2.LINE_AA)
        for index in range(3, 60, 3):
            side = 1 if (index // 3) % 2 else -1
            _leaf(alpha, tone, (float(xs[index]), float(ys[index])), side, rng)
    veins = fractal_noise(shape, 26, rng, octaves=4, stretch=0.5)
    colour = np.array([0.30, 0.36, 0.10], np.float32) * (0.35 + 0.9 * tone * (0.6 + 0.8 * veins))[..., None]
    return np.dstack([np.clip(colour, 0, 1), np.clip(alpha, 0, 1)]).astype(np.float32)


def _leaf(alpha: FloatImage, tone: FloatImage, at: tuple[float, float], side: int, rng: np.random.Generator) -> None:
    length, droop = float(rng.uniform(60, 105)), float(rng.uniform(-0.2, 0.7))
    along = np.linspace(0, 1, 14)
    half = 11.0 * np.sin(np.pi * along**0.75)
    spine_x = at[0] + side * length * along
    spine_y = at[1] + length * (droop * along**2 - 0.25 * along)
    outline = np.concatenate(
        [np.stack([spine_x, spine_y - half], 1), np.stack([spine_x, spine_y + half], 1)[::-1]]
    ).astype(np.int32)
    cv2.fillPoly(alpha, [outline], 1.0, cv2.LINE_AA)
    cv2.fillPoly(tone, [outline], float(rng.uniform(0.5, 1.0)), cv2.LINE_AA)


def fish(rng: np.random.Generator, *, tint: float = 0.0) -> FloatImage:
    """A reef fish swimming to the right: FISH_SIZE x 4, straight alpha.

    Args:
        rng: source of randomness for scales and fin rays.
        tint: 0 for the hero; towards 1 the look-alike becomes paler.
    """
    height, width = FISH_SIZE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / (width / 2), (y - height / 2) / (height / 2)
    body = _body_field(u, v)
    fins = _fin_field(u, v)
    shape = np.maximum(smoothstep(-0.012, 0.012, body), smoothstep(-0.012, 0.012, fins))
    colour = _fish_colour(u, v, rng)
    rays = 0.75 + 0.25 * np.sin(60 * np.arctan2(v, u + 0.25) + 2 * fractal_noise(FISH_SIZE, 40, rng))
    colour = np.where((body > 0)[..., None], colour, (colour * rays[..., None]) * 0.85)
    rim = smoothstep(0.0, 0.055, np.maximum(body, fins))
    colour = mix(np.broadcast_to(_INK, colour.shape).astype(np.float32), colour, rim)
    colour = mix(colour, np.broadcast_to(_CREAM, colour.shape).astype(np.float32), np.full(shape.shape, 0.35 * tint))
    return np.dstack([np.clip(colour, 0, 1), shape]).astype(np.float32)


def _body_field(u: FloatImage, v: FloatImage) -> FloatImage:
    """Positive inside the body: an egg that narrows towards the tail on the left."""
    half: FloatImage = (
        0.58 * np.sqrt(np.clip(1 - ((u - 0.18) / 0.68) ** 2, 0, 1)) * (0.62 + 0.38 * smoothstep(-0.6, 0.35, u))
    )
    return np.asarray(half - np.abs(v) - np.where(np.abs(u - 0.18) < 0.68, 0, 0.2), np.float32)


def _fin_field(u: FloatImage, v: FloatImage) -> FloatImage:
    """Positive inside tail, back and belly fins."""
    tail_half = 0.10 + 0.75 * np.clip(-(u + 0.44), 0, None) ** 0.8
    tail = np.minimum(tail_half - np.abs(v), np.minimum(u + 0.93 + 0.10 * np.cos(v * 5), -0.40 - u))
    back = np.minimum(0.86 - 0.9 * (u - 0.02) ** 2 * 1.6 + v + 0.04 * np.sin(u * 60), np.minimum(0.42 - u, u + 0.45))
    back = np.minimum(back, -v)
    belly = np.minimum(0.80 - 2.6 * (u + 0.12) ** 2 - v, np.minimum(0.16 - u, u + 0.40))
    belly = np.minimum(belly, v)
    return np.asarray(np.maximum.reduce([tail, back, belly]), np.float32)


def _fish_colour(u: FloatImage, v: FloatImage, rng: np.random.Generator) -> FloatImage:
    mottled = fractal_noise(FISH_SIZE, 46, rng)
    colour = _ORANGE * (0.72 + 0.5 * mottled)[..., None]
    for centre, half_width in ((0.42, 0.085), (0.02, 0.10), (-0.36, 0.055)):
        bend = u - centre - 0.10 * v**2
        ink = 1 - smoothstep(half_width + 0.02, half_width + 0.05, np.abs(bend))
        band = 1 - smoothstep(half_width - 0.02, half_width + 0.01, np.abs(bend))
        colour = mix(colour.astype(np.float32), np.broadcast_to(_INK, colour.shape).astype(np.float32), ink)
        colour = mix(colour, (_CREAM * (0.85 + 0.25 * mottled)[..., None]).astype(np.float32), band)
    scales = 0.5 + 0.5 * np.cos(u * 85) * np.cos(v * 60 + np.round(u * 85 / np.pi) * np.pi)
    colour *= (0.86 + 0.20 * scales)[..., None]
    colour *= np.clip(1.12 - 0.55 * (v + 0.25), 0.45, 1.35)[..., None]
    pectoral = smoothstep(0.0, 0.02, 0.03 - ((u - 0.20) / 1.0) ** 2 - ((v - 0.16) / 0.75) ** 2)
    colour = mix(colour.astype(np.float32), (_ORANGE * 1.15 * np.ones_like(colour)), pectoral * 0.8)
    return _eye(colour, u, v)


def _eye(colour: FloatImage, u: FloatImage, v: FloatImage) -> FloatImage:
    distance = np.hypot((u - 0.63) * 1.78, v + 0.10)
    for radius, tone in ((0.125, _INK), (0.105, np.array([0.85, 0.55, 0.2], np.float32)), (0.07, _INK)):
        colour = mix(
            colour,
            np.broadcast_to(tone, colour.shape).astype(np.float32),
            1 - smoothstep(radius - 0.012, radius, distance),
        )
    glint = 1 - smoothstep(0.015, 0.03, np.hypot((u - 0.645) * 1.78, v + 0.13))
    return mix(colour, np.ones_like(colour), glint)

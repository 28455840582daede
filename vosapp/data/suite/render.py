"""Renders the synthetic suite: layers from back to front, with the part of each object that is to be seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosapp.data.suite.shapes import Shape
from vosapp.data.suite.textures import Colours, sample, texture

Image = NDArray[np.float32]
_SKIN_PX = 256  # size of an actor's texture


@dataclass(frozen=True, slots=True)
class Pose:
    """Place of something: centre in pixels, angle in radians, pixels a unit (for the camera: zoom)."""

    x: float
    y: float
    angle: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Path:
    """Poses over time: straight between key frames, plus a swing.

    Attributes:
        keys: (frame, pose), frames ascending; constant before the first and after the last.
        swing: (pixels across, pixels down, radians a frame).
    """

    keys: tuple[tuple[float, Pose], ...]
    swing: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def at(self, time: float) -> Pose:
        """The pose at a time in frames. Sizes go geometrically, so that growing looks even."""
        times = [key for key, _ in self.keys]
        poses = [pose for _, pose in self.keys]
        x, y, angle, size = (
            float(np.interp(time, times, values))
            for values in zip(*((p.x, p.y, p.angle, math.log(p.scale)) for p in poses), strict=True)
        )
        across, down, speed = self.swing
        return Pose(x + across * math.sin(speed * time), y + down * math.cos(speed * time), angle, math.exp(size))


@dataclass(frozen=True)
class Actor:
    """Something in the scene.

    Attributes:
        shape, path: what and where.
        colours, seed: its skin.
        object_id: its number in the truth; 0 for occluders and look-alikes, which have none.
        softness_px: width of its edge; 1 is an ordinary antialiased one.
        shown: ranges of frames (first, last) in which it is there, all unless told.
        coarse_px: patch size of the skin.
    """

    shape: Shape
    path: Path
    colours: Colours
    seed: int
    object_id: int = 0
    softness_px: float = 1.0
    shown: tuple[tuple[int, int], ...] = ()
    coarse_px: int = 48

    def is_shown(self, time: float) -> bool:
        """Whether it is there at a time."""
        return not self.shown or any(first <= time < last + 1 for first, last in self.shown)


@dataclass(frozen=True)
class Backdrop:
    """Background of everything from one frame on."""

    first_frame: int
    colours: Colours
    seed: int
    coarse_px: int = 64


@dataclass(frozen=True)
class Scene:
    """A clip of the suite.

    Attributes:
        name: of the clip; what: one sentence.
        actors: from back to front.
        backdrops: first frames ascending; more than one makes cuts.
        camera: centre of the view and zoom; actors and backdrop stand still under it.
        shutter: pictures averaged over half a frame's time for motion blur, 1 for none.
        noise: standard deviation of the sensor noise in steps of 255.
    """

    name: str
    what: str
    actors: tuple[Actor, ...]
    backdrops: tuple[Backdrop, ...]
    camera: Path = field(default_factory=lambda: Path(((0, Pose(256, 144)),)))
    height: int = 288
    width: int = 512
    frame_count: int = 40
    shutter: int = 1
    noise: float = 2.0

    @property
    def object_ids(self) -> tuple[int, ...]:
        """The objects, ascending."""
        return tuple(sorted({actor.object_id for actor in self.actors if actor.object_id}))


@dataclass(frozen=True)
class Rendering:
    """One frame: rgb (height, width, 3) uint8 and per object the alpha that is to be seen, float32 in 0..1."""

    rgb: NDArray[np.uint8]
    alphas: dict[int, Image]


def render(scene: Scene, frame_index: int) -> Rendering:
    """Frame `frame_index` of a scene with its exact truth. The same call always gives the same pixels."""
    times = [frame_index + 0.5 * i / scene.shutter for i in range(scene.shutter)]
    moments = [_render_moment(scene, time) for time in times]
    colour = sum(rgb for rgb, _ in moments) / len(moments)
    random = np.random.default_rng([len(scene.name), sum(scene.name.encode()), frame_index])
    grain = random.standard_normal((scene.height, scene.width, 1), np.float32) * np.float32(scene.noise)
    alphas = {
        i: np.asarray(sum(alphas[i] for _, alphas in moments) / len(moments), np.float32) for i in scene.object_ids
    }
    return Rendering(np.clip(np.rint(colour + grain), 0, 255).astype(np.uint8), alphas)


def _render_moment(scene: Scene, time: float) -> tuple[Image, dict[int, Image]]:
    camera = scene.camera.at(time)
    x, y = _world(scene, camera)
    picture = _backdrop(scene.backdrops, time, x, y)
    alphas = {i: np.zeros(x.shape, np.float32) for i in scene.object_ids}
    for actor in scene.actors:
        if not actor.is_shown(time):
            continue
        alpha, skin = _paint(actor, time, camera.scale, x, y)
        picture = picture + alpha[..., None] * (skin - picture)
        for object_id, seen in alphas.items():
            alphas[object_id] = seen * (1 - alpha)
        if actor.object_id:
            alphas[actor.object_id] += alpha
    return picture, alphas


def _world(scene: Scene, camera: Pose) -> tuple[Image, Image]:
    """World coordinates of every pixel of the view."""
    columns, rows = np.meshgrid(
        np.arange(scene.width, dtype=np.float32) - (scene.width - 1) / 2,
        np.arange(scene.height, dtype=np.float32) - (scene.height - 1) / 2,
    )
    cosine, sine = math.cos(camera.angle) / camera.scale, math.sin(camera.angle) / camera.scale
    x = columns * np.float32(cosine) - rows * np.float32(sine) + np.float32(camera.x)
    y = columns * np.float32(sine) + rows * np.float32(cosine) + np.float32(camera.y)
    return x.astype(np.float32), y.astype(np.float32)


def _backdrop(backdrops: Sequence[Backdrop], time: float, x: Image, y: Image) -> Image:
    current = [b for b in backdrops if b.first_frame <= time][-1]
    picture = texture(640, 1024, current.seed, current.colours, current.coarse_px)
    return sample(picture, x + np.float32(256), y + np.float32(176))


def _paint(actor: Actor, time: float, zoom: float, x: Image, y: Image) -> tuple[Image, Image]:
    """Alpha (height, width) and colours (height, width, 3) of an actor."""
    pose = actor.path.at(time)
    cosine, sine = np.float32(math.cos(pose.angle) / pose.scale), np.float32(math.sin(pose.angle) / pose.scale)
    px, py = x - np.float32(pose.x), y - np.float32(pose.y)
    u, v = px * cosine + py * sine, py * cosine - px * sine
    alpha, skin = np.zeros(x.shape, np.float32), np.zeros((*x.shape, 3), np.float32)
    reach = actor.shape.reach + actor.softness_px / pose.scale
    near = (np.abs(u) < reach) & (np.abs(v) < reach)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not rows.size:
        return alpha, skin
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    distance_px = actor.shape.distance(u[box], v[box], time) * np.float32(pose.scale * zoom)
    alpha[box] = np.clip(0.5 - distance_px / np.float32(actor.softness_px), 0, 1)
    pixels = texture(_SKIN_PX, _SKIN_PX, actor.seed, actor.colours, actor.coarse_px)
    place = np.float32(_SKIN_PX / 3)
    skin[box] = sample(pixels, (u[box] + np.float32(1.5)) * place, (v[box] + np.float32(1.5)) * place)
    return alpha, skin

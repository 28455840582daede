"""The clips of the synthetic suite: one difficulty each, so that a weakness shows by name."""

from __future__ import annotations

import math
from collections.abc import Callable

from vosapp.data.suite.render import Actor, Backdrop, Path, Pose, Scene
from vosapp.data.suite.shapes import Blob, Limb, Shape, Together, bicycle, furry, walker
from vosapp.data.suite.textures import Colours

MEADOW: Colours = ((44, 66, 38), (86, 110, 56), (140, 148, 88), (182, 172, 120))
STREET: Colours = ((58, 60, 66), (108, 106, 104), (152, 142, 130), (96, 84, 78))
DUSK: Colours = ((40, 36, 66), (92, 64, 96), (168, 104, 96), (214, 160, 112))
FUR: Colours = ((92, 60, 40), (176, 126, 76), (222, 190, 140))
RED: Colours = ((120, 26, 30), (196, 58, 44), (232, 132, 96))
BLUE: Colours = ((26, 44, 108), (58, 96, 176), (142, 176, 220))
GREY: Colours = ((48, 48, 50), (96, 98, 100), (150, 150, 148))
GOLD: Colours = ((110, 80, 24), (206, 160, 48), (244, 222, 150))
CAMOUFLAGE: Colours = ((74, 66, 60), (132, 112, 90), (190, 166, 132))
SKINS: tuple[Colours, ...] = (
    RED,
    BLUE,
    GOLD,
    ((22, 84, 54), (60, 150, 92), (164, 214, 160)),
    ((84, 30, 96), (148, 74, 168), (214, 160, 220)),
    ((20, 92, 100), (52, 158, 166), (170, 222, 220)),
    ((130, 60, 20), (214, 112, 44), (248, 192, 138)),
    ((70, 70, 84), (140, 142, 160), (226, 226, 232)),
)
LUMP = Blob(((3, 0.14, 0.4, 0.12), (5, 0.07, 1.3, -0.2)))


def straight(*keys: tuple[float, float, float, float, float], swing: tuple[float, float, float] = (0, 0, 0)) -> Path:
    """A path from (frame, x, y, angle, scale) keys."""
    return Path(tuple((frame, Pose(x, y, angle, scale)) for frame, x, y, angle, scale in keys), swing)


def disappearance() -> Scene:
    """A walker goes behind a wall, is gone for eight frames, and comes out."""
    wall = Actor(
        Together((Limb((0, -2.2), (0, 2.2), 0.72),)), straight((0, 262, 144, 0, 120)), STREET, 21, coarse_px=20
    )
    hero = Actor(
        walker(), straight((0, 84, 170, 0, 42), (39, 440, 158, 0, 46), swing=(0, 3, 0.5)), FUR, 11, object_id=1
    )
    return Scene(
        "disappearance", "gone behind a wall for some frames, then back", (hero, wall), (Backdrop(0, MEADOW, 1),)
    )


def leaves_and_returns() -> Scene:
    """A lump leaves the frame on the left and comes back in from the right, turned."""
    path = straight((0, 200, 140, 0, 40), (12, -70, 150, -0.8, 40), (20, 600, 120, 1.0, 44), (39, 300, 150, 2.2, 46))
    hero = Actor(LUMP, path, GOLD, 12, object_id=1, shown=((0, 12), (20, 39)))
    return Scene("return", "leaves the frame on one side and returns on the other", (hero,), (Backdrop(0, DUSK, 2),))


def distractors() -> Scene:
    """One of four equal lumps is the object; the others pass close by, one in front of it."""
    others = [
        Actor(LUMP, straight((0, 420, 90, 0.5, 38), (39, 110, 116, 2, 38)), FUR, 13),
        Actor(LUMP, straight((0, 110, 230, 2, 40), (39, 360, 238, 0, 40)), FUR, 13),
        Actor(LUMP, straight((0, 60, 70, 1, 38), (39, 240, 46, 3, 38)), FUR, 13),
    ]
    hero = Actor(LUMP, straight((0, 130, 132, 0, 40), (39, 400, 160, -1, 40)), FUR, 13, object_id=1)
    return Scene(
        "distractors",
        "three look-alikes pass close by, one in front",
        (others[1], others[2], hero, others[0]),
        (Backdrop(0, MEADOW, 3),),
    )


def scale_change() -> Scene:
    """A walker comes nearer: it grows to ten times its size."""
    path = straight((0, 150, 110, 0, 11), (39, 280, 150, 0.15, 110), swing=(0, 2, 0.6))
    return Scene(
        "scale",
        "grows to ten times its size",
        (Actor(walker(), path, CAMOUFLAGE, 14, object_id=1),),
        (Backdrop(0, STREET, 4),),
    )


def thin_structures() -> Scene:
    """A bicycle of thin bars rolls past."""
    path = straight((0, 130, 150, 0, 74), (39, 372, 138, 0.06, 84))
    return Scene(
        "thin",
        "spokes and bars two to eight pixels wide",
        (Actor(bicycle(), path, BLUE, 15, object_id=1, coarse_px=24),),
        (Backdrop(0, MEADOW, 5),),
    )


def crossing(count: int) -> Scene:
    """Lumps and walkers that start around the middle and cross each other there."""
    actors = []
    for i in range(count):
        angle = 2 * math.pi * i / count + 0.3
        start = (256 + 190 * math.cos(angle), 144 + 100 * math.sin(angle))
        end = (256 - 175 * math.cos(angle + 0.45), 144 - 92 * math.sin(angle + 0.45))
        size = (46 if count <= 3 else 27) * (1 + 0.15 * math.sin(3 * i))
        path = straight((0, *start, 0.2 * i, size), (39, *end, 0.2 * i + 0.9, size))
        shape: Shape = walker() if i % 3 == 2 else LUMP
        actors.append(Actor(shape, path, SKINS[i % len(SKINS)], 30 + i, object_id=i + 1))
    return Scene(
        f"crossing-{count}", f"{count} objects cross in the middle", tuple(actors), (Backdrop(0, STREET, 6 + count),)
    )


def cuts() -> Scene:
    """A hard cut to another place without the object, and a cut back to it."""
    hero = Actor(
        walker(),
        straight((0, 170, 150, 0, 48), (14, 240, 150, 0, 50), (27, 300, 140, 0, 50), (39, 360, 140, 0, 52)),
        GOLD,
        17,
        object_id=1,
        shown=((0, 14), (27, 39)),
    )
    stranger = Actor(LUMP, straight((15, 330, 150, 0, 60), (26, 250, 150, 1, 60)), BLUE, 18, shown=((15, 26),))
    drops = (Backdrop(0, MEADOW, 9), Backdrop(15, DUSK, 10), Backdrop(27, MEADOW, 9))
    return Scene("cuts", "a cut away and a cut back", (hero, stranger), drops)


def soft_edges() -> Scene:
    """A furry ball with an edge five pixels wide and hairs that sway; its true alpha is known."""
    path = straight((0, 180, 140, 0, 78), (39, 330, 150, 0.7, 84))
    hero = Actor(furry(), path, FUR, 19, object_id=1, softness_px=5.0)
    return Scene("soft", "fur and a soft edge, with the true alpha", (hero,), (Backdrop(0, DUSK, 11),), shutter=2)


def fast_camera() -> Scene:
    """The camera whips about while a walker runs; the picture smears."""
    camera = Path(
        (
            (0, Pose(250, 150)),
            (8, Pose(390, 120, 0.05)),
            (14, Pose(180, 180, -0.06)),
            (22, Pose(330, 100, 0.04, 1.15)),
            (30, Pose(170, 170, -0.05, 1.1)),
            (39, Pose(300, 140)),
        ),
        swing=(6, 5, 1.9),
    )
    hero = Actor(walker(), straight((0, 220, 150, 0, 50), (39, 330, 150, 0, 50)), RED, 20, object_id=1)
    other = Actor(LUMP, straight((0, 420, 200, 0, 40)), GREY, 22)
    return Scene(
        "fast-camera",
        "a whipping camera with motion blur",
        (other, hero),
        (Backdrop(0, STREET, 12),),
        camera=camera,
        shutter=4,
    )


SCENES: tuple[Callable[[], Scene], ...] = (
    disappearance,
    leaves_and_returns,
    distractors,
    scale_change,
    thin_structures,
    lambda: crossing(3),
    lambda: crossing(8),
    cuts,
    soft_edges,
    fast_camera,
)

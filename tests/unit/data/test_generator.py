"""Training clips: the same by seed, exact masks, flow that fits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.photographs import small_bank
from vosapp.data.generator.clip import generate
from vosapp.data.generator.contact_sheet import contact_sheet
from vosapp.data.generator.crossing import crossing_twin
from vosapp.data.generator.damage import damaged
from vosapp.data.generator.layer_types import TARGET, Layer
from vosapp.data.generator.layers import Picture, draw, hidden, over, placed
from vosapp.data.generator.limbs import draw_limbs
from vosapp.data.generator.motion import Pose, draw_motion, moved, still_pose
from vosapp.data.generator.poles import draw_poles
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.data.generator.turning import turning
from vosapp.data.photographs.cutouts import Cutout
from vosapp.optical_flow import dense_flow

SETTINGS = GeneratorSettings(size_px=64, steps=3)


def test_a_seed_gives_the_same_clip() -> None:
    bank = small_bank()
    for seed in range(6):
        first, second = generate(bank, SETTINGS, (4, seed)), generate(bank, SETTINGS, (4, seed))
        for name in ("rgb", "masks", "others", "guidance"):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    other = generate(bank, SETTINGS, (5, 0))
    assert not np.array_equal(other.rgb, generate(bank, SETTINGS, (4, 0)).rgb)


def test_clips_have_an_object_that_goes_on() -> None:
    bank = small_bank()
    found, damage = [], 0
    for seed in range(24):
        clip = generate(bank, SETTINGS, (1, seed))
        assert clip.rgb.shape == (5, 64, 64, 3)
        assert clip.masks.shape == clip.others.shape == (5, 64, 64)
        found.append((clip.masks[:2] > 127).mean(axis=(1, 2)).min())
        damage += not np.array_equal(clip.guidance, clip.masks[1])
    assert np.mean(np.array(found) >= 0.012) > 0.9
    assert 12 <= damage <= 24


@pytest.mark.parametrize("kind", ["calm", "bent", "turned", "crossing", "limbs", "poles"])
def test_every_kind_of_clip_has_its_object(kind: str) -> None:
    """All have masks, and the same seed gives the same clip."""
    bank, settings = small_bank(), replace(SETTINGS, **{kind: 1.0})
    clips = [generate(bank, settings, (4, seed)) for seed in range(8)]
    assert np.mean([(clip.masks[:2] > 127).mean(axis=(1, 2)).min() >= 0.012 for clip in clips]) > 0.8
    again = generate(bank, settings, (4, 3))
    assert np.array_equal(again.rgb, clips[3].rgb)
    assert not np.array_equal(generate(bank, SETTINGS, (4, 3)).rgb, clips[3].rgb)


def test_calm_clips_move_less() -> None:
    bank = small_bank()
    motion = [
        np.mean([_motion(generate(bank, settings, (5, seed)).rgb) for seed in range(12)])
        for settings in (SETTINGS, replace(SETTINGS, calm=1.0))
    ]
    assert motion[1] < 0.7 * motion[0]


def _motion(rgb: NDArray[np.uint8]) -> float:
    """Mean length of the flow between the last frames."""
    return float(np.abs(dense_flow(rgb[-1], rgb[-2])).mean())


def test_a_look_alike_comes_near_and_goes_its_own_way() -> None:
    picture = Picture(np.zeros((20, 20, 3), np.uint8), np.full((20, 20), 255, np.uint8), (0, 0, 20, 20))
    pose, nearest, passed = still_pose(np.array([50.0, 50.0]), 1.0, np.random.default_rng(0)), [], []
    for seed in range(20):
        target = Layer(TARGET, (picture,) * 6, (pose,) * 6, np.zeros(2))
        twin = crossing_twin(target, picture, 20.0, np.random.default_rng(seed), speed=1.0)
        assert len(twin.poses) == len(twin.pictures) == 6
        assert twin.role != TARGET
        away = [float(np.hypot(*(p.centre - pose.centre))) / 20 for p in twin.poses]
        nearest.append(min(away[2:]))
        passed.append(max(away[1:]) - min(away[1:]))
        assert away[0] > 0.6, "apart on the anchor"
    assert max(nearest) < 1.0
    assert np.median(passed) > 0.3


def _block(role: int, *, side: float, middles: list[tuple[float, float]], angle: float = 0.0) -> Layer:
    """A square block of a side, its middle at these places."""
    picture = Picture(np.full((20, 20, 3), 90, np.uint8), np.full((20, 20), 255, np.uint8), (0, 0, 20, 20))
    still = replace(still_pose(np.zeros(2), side / 20, np.random.default_rng(0)), angle=angle, stretch=0.0)
    poses = tuple(replace(still, centre=np.array(middle)) for middle in middles)
    return Layer(role, (picture,) * len(poses), poses, np.zeros(2))


def test_limbs_hang_even_on_an_object_that_is_nowhere_more_than_half_there() -> None:
    body = _block(TARGET, side=36, middles=[(60.0, 60.0), (50.0, 50.0), (58.0, 50.0)])
    look = Cutout(np.full((40, 60, 3), 120, np.uint8), np.full((40, 60), 255, np.uint8), (0, 0, 60, 40))
    faint = tuple(replace(one, alpha=np.full((20, 20), 80, np.uint8)) for one in body.pictures)
    behind, before = draw_limbs(replace(body, pictures=faint), [look], 36, np.random.default_rng(0), speed=1.0)
    assert behind + before


@pytest.mark.parametrize("seed", range(6))
def test_limbs_hang_on_the_object_and_swing(seed: int) -> None:
    """On every frame each of them touches the body, wherever that goes; none of them stays as it was."""
    middles = [(60.0, 60.0), (50.0, 50.0), (58.0, 50.0), (66.0, 52.0), (74.0, 54.0)]
    body = _block(TARGET, side=36, middles=middles)
    look = Cutout(np.full((40, 60, 3), 120, np.uint8), np.full((40, 60), 255, np.uint8), (0, 0, 60, 40))
    behind, before = draw_limbs(body, [look], 36, np.random.default_rng(seed), speed=1.0)
    assert 1 <= len(behind) + len(before) <= 4
    for limb in behind + before:
        assert limb.role == TARGET
        for index in range(len(middles)):
            alpha, ours = (draw(part.pictures[index], part.poses[index], 128)[1] for part in (limb, body))
            assert np.count_nonzero(np.minimum(alpha, ours) > 127) > 0
        angles = [pose.angle for pose in limb.poses[1:]]
        assert max(angles) - min(angles) > 0.005


def test_a_pole_passes_the_object_and_lets_it_go() -> None:
    bank, hidden_then_seen = small_bank(), 0
    for seed in range(12):
        body = _block(TARGET, side=30, middles=[(64.0, 64.0)] * 9)
        for pole in draw_poles(bank, body, 30, np.random.default_rng(seed), 128):
            assert pole.role != TARGET
            ours = draw(body.pictures[1], body.poses[1], 128)[1] > 127
            over = [
                np.count_nonzero(ours & (draw(pole.pictures[k], pole.poses[k], 128)[1] > 127)) / ours.sum()
                for k in range(1, 9)
            ]
            assert max(over) < 0.75, "never more than a part of the object"
            hidden_then_seen += max(over) > 0.04 and over[-1] < max(over)
    assert hidden_then_seen > 6


def test_a_turning_object_shows_another_side_within_the_same_outline() -> None:
    red, green = (np.full((40, 60, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 200, 0)))
    alpha = np.full((40, 60), 255, np.uint8)
    front = Picture(red, alpha, (0, 0, 60, 40))
    shown = turning([front] * 6, Cutout(green, alpha, (0, 0, 60, 40)), np.random.default_rng(3), 1.0)
    new = [float((picture.rgb[..., 1] > 100).mean()) for picture in shown]
    assert new[0] < 0.05 < new[-1]
    assert new == sorted(new)
    assert all(picture.alpha is alpha for picture in shown)


@pytest.mark.parametrize("seed", range(8))
def test_damage_leaves_something_to_recognise(seed: int) -> None:
    mask = np.zeros((80, 80), np.uint8)
    cv2.circle(mask, (40, 40), 18, 255, -1)
    result = damaged(mask, np.zeros_like(mask), np.random.default_rng(seed))
    assert result.shape == mask.shape
    assert not np.array_equal(result, mask)
    assert _jaccard(result, mask) > 0.15
    np.testing.assert_array_equal(result, damaged(mask, np.zeros_like(mask), np.random.default_rng(seed)))


def test_an_empty_mask_has_nothing_to_damage() -> None:
    empty = np.zeros((30, 30), np.uint8)
    assert not damaged(empty, empty, np.random.default_rng(1)).any()


def test_a_plain_pose_draws_the_picture_where_it_says() -> None:
    alpha = np.zeros((40, 40), np.uint8)
    alpha[10:30, 10:30] = 255
    picture = Picture(np.full((40, 40, 3), 90, np.uint8), alpha, (10, 10, 30, 30))
    pose = Pose(np.array([32.0, 20.0]), 1.0, 0.0, 0.0, 0.0, np.zeros((5, 5, 2)))
    np.testing.assert_allclose(placed(picture, pose, 64)[20, 32], [20, 20], atol=1e-4)
    _, drawn = draw(picture, pose, 64)
    rows, columns = np.nonzero(drawn > 127)
    assert (columns.mean(), rows.mean()) == pytest.approx((31.5, 19.5), abs=0.51)
    assert len(rows) == pytest.approx(400, abs=45)


def test_poses_add_up() -> None:
    random = np.random.default_rng(1)
    pose, motion = still_pose(np.zeros(2), 1.0, random), draw_motion(50, random)
    np.testing.assert_allclose(moved(moved(pose, motion, 1), motion, 2).centre, moved(pose, motion, 3).centre)
    assert moved(pose, motion, 2).scale == pytest.approx(pose.scale * np.exp(2 * motion.growth))


def test_layers_cover_and_hide() -> None:
    below, above = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 200, np.uint8)
    alpha = np.array([[0, 255], [128, 255]], np.uint8)
    assert over(below, above, alpha)[..., 0].tolist() == [[0, 200], [100, 200]]
    assert hidden(np.full((2, 2), 255, np.uint8), alpha).tolist() == [[255, 0], [127, 0]]


def test_the_generator_needs_no_torch() -> None:
    code = "import sys, vosapp.data.generator.clip; sys.exit(any(m in sys.modules for m in ('torch', 'av', 'PySide6')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _jaccard(first: np.ndarray, second: np.ndarray) -> float:
    a, b = first > 127, second > 127
    return float((a & b).sum() / max(1, (a | b).sum()))


def test_a_contact_sheet_shows_every_frame() -> None:
    clips = [generate(small_bank(), SETTINGS, (1, seed)) for seed in range(3)]
    sheet = contact_sheet(clips)
    assert sheet.shape == (2 * (64 + 4), 2 * (5 * 64 + 4), 3)
    assert (sheet[:64, :64] == (255, 0, 0)).all(axis=-1).any()
    assert not sheet[68:132, 324 : 324 + 320].any()

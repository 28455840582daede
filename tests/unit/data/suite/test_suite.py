"""The synthetic suite: equal every time, and each clip is as hard as its name says."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from vosapp.data.suite.clips import SuiteClip, suite_clips, suite_scenes
from vosapp.data.suite.render import render
from vosapp.data.suite.shapes import Blob, Limb, Ring


def areas(name: str, frames: range = range(0, 40, 3)) -> dict[int, list[int]]:
    clip = SuiteClip(name)
    truths = [clip.truth(i) for i in frames]
    return {item.id: [int(truth[item.id].sum()) for truth in truths] for item in clip.objects}


def test_every_clip_is_whole() -> None:
    assert len({clip.name for clip in suite_clips()}) == 10
    for clip in suite_clips():
        assert clip.frame(0).shape == (288, 512, 3)
        assert clip.frame(0).dtype == np.uint8
        assert all(mask.any() for mask in clip.truth(0).values())
        assert pickle.loads(pickle.dumps(clip)) == clip


def test_the_same_frame_is_always_the_same() -> None:
    scene = suite_scenes()["fast-camera"]
    first, second = render(scene, 9), render(scene, 9)
    np.testing.assert_array_equal(first.rgb, second.rgb)
    np.testing.assert_array_equal(first.alphas[1], second.alphas[1])


def test_noise_differs_between_frames() -> None:
    clip = SuiteClip("return")
    assert (clip.frame(16) != clip.frame(17)).mean() > 0.5


@pytest.mark.parametrize("name", ["disappearance", "return", "cuts"])
def test_the_object_is_gone_for_a_while_and_comes_back(name: str) -> None:
    clip = SuiteClip(name)
    present = [bool(clip.truth(i)[1].any()) for i in range(clip.frame_count)]
    gone = present.index(False)
    assert present.index(True, gone) - gone >= 6
    assert present[-1]


def test_the_object_grows_tenfold() -> None:
    sizes = areas("scale", range(0, 40, 39))[1]
    assert sizes[1] / sizes[0] > 90


def test_thin_things_are_thin() -> None:
    mask = SuiteClip("thin").truth(20)[1]
    core = mask[3:-3, 3:-3] & mask[:-6, 3:-3] & mask[6:, 3:-3] & mask[3:-3, :-6] & mask[3:-3, 6:]
    assert core.sum() < 0.35 * mask.sum()


@pytest.mark.parametrize("count", [3, 8])
def test_objects_cross_and_hide_each_other(count: int) -> None:
    sizes = areas(f"crossing-{count}")
    assert len(sizes) == count
    assert min(min(values) / values[0] for values in sizes.values()) < 0.6


def test_truths_of_one_frame_do_not_overlap() -> None:
    masks = SuiteClip("crossing-8").truth(18).values()
    assert np.sum(list(masks), axis=0).max() == 1


def test_look_alikes_wear_the_same_skin() -> None:
    lumps = suite_scenes()["distractors"].actors
    assert len({(actor.seed, actor.colours) for actor in lumps}) == 1
    assert [actor.object_id for actor in lumps].count(1) == 1


def test_the_soft_clip_has_a_wide_edge_and_its_alpha() -> None:
    def soft_share(name: str) -> float:
        alpha = render(suite_scenes()[name], 20).alphas[1]
        return float(((alpha > 0.02) & (alpha < 0.98)).sum() / (alpha > 0.5).sum())

    assert soft_share("soft") > 0.2 > 0.15 > soft_share("scale")
    assert SuiteClip("soft").alpha(20) is not None
    assert SuiteClip("scale").alpha(20) is SuiteClip("crossing-3").alpha(0) is None


def test_a_frame_that_is_not_there() -> None:
    with pytest.raises(IndexError, match="no frame 40"):
        SuiteClip("thin").frame(40)


def test_distances_of_shapes() -> None:
    x, y = np.array([0.0, 2.0, 0.5], np.float32), np.zeros(3, np.float32)
    np.testing.assert_allclose(Blob().distance(x, y, 0), [-1, 1, -0.5], atol=1e-6)
    np.testing.assert_allclose(Limb((0, 0), (1, 0), 0.25).distance(x, y, 0), [-0.25, 0.75, -0.25], atol=1e-6)
    np.testing.assert_allclose(Ring((0, 0), 1, 0.25).distance(x, y, 0), [0.75, 0.75, 0.25], atol=1e-6)

"""The demo shot is the same at every call and has in it what the story needs."""

from __future__ import annotations

import itertools

import numpy as np

from vosapp.data.demo import shot as demo_shot


def test_first_frames_are_the_same_at_every_call() -> None:
    first = next(demo_shot.frames())
    again = next(demo_shot.frames())
    assert first.rgb.shape == (demo_shot.HEIGHT, demo_shot.WIDTH, 3)
    assert np.array_equal(first.rgb, again.rgb)
    assert np.array_equal(first.alpha, again.alpha)


def test_the_fish_is_whole_at_the_start_and_hidden_in_part_by_kelp_later() -> None:
    frames = list(itertools.islice(demo_shot.frames(), 36))
    first, hidden = frames[0], frames[34]
    assert 15_000 < first.mask.sum() < 40_000
    edge = np.concatenate([first.mask[0], first.mask[-1], first.mask[:, 0], first.mask[:, -1]])
    assert not edge.any()
    # Behind the kelp the mask has holes and slits: more boundary for its area.
    assert _boundary(hidden.mask) / hidden.mask.sum() > 1.3 * _boundary(first.mask) / first.mask.sum()


def test_alpha_is_soft_at_the_edge_and_certain_inside() -> None:
    alpha = next(demo_shot.frames()).alpha
    assert alpha.min() == 0.0
    assert alpha.max() > 0.999
    soft = (alpha > 0.05) & (alpha < 0.95)
    assert 500 < soft.sum() < 8000


def _boundary(mask: np.ndarray) -> int:
    return int((mask[1:] != mask[:-1]).sum() + (mask[:, 1:] != mask[:, :-1]).sum())

"""Frames go into a network and come back to their place, whatever their size."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vosapp.engine.networks.letterbox import Letterbox

CPU = torch.device("cpu")


@pytest.mark.parametrize("size", [(91, 149), (64, 64), (3, 5), (1, 40)])
def test_masks_come_back_as_they_went_in(size: tuple[int, int]) -> None:
    letterbox = Letterbox.reflecting(size, multiple=16, short_side=0, device=CPU)
    mask = (np.random.default_rng(0).random(size) > 0.5).astype(np.float32)
    inside = letterbox.masks([mask])
    assert inside.shape[1] % 16 == inside.shape[2] % 16 == 0
    np.testing.assert_array_equal(letterbox.frames(inside)[0], mask)


def test_large_frames_are_shrunk_and_come_back_large() -> None:
    letterbox = Letterbox.reflecting((200, 300), multiple=16, short_side=100, device=CPU)
    mask = np.zeros((200, 300), np.float32)
    mask[50:150, 80:200] = 1
    inside = letterbox.masks([mask])
    assert inside.shape == (1, 112, 160)
    back = letterbox.frames(inside)[0]
    assert back.shape == (200, 300)
    assert np.mean((back > 0.5) == (mask > 0.5)) > 0.99


def test_a_grey_picture_of_the_mean_is_near_zero_inside() -> None:
    letterbox = Letterbox.reflecting((32, 48), multiple=16, short_side=0, device=CPU)
    rgb = np.broadcast_to(np.array([124, 116, 104], np.uint8), (32, 48, 3))
    assert letterbox.image(rgb).abs().max() < 0.02

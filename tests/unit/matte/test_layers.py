"""Layers: which one is in front, and what they make together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vosapp.core.document import JoinKind, MatteSettings
from vosapp.core.errors import MaskError
from vosapp.matte.layers import Layer, joined_alpha, joined_coverage, labels_from_front

SHAPE = (20, 24)
RED = (255, 0, 0)


def _layer(object_id: int, rows: slice, matte: MatteSettings) -> Layer:
    mask = np.zeros(SHAPE, np.bool_)
    mask[rows, 4:20] = True
    return Layer(object_id, (1, 2, 3), mask, matte)


FRONT = _layer(7, slice(2, 12), MatteSettings())
BEHIND = _layer(3, slice(8, 18), MatteSettings(feather_px=4))


def test_the_first_layer_is_in_front() -> None:
    labels = labels_from_front([FRONT, BEHIND], [7, 3], SHAPE)
    assert labels[10, 10] == 7 and labels[15, 10] == 3 and labels[0, 0] == 0
    assert labels_from_front([BEHIND, FRONT], [3, 7], SHAPE)[10, 10] == 3


def test_the_most_opaque_layer_counts() -> None:
    together = joined_coverage([FRONT, BEHIND])
    np.testing.assert_array_equal(together, np.maximum(FRONT.coverage, BEHIND.coverage))
    assert together[10, 10] == 1 and 0 < together[18, 10] < 1
    np.testing.assert_array_equal(joined_alpha([FRONT, BEHIND]), np.round(255 * together).astype(np.uint8))


def test_a_refined_edge_needs_the_picture() -> None:
    refined = _layer(1, slice(2, 12), MatteSettings(edge="fast"))
    with pytest.raises(MaskError, match="picture"):
        _ = refined.alpha


def test_other_objects_cut_merge_and_bound_a_matte() -> None:
    mask, other = np.zeros((20, 30), np.bool_), np.zeros((20, 30), np.bool_)
    mask[5:15, 5:20], other[5:15, 12:28] = True, True
    hard = {
        JoinKind.SUBTRACT: mask & ~other,
        JoinKind.ADD: mask | other,
        JoinKind.INSIDE: mask & other,
    }
    for kind, expected in hard.items():
        layer = Layer(1, RED, mask, joined=((kind, Layer(2, RED, other)),))
        assert not layer.is_hard and np.array_equal(layer.alpha, 255 * expected.astype(np.uint8)), kind
        assert np.array_equal(layer.coverage, expected.astype(np.float32)), kind


def test_soft_edges_multiply_so_that_a_held_out_part_and_what_holds_it_out_fit() -> None:
    mask = np.zeros((20, 30), np.bool_)
    mask[:, :15] = True
    soft = MatteSettings(feather_px=8)
    whole, part = Layer(1, RED, np.ones((20, 30), np.bool_)), Layer(2, RED, mask, soft)
    cut = replace(whole, joined=((JoinKind.SUBTRACT, part),))
    assert np.allclose(cut.coverage + part.coverage, 1)
    assert np.array_equal(cut.alpha, np.round(255 * cut.coverage))

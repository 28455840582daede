"""Parts that several networks are made of."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vosapp.models.rgmp import protocol
from vosapp.models.stages.aggregation import aggregate, softmax_aggregation
from vosapp.models.stages.conv_gru import ConvGRUCell
from vosapp.models.stages.conv_lstm import ConvLSTMCell, LSTMState, zeros_like
from vosapp.models.stages.merging import exclusive, merge_by_largest
from vosapp.models.stages.padding import centred, resize
from vosapp.models.stages.sampling import sample_mask, sample_picture


def test_aggregation_is_the_softmax_of_logits() -> None:
    alone = torch.rand(4, 5, 6, generator=torch.Generator().manual_seed(0)) * 0.98 + 0.01
    found = softmax_aggregation(alone)
    torch.testing.assert_close(found, torch.softmax(torch.logit(alone), dim=0), atol=1e-5, rtol=1e-5)
    certain = softmax_aggregation(torch.tensor([0.0, 1.0, 1.0]))
    assert torch.isfinite(certain).all()
    torch.testing.assert_close(certain, torch.tensor([0.0, 0.5, 0.5]), atol=1e-6, rtol=0)


def test_background_is_the_least_that_any_union_says() -> None:
    objects = torch.full((2, 1, 1), 0.5)
    sure, unsure = torch.tensor([[[0.9]]]), torch.tensor([[[0.2]]])
    together = aggregate(objects, torch.cat([sure, unsure]))
    torch.testing.assert_close(together, aggregate(objects, sure))


def test_merging_takes_the_largest_above_one_half() -> None:
    found = torch.tensor([[0.2, 0.7, 0.6, 0.5, 0.8], [0.3, 0.6, 0.9, 0.5, 0.8]])
    assert merge_by_largest(found).tolist() == [0, 1, 2, 0, 1]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_exclusive_probabilities_keep_the_labels(count: int) -> None:
    found = torch.rand(count, 40, 50, generator=torch.Generator().manual_seed(count))
    apart = exclusive(found)
    assert apart.sum(dim=0).max() <= 1 + 1e-6
    assert apart.min() >= 0
    assert torch.equal(merge_by_largest(apart), merge_by_largest(found))
    torch.testing.assert_close(apart.amax(dim=0), found.amax(dim=0))


def test_lstm_cell_sees_one_picture_for_many_objects() -> None:
    torch.manual_seed(0)
    cell = ConvLSTMCell(3, 4, 3)
    state = LSTMState(torch.rand(5, 4, 6, 7), torch.rand(5, 4, 6, 7))
    x = torch.rand(1, 3, 6, 7)
    shared = cell(x, state)
    each = cell(x.expand(5, -1, -1, -1), state)
    torch.testing.assert_close(shared, each, atol=1e-6, rtol=1e-5)
    assert shared.c.min() >= 0
    assert not torch.equal(shared.h[0], shared.h[1])
    assert all(not part.any() for part in zeros_like(state))


def test_gru_forgets_and_takes() -> None:
    torch.manual_seed(0)
    cell = ConvGRUCell(2)
    x, before = torch.rand(1, 2, 4, 4), torch.rand(1, 2, 4, 4)
    torch.testing.assert_close(cell(x, None), cell(x, torch.zeros_like(before)))
    with torch.no_grad():
        cell.gates.weight.zero_()
        assert cell.gates.bias is not None
        cell.gates.bias.fill_(-30.0)  # no update: the past stays
        torch.testing.assert_close(cell(x, before), before)
        cell.gates.bias.fill_(30.0)  # the past is replaced
        assert not torch.allclose(cell(x, before), before, atol=1e-3)


@pytest.mark.parametrize("size", [(480, 854), (96, 160), (91, 149), (1, 1)])
def test_border_comes_off_again(size: tuple[int, int]) -> None:
    border = protocol.border(size)
    picture = torch.rand(1, 3, *size)
    canvas = border.pad(picture)
    assert all(side % 32 == 0 and side > given for side, given in zip(canvas.shape[2:], size, strict=True))
    assert torch.equal(border.crop(canvas), picture)


def test_odd_padding_goes_to_the_end() -> None:
    assert centred((5, 2)) == (2, 3, 1, 1)


def test_scales_of_the_canvas() -> None:
    assert [protocol.scaled((512, 864), scale) for scale in protocol.THREE_SCALES] == [
        (288, 448),
        (416, 672),
        (512, 864),
    ]


def test_resize_leaves_the_same_size_alone() -> None:
    x = torch.rand(2, 4, 5)
    assert resize(x, (4, 5)) is x
    assert resize(x, (8, 10)).shape == (2, 8, 10)


def test_sampling_keeps_flat_pictures_flat_and_sizes_right() -> None:
    flat = np.full((37, 53, 3), (10, 128, 255), np.uint8)
    for size in ((16, 20), (64, 96), (37, 53)):
        found = sample_picture(flat, size)
        assert found.shape == (*size, 3)
        assert (found == (10, 128, 255)).all()


def test_sampling_shrinks_without_aliasing() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    inner = sample_picture(stripes, (16, 16))[2:-2, 2:-2]
    assert abs(int(inner.min()) - 100) <= 2
    assert abs(int(inner.max()) - 100) <= 2


def test_masks_are_sampled_by_the_nearest_pixel() -> None:
    mask = np.zeros((40, 60), np.float32)
    mask[10:20, 15:45] = 1
    found = sample_mask(mask, (20, 30))
    assert set(np.unique(found)) == {0.0, 1.0}
    np.testing.assert_array_equal(found[5:10, 8:22], 1)
    assert abs(found.mean() - mask.mean()) < 0.02

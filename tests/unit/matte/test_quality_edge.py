"""The refiner's edge: tiles leave no seams, and far from the outline the mask stands."""

from __future__ import annotations

import numpy as np
import torch

from vosapp.matte.fast_edge import FastEdge, measured_edge
from vosapp.matte.outline import distance_to_outline
from vosapp.matte.quality_edge import BAND_PX, quality_edge
from vosapp.matte.refiner_input import look, refiner_input
from vosapp.models.matte_refiner.network import MatteRefiner

SHAPE = (230, 421)  # more than one tile, and no multiple of anything


def large_disc() -> np.ndarray:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return (rows - 115) ** 2 + (columns - 200) ** 2 < 90**2


def test_untrained_it_is_the_feathers_mixed_without_seams() -> None:
    mask = large_disc()
    rgb = np.random.default_rng(2).random((*SHAPE, 3)).astype(np.float32)
    network = MatteRefiner().eval()
    fast = measured_edge(rgb, mask)
    found = quality_edge(network, rgb, mask, fast)
    counts = network.choice.bias.detach().softmax(0).numpy()
    mixture = (refiner_input(rgb, mask, look(rgb, mask), fast).candidates * counts[:, None, None]).sum(axis=0)
    near = np.abs(distance_to_outline(mask)) < 5
    assert np.abs(found.alpha - (mixture + fast.alpha) / 2)[near].max() < 1e-4, "half of it, half of the fast edge"


def test_what_it_says_does_not_depend_on_tiles_and_ends_with_the_band() -> None:
    torch.manual_seed(1)
    network = MatteRefiner().eval()
    torch.nn.init.normal_(network.change.weight, std=0.05)
    mask = large_disc()
    rgb = np.random.default_rng(2).random((*SHAPE, 3)).astype(np.float32)
    sharp = FastEdge(mask.astype(np.float32), np.full(SHAPE, 2, np.float32))
    found = quality_edge(network, rgb, mask, sharp)
    far = np.abs(distance_to_outline(mask)) > BAND_PX
    assert np.array_equal(found.alpha[far], mask[far].astype(np.float32))
    assert np.array_equal(found.foreground[far], rgb[far])

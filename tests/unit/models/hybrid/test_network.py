"""The hybrid network: within its size, an identity before training, exact where exactness can be had."""

from __future__ import annotations

import pytest
import torch

from vosapp.models.hybrid import products
from vosapp.models.hybrid.appearance import Appearance, mean_of
from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import Moved, mismatch, warped
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.memory import CELL, MASK_CHANNELS, Memory, Reader
from vosapp.models.hybrid.network import Hybrid


def _moved(mask: torch.Tensor) -> Moved:
    empty = torch.zeros_like(mask)
    return Moved(mask, empty, empty, torch.zeros(len(mask), 2, *mask.shape[-2:]), mask)


def _seen(network: Hybrid, features: Features, mask: torch.Tensor) -> Seen:
    memory = network.memorise(features, mask, torch.zeros_like(mask))
    looks = network.learn(features, mask)
    return Seen(network.read(features, memory, memory), network.score(features, looks, looks))


@torch.inference_mode()
def test_appearance_tells_apart_what_features_tell_apart() -> None:
    """Two kinds of places that differ in one feature are separated; learning twice from a frame changes nothing."""
    torch.manual_seed(0)
    appearance = Appearance(4, 4, 6)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:20, 4:24] = 1
    described = torch.rand(1, 7, 8, 8) * 0.2
    described[:, 2] += mask[..., ::4, ::4][:, 0]
    described[:, 6] = 1
    sums = appearance.learn(described, mask)
    scores = appearance.score(described, sums, mean_of([sums, sums]))
    assert torch.equal(scores > 0, (mask[..., ::4, ::4] > 0).expand_as(scores))
    torch.testing.assert_close(scores[:, 0], scores[:, 1])


@torch.inference_mode()
def test_appearance_of_an_empty_mask_is_nothing() -> None:
    appearance, described = Appearance(4, 4, 6), torch.rand(1, 7, 8, 8)
    sums = appearance.learn(described, torch.zeros(1, 1, 32, 32))
    scores = appearance.score(described, sums, sums)
    assert torch.isfinite(scores).all()
    assert scores.max() <= 0


def test_it_is_small() -> None:
    assert sum(parameter.numel() for parameter in Hybrid().parameters()) <= 4_000_000


@torch.inference_mode()
def test_untrained_it_changes_nothing() -> None:
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    mask = torch.zeros(1, 1, 64, 96)
    mask[..., 16:48, 32:64] = 1
    features = network.encode(torch.rand(1, 3, 64, 96))
    seen = _seen(network, features, mask)
    logits = network.decode(features, seen, _moved(mask), network.first_state(features)).logits
    assert torch.equal(logits > 0, mask[..., ::2, ::2] > 0)


@torch.inference_mode()
def test_memory_gives_back_what_it_was_told() -> None:
    """With keys far apart every place finds itself, and the mask that stood there."""
    reader = Reader(4)
    key = torch.randn(1, 4, 3, 5, generator=torch.Generator().manual_seed(1)) * 50
    value = torch.rand(1, MASK_CHANNELS + 2, 15)
    read = reader(key, Memory(key.flatten(2), value))
    torch.testing.assert_close(read[:, :-1].flatten(2), value, atol=1e-4, rtol=0)
    torch.testing.assert_close(read[:, -1], torch.zeros(1, 3, 5), atol=1e-2, rtol=0)


@torch.inference_mode()
def test_reading_the_best_places_is_close_to_reading_all() -> None:
    torch.manual_seed(0)
    reader, key = Reader(4), torch.randn(1, 4, 4, 4) * 8
    memory = Memory(torch.randn(1, 4, 40) * 8, torch.rand(1, 6, 40))
    torch.testing.assert_close(reader(key, memory, 12), reader(key, memory), atol=1e-3, rtol=0)
    assert torch.equal(reader(key, memory, 40), reader(key, memory, 0))


@pytest.mark.parametrize("onednn", [True, False])
def test_reading_in_parts_says_what_reading_at_once_says(onednn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training reads at once, the engine in parts, with or without torch's operator of oneDNN."""
    monkeypatch.setattr(products, "_HAS_ONEDNN", onednn and products._HAS_ONEDNN)
    torch.manual_seed(0)
    reader, key = Reader(16), torch.randn(2, 16, 20, 17)  # more places than one part
    memory = Memory(torch.randn(2, 16, 70) * 2, torch.rand(2, 6, 70))
    at_once = reader(key, memory).detach()
    with torch.inference_mode():
        torch.testing.assert_close(reader(key, memory), at_once, atol=1e-5, rtol=1e-5)


@torch.inference_mode()
def test_objects_of_a_batch_do_not_touch() -> None:
    torch.manual_seed(0)
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    torch.nn.init.normal_(network.decoder.change.weight)
    masks = torch.rand(2, 1, 32, 48)
    features = network.encode(torch.rand(1, 3, 32, 48))
    expanded = features.expanded(2)
    seen = _seen(network, expanded, masks)
    together = network.decode(expanded, seen, _moved(masks), network.first_state(expanded))
    for k in range(2):
        seen = _seen(network, features, masks[k : k + 1])
        alone = network.decode(features, seen, _moved(masks[k : k + 1]), network.first_state(features))
        torch.testing.assert_close(alone.logits[0], together.logits[k], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(alone.doubt[0], together.doubt[k], atol=1e-4, rtol=1e-4)


def test_warping_goes_along_the_flow() -> None:
    picture = torch.arange(20.0).view(1, 1, 4, 5)
    flow = torch.zeros(1, 2, 4, 5)
    flow[:, 0] = 1
    torch.testing.assert_close(warped(picture, flow)[..., :4], picture[..., 1:])
    assert warped(picture, flow)[..., 4].abs().max() == pytest.approx(0, abs=1e-4)
    flow[:, 0], flow[:, 1] = 0, -1
    torch.testing.assert_close(warped(picture, flow)[..., 1:, :], picture[..., :3, :])
    before = picture.expand(1, 3, 4, 5) / 20
    assert float(mismatch(warped(before, flow), before, flow).max()) == pytest.approx(0, abs=1e-6)


def test_states_stay_within_bounds() -> None:
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    with torch.inference_mode():
        features = network.encode(torch.rand(1, 3, 32, 32))
        mask = torch.rand(1, 1, 32, 32)
        state = network.first_state(features)
        for _ in range(12):
            state = network.decode(features, _seen(network, features, mask), _moved(mask), state).state
    assert state.shape == (1, 8, 32 // CELL, 32 // CELL)
    assert float(state.abs().max()) <= 1

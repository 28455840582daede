"""The second hybrid network: what its parts compute, and that it begins as the first design."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from tests.photographs import small_bank
from vosapp.models.hybrid.appearance import AppearanceSums
from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import Moved
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.hybrid_lite.encoder import LiteEncoder
from vosapp.models.hybrid_lite.guidance import Carried
from vosapp.models.hybrid_lite.network import HybridLite, mean_known
from vosapp.models.hybrid_lite.whole import TOKENS, WholeObject
from vosapp.training.hybrid_lite.beginning import crops, imitate, take_over

SMALL = HybridSettings(8, 8, 8)
SIZE = 64


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(5)


def _shaken(network: torch.nn.Module) -> None:
    """Weights drawn at random where a new network has zeros, so that no part is without effect."""
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.05)


def _masks() -> tuple[Tensor, Tensor]:
    mask, others = torch.zeros(1, 1, SIZE, SIZE), torch.zeros(1, 1, SIZE, SIZE)
    mask[..., 8:40, 8:32], others[..., 40:56, 40:60] = 1, 1
    return mask, others


def _features() -> Features:
    return Hybrid(SMALL).eval().encode(torch.rand(1, 3, SIZE, SIZE))


def test_it_begins_as_the_first_design_without_advice() -> None:
    first, network = Hybrid(SMALL).eval(), HybridLite(SMALL).eval()
    _shaken(first)
    new = take_over(network, first)
    assert new and all(name.startswith("decoder.whole.") for name in new)
    torch.nn.init.zeros_(network.decoder.whole.answer.weight)
    (mask, others), then, now, state = _masks(), _features(), _features(), torch.randn(1, 8, 8, 8)
    flow, mismatch = torch.randn(1, 2, SIZE, SIZE), torch.rand(1, 1, SIZE, SIZE)
    memory, looks = first.memorise(then, mask, others), first.learn(then, mask)
    seen = Seen(first.read(now, memory, memory), first.score(now, looks, looks))
    expected = first.decode(now, seen, Moved(mask, others, mismatch, flow, mask), state)
    kept = network.memorise(then, mask, others), network.learn(then, mask, others)
    recalled = network.recall(now, kept, kept)
    found = network.decode(now, recalled, Carried(mask, others, mismatch, flow), state)
    for name in ("logits", "coarse", "error", "doubt", "state"):
        torch.testing.assert_close(getattr(found, name), getattr(expected, name), atol=1e-4, rtol=1e-4)


def test_untrained_it_leaves_the_moved_mask_as_it_is() -> None:
    network, (mask, others) = HybridLite(SMALL).eval(), _masks()
    features = network.encode(torch.rand(1, 3, SIZE, SIZE))
    kept = network.memorise(features, mask, others), network.learn(features, mask, others)
    carried = Carried(mask, others, torch.zeros_like(mask), torch.zeros(1, 2, SIZE, SIZE))
    recalled = network.recall(features, kept, kept)
    decoded = network.decode(features, recalled, carried, network.first_state(features))
    assert torch.equal(decoded.logits > 0, torch.nn.functional.avg_pool2d(mask, 2) > 0.5)


def test_tokens_of_frames_add_up_whatever_their_number() -> None:
    network, (mask, others), features = HybridLite(SMALL).eval(), _masks(), _features()
    known = network.learn(features, mask, others)
    again = mean_known([known, known, known])
    torch.testing.assert_close(again.tokens.tokens(), known.tokens.tokens())
    assert isinstance(again.looks, AppearanceSums)
    torch.testing.assert_close(again.looks.gram, known.looks.gram)


def test_half_of_the_tokens_see_the_object_and_half_its_surroundings() -> None:
    whole, (mask, others), features = WholeObject(16), _masks(), _features()
    sums = whole.learn(features, torch.zeros_like(mask), others)
    half = TOKENS // 2
    assert not sums.weight[:, :half].any() and sums.weight[:, half:].all()
    assert whole.learn(features, torch.ones_like(mask), others).weight[:, :half].all()


def test_what_is_known_of_the_object_reaches_every_place() -> None:
    whole, x = WholeObject(16), torch.randn(1, 16, 8, 8)
    believed = torch.full((1, 1, 8, 8), 0.5)
    tokens = [torch.randn(1, 2 * TOKENS, 64) for _ in range(2)]
    assert torch.equal(whole(x, tokens[0], believed), x)
    _shaken(whole)
    first, second = (whole(x, drawn, believed) for drawn in tokens)
    assert ((first - second).abs().amax(1) > 0).all()


def test_gradients_reach_the_backbone_only_when_it_learns() -> None:
    encoder = LiteEncoder(8)
    for learns in (False, True):
        encoder.backbone_learns = learns
        encoder.zero_grad()
        sum(level.sum() for level in encoder(torch.rand(1, 3, SIZE, SIZE))).backward()  # type: ignore[union-attr]
        assert (encoder.backbone.stem.convolution.weight.grad is not None) == learns
        assert encoder.key.weight.grad is not None


def test_norms_that_do_not_learn_stay_still_in_training() -> None:
    network = HybridLite(SMALL)
    network.norms_learn = False
    network.train()
    assert network.training
    assert not any(m.training for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d))


def test_adapters_learn_what_another_encoder_says() -> None:
    encoder, teacher = LiteEncoder(8), Hybrid(SMALL).eval().encoder
    before = {name: value.clone() for name, value in encoder.backbone.state_dict().items()}
    errors: list[float] = []
    pictures = itertools.cycle(itertools.islice(crops(small_bank(), 64, 2, seed=1), 2))
    imitate(encoder, teacher, pictures, progress=lambda k: k / 30, on_step=lambda _, e: errors.append(sum(e)))
    assert len(errors) == 30 and errors[-1] < 0.7 * errors[0]
    assert all(torch.equal(value, before[name]) for name, value in encoder.backbone.state_dict().items())

"""The weights that come with the program: small, complete, and better than what flow brings."""

from __future__ import annotations

import pytest
import torch

from tests.photographs import small_bank
from vosapp.core.paths import own_weights_dir
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.loading import load_network
from vosapp.models.registry import network
from vosapp.training.batch import collate
from vosapp.training.hybrid.loss import HybridLoss, Parts

FILE = own_weights_dir() / "hybrid.safetensors"


@pytest.fixture(scope="module")
def shipped() -> Hybrid:
    found = load_network("hybrid")
    assert isinstance(found, Hybrid)
    return found.float().eval()


def test_the_file_is_small_and_has_a_card(shipped: Hybrid) -> None:
    assert FILE.stat().st_size < 10_000_000
    card = FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert all(word in card for word in ("Licence", "Photographs", "Limits", "vosapp evaluate"))
    assert network("hybrid").parameters == sum(parameter.numel() for parameter in shipped.parameters())


@torch.inference_mode()
def test_it_repairs_what_flow_brings(shipped: Hybrid) -> None:
    """On clips of textures, which training never saw, damaged guidance comes out clearly better than it went in."""
    settings = GeneratorSettings(size_px=96, steps=2, damage=1.0)
    batch = collate([generate(small_bank(), settings, (9, k)) for k in range(8)])
    result = HybridLoss(shipped)(batch)
    assert 1 - result.jaccard.mean() < 0.75 * (1 - result.moved_jaccard.mean())


@torch.inference_mode()
@pytest.mark.parametrize("part", ["matching", "appearance", "guidance"])
def test_every_part_is_listened_to(shipped: Hybrid, part: str) -> None:
    """What each is worth is another question, which an ablation answers; here each must change the masks."""
    settings = GeneratorSettings(size_px=96, steps=2)
    batch = collate([generate(small_bank(), settings, (9, k)) for k in range(8)])
    whole = HybridLoss(shipped)(batch).jaccard
    without = HybridLoss(shipped, parts=Parts(**{part: False}))(batch).jaccard
    assert (whole - without).abs().mean() > 0.005

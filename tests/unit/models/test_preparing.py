"""A prepared network computes what the plain one does."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import bottleneck_stages
from vosapp.models.fusing import fold, fold_bottlenecks
from vosapp.models.hs2s.network import HS2S
from vosapp.models.packing import PackedBottleneck, PackedConv2d, can_pack
from vosapp.models.preparing import Precision, dtype_of, prepare, quick_precision
from vosapp.models.rgmp.network import RGMP
from vosapp.models.s2s.network import S2S
from vosapp.models.stages.global_convolution import GlobalConvolution
from vosapp.models.stages.split import part

CPU = torch.device("cpu")
SMALL = {"stem": 8, "widths": (4, 8, 8, 16), "depths": (1, 1, 1, 1)}


def randomise_norms(network: nn.Module) -> nn.Module:
    """Batch norms that do something, so that folding them wrongly shows."""
    generator = torch.Generator().manual_seed(0)
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            for values in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
                assert values is not None
                values.data = torch.rand(values.shape, generator=generator) + 0.5
    return network.eval()


def small_rgmp() -> RGMP:
    torch.manual_seed(1)
    network = randomise_norms(RGMP(width=16, **SMALL))
    assert isinstance(network, RGMP)
    return network


def small_s2s() -> S2S:
    torch.manual_seed(2)
    return S2S(widths=(4, 4, 8, 8, 8), middle=16, wide=32).eval()


def small_hs2s(**options: object) -> HS2S:
    torch.manual_seed(3)
    network = randomise_norms(HS2S(matched=16, **SMALL, **options))
    assert isinstance(network, HS2S)
    return network


def run_rgmp(network: RGMP, rgb: Tensor, masks: Tensor) -> Tensor:
    seen = network.look(rgb)
    return network(seen, masks, network.reference(seen, masks)).foreground


def run_s2s(network: S2S, rgb: Tensor, masks: Tensor) -> Tensor:
    state = network.start(rgb, masks)
    look = network.look(rgb)
    for _ in range(2):
        decoded, state = network(look, state)
    return decoded.probabilities


def run_hs2s(network: HS2S, rgb: Tensor, masks: Tensor) -> Tensor:
    back = network.look_back(rgb)
    anchor, state = network.anchor(back, masks), None
    for _ in range(2):
        decoded, state = network(network.look(rgb), masks, anchor, network.previous(back, masks), state)
        masks = decoded.probabilities
    return masks


RUNS: dict[str, tuple[Callable[[], nn.Module], Callable[..., Tensor]]] = {
    "rgmp": (small_rgmp, run_rgmp),
    "s2s": (small_s2s, run_s2s),
    "hs2s": (small_hs2s, run_hs2s),
    "hs2s-first": (lambda: small_hs2s(references="first"), run_hs2s),
    "hs2s-previous": (lambda: small_hs2s(references="previous", skip_memory=False), run_hs2s),
    "hs2s-similarity": (lambda: small_hs2s(references="similarity"), run_hs2s),
}


@torch.inference_mode()
@pytest.mark.parametrize("objects", [1, 3])
@pytest.mark.parametrize("name", RUNS)
def test_prepared_network_gives_the_same(name: str, objects: int) -> None:
    build, run = RUNS[name]
    rgb = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(4))
    masks = torch.zeros(objects, 64, 96)
    for index in range(objects):
        masks[index, 10 + 5 * index : 40, 20 : 60 + 8 * index] = 1
    plain = run(build(), rgb, masks)
    prepared = run(prepare(build(), CPU), rgb, masks)
    torch.testing.assert_close(prepared, plain, atol=2e-6, rtol=0)
    assert plain.std() > 1e-4, "a constant answer would prove nothing"
    faster = run(prepare(build(), CPU, Precision.BFLOAT16), rgb, masks)
    assert (faster - plain).abs().max() < 0.02


@torch.inference_mode()
def test_nothing_is_left_to_normalise() -> None:
    for build in (small_rgmp, small_hs2s):
        network = prepare(build(), CPU)
        assert not [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]


@torch.inference_mode()
def test_buffers_keep_their_digits() -> None:
    network = prepare(small_rgmp(), CPU, Precision.BFLOAT16)
    assert dtype_of(network) is torch.bfloat16
    assert network.Encoder.mean.dtype is torch.float32


@torch.inference_mode()
def test_stages_that_must_be_exact_keep_their_digits() -> None:
    network = prepare(small_hs2s(), CPU, Precision.BFLOAT16)
    assert dtype_of(network.encoder) is torch.float32
    assert dtype_of(network.memory) is torch.bfloat16
    rgb, masks = torch.rand(1, 3, 64, 96), torch.zeros(1, 64, 96)
    assert run_hs2s(network, rgb, masks).dtype is torch.float32


@torch.inference_mode()
def test_stages_of_two_precisions_go_together_without_packing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a graphics card, where nothing is packed."""
    monkeypatch.setattr("vosapp.models.preparing.can_pack", lambda: False)
    for build, run in RUNS.values():
        rgb, masks = torch.rand(1, 3, 64, 96), torch.zeros(1, 64, 96)
        masks[0, 10:40, 20:60] = 1
        found = run(prepare(build(), CPU, Precision.BFLOAT16), rgb, masks)
        assert (found - run(prepare(build(), CPU), rgb, masks)).abs().max() < 0.02


@torch.no_grad()
def test_folding_two_convolutions_into_one_norm() -> None:
    torch.manual_seed(5)
    norm = nn.BatchNorm2d(6)
    randomise_norms(norm)
    first, second = nn.Conv2d(2, 6, 3, bias=False), nn.Conv2d(3, 6, 3)
    a, b = torch.randn(1, 2, 9, 9), torch.randn(1, 3, 9, 9)
    expected = norm(first(a) + second(b))
    fold(norm, first, second)
    torch.testing.assert_close(first(a) + second(b), expected, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_norm_without_statistics_is_refused() -> None:
    with pytest.raises(ValueError, match="statistics"):
        fold(nn.BatchNorm2d(2, track_running_stats=False), nn.Conv2d(1, 2, 1))


def test_folding_leaves_other_modules_alone() -> None:
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))
    fold_bottlenecks(network)
    assert isinstance(network[1], nn.BatchNorm2d)


@pytest.mark.skipif(not can_pack(), reason="this torch cannot pack weights")
class TestPackedConvolution:
    @torch.inference_mode()
    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
    @pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2, "bias": False}])
    def test_equals_the_plain_one(self, dtype: torch.dtype, options: dict[str, int]) -> None:
        torch.manual_seed(6)
        conv = nn.Conv2d(8, 16, 3, **options).to(dtype)  # type: ignore[arg-type]
        packed = PackedConv2d(conv)
        for size in ((1, 8, 20, 24), (2, 8, 12, 16)):
            x = torch.randn(size).to(dtype)
            torch.testing.assert_close(packed(x), conv(x), atol=1e-5, rtol=2e-2 if dtype is torch.bfloat16 else 1e-5)

    @torch.inference_mode()
    def test_parts_make_the_whole(self) -> None:
        torch.manual_seed(7)
        whole = GlobalConvolution(8, middle=6, out=4)
        x = torch.randn(2, 8, 10, 12)
        expected = whole(x)
        packed = prepare(whole, CPU)
        assert isinstance(packed.conv_l1, PackedConv2d)
        parts = packed.contribution(x[:, :3], 0).plus(packed.contribution(x[:, 3:], 3))
        torch.testing.assert_close(packed.finish(parts), expected, atol=1e-5, rtol=1e-5)

    @torch.inference_mode()
    def test_parts_after_the_whole_are_refused(self) -> None:
        packed = PackedConv2d(nn.Conv2d(4, 4, 1))
        packed(torch.randn(1, 4, 8, 8))
        with pytest.raises(RuntimeError, match="let go"):
            packed.part(torch.randn(1, 2, 8, 8), 0)

    @torch.inference_mode()
    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
    @pytest.mark.parametrize("stride", [1, 2])
    def test_bottleneck_equals_the_plain_one(self, dtype: torch.dtype, stride: int) -> None:
        torch.manual_seed(8)
        (stage,) = bottleneck_stages((4,), (2,), 8)
        randomise_norms(stage)
        stage[0].conv2.stride = stage[0].downsample[0].stride = (stride, stride)
        x = torch.randn(2, 8, 13, 18)
        expected = stage(x)
        packed = prepare(copy.deepcopy(stage), CPU, Precision(str(dtype).removeprefix("torch.")))
        assert all(isinstance(block, PackedBottleneck) for block in packed)
        loose = dtype is torch.bfloat16
        torch.testing.assert_close(packed(x.to(dtype)).float(), expected, atol=0.2 if loose else 1e-5, rtol=2e-2)

    def test_bottleneck_with_plain_convolutions_is_refused(self) -> None:
        (stage,) = bottleneck_stages((4,), (1,), 8)
        with pytest.raises(TypeError, match="not packed"):
            PackedBottleneck(stage[0])

    def test_padding_by_name_is_refused(self) -> None:
        with pytest.raises(ValueError, match="zero padding"):
            PackedConv2d(nn.Conv2d(1, 1, 3, padding="same"))


def test_only_convolutions_come_in_parts() -> None:
    with pytest.raises(TypeError, match="in parts"):
        part(nn.ReLU(), torch.zeros(1, 1, 1, 1), 0)


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [({"avx512_bf16": True}, Precision.BFLOAT16), ({"amx_bf16": True}, Precision.BFLOAT16), ({}, Precision.FLOAT32)],
)
def test_bfloat16_is_quick_only_where_the_processor_has_it(
    abilities: dict[str, bool], expected: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert quick_precision(CPU) is expected
    assert quick_precision(torch.device("cuda")) is Precision.FLOAT32


_MANY_SHAPES = """
import torch
from torch import nn
from vosapp.models.preparing import prepare
network = prepare(nn.Sequential(nn.Conv2d(3, 8, 3)), torch.device("cpu"))
for turn in range(2):
    print("turn", turn, flush=True)
    for side in range(20, 100):
        network(torch.zeros(1, 3, side, side))
"""


def test_kernels_of_shapes_long_gone_are_let_go() -> None:
    """Else a process grows with every new size of the window, for as long as it runs."""
    environment = {**os.environ, "ONEDNN_VERBOSE": "profile_create", "OMP_NUM_THREADS": "1"}
    environment.pop("ONEDNN_PRIMITIVE_CACHE_CAPACITY", None)
    told = subprocess.run(
        [sys.executable, "-c", _MANY_SHAPES], env=environment, capture_output=True, text=True, check=True
    ).stdout
    first, second = told.split("turn 1")
    if "cache_miss" not in first:
        pytest.skip("this torch computes without oneDNN")
    assert second.count("cache_miss") >= 80

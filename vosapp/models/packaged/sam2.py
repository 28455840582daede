"""SAM 2.1 as the package transformers has it: its four sizes, and the names of its authors' weights.

Ravi et al.: SAM 2: Segment Anything in Images and Videos, 2024.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import torchvision_models

Size = Literal["tiny", "small", "base-plus", "large"]
SIDE = 1024  # pixels of the square that the authors bring every frame to

# What the image encoders differ in; the library's own defaults are those of "tiny".
_ENCODERS: dict[str, dict[str, Any]] = {
    "tiny": {},
    "small": {"blocks_per_stage": [1, 2, 11, 2], "global_attention_blocks": [7, 10, 13]},
    "base-plus": {
        "hidden_size": 112,
        "embed_dim_per_stage": [112, 224, 448, 896],
        "num_attention_heads_per_stage": [2, 4, 8, 16],
        "blocks_per_stage": [2, 3, 16, 3],
        "global_attention_blocks": [12, 16, 20],
        "window_positional_embedding_background_size": [14, 14],
    },
    "large": {
        "hidden_size": 144,
        "embed_dim_per_stage": [144, 288, 576, 1152],
        "num_attention_heads_per_stage": [2, 4, 8, 16],
        "blocks_per_stage": [2, 6, 36, 4],
        "global_attention_blocks": [23, 33, 43],
        "window_size_per_stage": [8, 4, 16, 8],
    },
}

_MLP = r"(iou_prediction_head|pred_obj_score_head|output_hypernetworks_mlps\.\d+|object_pointer_proj)"
# From the authors' names to the library's, one after the other, each on what the ones before it left.
NAMES = (
    (r"^image_encoder\.trunk\.", "vision_encoder.backbone."),
    (r"^image_encoder\.neck\.convs\.(\d+)\.conv\.", r"vision_encoder.neck.convs.\1."),
    (r"\.patch_embed\.proj\.", ".patch_embed.projection."),
    (r"\bnorm(\d?|_final_attn)\.", r"layer_norm\1."),
    (r"^sam_(prompt_encoder|mask_decoder)\.", r"\1."),
    (r"pe_layer\.positional_encoding_gaussian_matrix$", "shared_embedding.positional_embedding"),
    (r"mask_downscaling\.0\.", "mask_embed.conv1."),
    (r"mask_downscaling\.1\.", "mask_embed.layer_norm1."),
    (r"mask_downscaling\.3\.", "mask_embed.conv2."),
    (r"mask_downscaling\.4\.", "mask_embed.layer_norm2."),
    (r"mask_downscaling\.6\.", "mask_embed.conv3."),
    (r"output_upscaling\.0\.", "upscale_conv1."),
    (r"output_upscaling\.1\.", "upscale_layer_norm."),
    (r"output_upscaling\.3\.", "upscale_conv2."),
    (r"^memory_encoder\.out_proj\.", "memory_encoder.projection."),
    (r"^memory_encoder\.pix_feat_proj\.", "memory_encoder.feature_projection."),
    (r"^memory_encoder\.fuser\.", "memory_encoder.memory_fuser."),
    (r"(mask_downsampler)\.encoder\.0\.", r"\1.layers.0.conv."),
    (r"(mask_downsampler)\.encoder\.1\.", r"\1.layers.0.layer_norm."),
    (r"(mask_downsampler)\.encoder\.3\.", r"\1.layers.1.conv."),
    (r"(mask_downsampler)\.encoder\.4\.", r"\1.layers.1.layer_norm."),
    (r"(mask_downsampler)\.encoder\.6\.", r"\1.layers.2.conv."),
    (r"(mask_downsampler)\.encoder\.7\.", r"\1.layers.2.layer_norm."),
    (r"(mask_downsampler)\.encoder\.9\.", r"\1.layers.3.conv."),
    (r"(mask_downsampler)\.encoder\.10\.", r"\1.layers.3.layer_norm."),
    (r"(mask_downsampler)\.encoder\.12\.", r"\1.final_conv."),
    (r"\.dwconv\.", ".depthwise_conv."),
    (r"\.pwconv(\d)\.", r".pointwise_conv\1."),
    (r"\.gamma$", ".scale"),
    (r"\.out_proj\.", ".o_proj."),
    (r"^obj_ptr_proj\.", "object_pointer_proj."),
    (r"^obj_ptr_tpos_proj\.", "temporal_positional_encoding_projection_layer."),
    (r"^no_obj_ptr$", "no_object_pointer"),
    (r"^no_obj_embed_spatial$", "occlusion_spatial_embedding_parameter"),
    (r"^no_mem_embed$", "no_memory_embedding"),
    (r"^no_mem_pos_enc$", "no_memory_positional_encoding"),
    (r"^maskmem_tpos_enc$", "memory_temporal_positional_encoding"),
    (_MLP + r"\.layers\.0\.", r"\1.proj_in."),
    (_MLP + r"\.layers\.1\.", r"\1.layers.0."),
    (_MLP + r"\.layers\.2\.", r"\1.proj_out."),
    (r"\.mlp\.layers\.0\.", ".mlp.proj_in."),
    (r"\.mlp\.layers\.1\.", ".mlp.proj_out."),
)
_SHARED = "shared_image_embedding.positional_embedding"
_POINTS = "prompt_encoder.point_embed.weight"
_POINT = "prompt_encoder.point_embeddings.{}.weight"
_POINT_KINDS = 4  # a click inside, one outside, and the two corners of a box


def build(size: Size = "tiny", side: int = SIDE, anchors: int = -1) -> nn.Module:
    """The network with weights that mean nothing yet. Opens no connection.

    Args:
        size: which of the authors' four.
        side: pixels of the square that every frame is brought to, a multiple of 64. The weights are the same.
        anchors: how many of an object's given masks, the nearest in time, are looked at on each frame; -1 for all.
    """
    torchvision_models()  # the library imports torchvision, which does not import everywhere without this
    from transformers import Sam2HieraDetConfig, Sam2VideoConfig, Sam2VideoModel, Sam2VisionConfig

    encoder: Any = Sam2HieraDetConfig(image_size=[side, side], **_ENCODERS[size])
    vision = Sam2VisionConfig(
        backbone_config=encoder,
        backbone_channel_list=encoder.embed_dim_per_stage[::-1],
        backbone_feature_sizes=feature_sizes(side),
    )
    network: nn.Module = Sam2VideoModel(
        Sam2VideoConfig(vision_config=vision, max_cond_frame_num=anchors, **square(side))
    )
    return network


def square(side: int) -> dict[str, Any]:
    """What the configuration of a video model says of the size of its pictures; EdgeTAM's says the same."""
    return {
        "image_size": side,
        "prompt_encoder_config": {"image_size": side},
        "memory_attention_rope_feat_sizes": [side // 16, side // 16],
    }


def feature_sizes(side: int) -> list[list[int]]:
    """Heights and widths of the maps that the image encoder gives for squares of `side` pixels."""
    return [[side // stride, side // stride] for stride in (4, 8, 16)]


def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The authors' entries under the library's names. Entries that have those names already stay as they are."""
    if is_converted(state):
        return dict(state)
    return together({renamed(key, NAMES): value for key, value in state.items()})


def is_converted(state: Mapping[str, Tensor]) -> bool:
    """Whether entries have the library's names already, as in the files that it can load itself."""
    return any(key.startswith("vision_encoder.") for key in state)


def renamed(key: str, names: tuple[tuple[str, str], ...]) -> str:
    """A key after all replacements."""
    for pattern, replacement in names:
        key = re.sub(pattern, replacement, key)
    return key


def together(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Joins the embeddings that the authors keep one by one, and gives the shared one both of its names."""
    points = [_POINT.format(kind) for kind in range(_POINT_KINDS)]
    if all(key in state for key in points):
        state[_POINTS] = torch.cat([state.pop(key) for key in points])
    if (own := "prompt_encoder.shared_embedding.positional_embedding") in state:
        state.setdefault(_SHARED, state[own])
    return state

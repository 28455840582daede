"""EdgeTAM as the package transformers has it, with its RepViT encoder from timm, and the names of its authors' weights.

Zhou et al.: EdgeTAM: On-Device Track Anything Model, CVPR 2025. It is SAM 2 with a small image encoder, two layers of
memory attention instead of four, and a perceiver that compresses what is remembered of a frame to 512 tokens.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import torchvision_models
from vosapp.models.packaged.sam2 import NAMES, SIDE, feature_sizes, is_converted, renamed, square, together

_ATTENTIONS = (("self_attn", "self_attention", "self"), ("attn", "cross_attention", "latents"))
_BOTH = "kv_proj"  # keys and values, which the authors compute as one
_NAMES = (
    *(
        names
        for short, long, norm in _ATTENTIONS
        for names in (
            (rf"^(spatial_perceiver\.layers\.\d+)\.{short}\.to_q\.", rf"\1.{long}.q_proj."),
            (rf"^(spatial_perceiver\.layers\.\d+)\.{short}\.to_kv\.", rf"\1.{long}.{_BOTH}."),
            (rf"^(spatial_perceiver\.layers\.\d+)\.{short}\.to_out\.", rf"\1.{long}.o_proj."),
            (rf"^(spatial_perceiver\.layers\.\d+)\.{short}\.norm(_latents)?\.", rf"\1.layer_norm_{norm}."),
        )
    ),
    (r"^(spatial_perceiver\.layers\.\d+)\.attn\.norm_x\.", r"\1.layer_norm_input."),
    (r"^(spatial_perceiver\.layers\.\d+)\.(self_)?ff\.0\.", r"\1.\2mlp.layer_norm."),
    (r"^(spatial_perceiver\.layers\.\d+)\.(self_)?ff\.1\.", r"\1.\2mlp.up_proj."),
    (r"^(spatial_perceiver\.layers\.\d+)\.(self_)?ff\.3\.", r"\1.\2mlp.down_proj."),
    (r"^spatial_perceiver\.latents$", "spatial_perceiver.latents_1d"),
    (r"^(memory_attention\.layers\.\d+)\.linear1\.", r"\1.mlp.up_proj."),
    (r"^(memory_attention\.layers\.\d+)\.linear2\.", r"\1.mlp.down_proj."),
    (r"^image_encoder\.trunk\.body\.", "vision_encoder.backbone.timm_model."),
    *NAMES,
)


def build(side: int = SIDE, anchors: int = -1) -> nn.Module:
    """The network with weights that mean nothing yet. Opens no connection: the encoder is asked for without weights.

    Args:
        side: pixels of the square that every frame is brought to, a multiple of 64. The weights are the same.
        anchors: how many of an object's given masks, the nearest in time, are looked at on each frame; -1 for all.
    """
    torchvision_models()  # the library imports torchvision, which does not import everywhere without this
    from transformers import EdgeTamVideoConfig, EdgeTamVideoModel, EdgeTamVisionConfig, TimmWrapperConfig

    arguments = {"in_chans": 3, "features_only": True, "out_indices": [0, 1, 2, 3]}
    encoder = TimmWrapperConfig(architecture="repvit_m1", model_args=arguments)
    settings = EdgeTamVideoConfig(
        vision_config=EdgeTamVisionConfig(backbone_config=encoder, backbone_feature_sizes=feature_sizes(side)),
        max_cond_frame_num=anchors,
        enable_temporal_pos_encoding_for_object_pointers=False,
        enable_occlusion_spatial_embedding=False,
        **square(side),
    )
    network: nn.Module = EdgeTamVideoModel(settings)
    return network


def convert(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The authors' entries under the library's names. Entries that have those names already stay as they are."""
    if is_converted(state):
        return dict(state)
    converted: dict[str, Tensor] = {}
    for key, value in state.items():
        name = renamed(key, _NAMES)
        if _BOTH in name:
            for half, part in zip(("k_proj", "v_proj"), value.chunk(2), strict=True):
                converted[name.replace(_BOTH, half)] = part
        else:
            converted[name] = value
    return together(converted)

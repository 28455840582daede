"""Networks of others: built without a connection, and their authors' entries find their places."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.packaged_networks import require
from vosapp.core.errors import WeightsError
from vosapp.engine.engines import build_propagator, engine
from vosapp.models.importing import expected_shapes, import_weights, read_published
from vosapp.models.loading import load_network
from vosapp.models.packaged.specs import PACKAGED
from vosapp.models.registry import network
from vosapp.models.spec import NetworkSpec

# Entries of SAM 2.1's published files, and where the library has them; as its authors' code and the library's show.
SAM2_NAMES = {
    "image_encoder.trunk.pos_embed_window": "vision_encoder.backbone.pos_embed_window",
    "image_encoder.trunk.patch_embed.proj.weight": "vision_encoder.backbone.patch_embed.projection.weight",
    "image_encoder.trunk.blocks.3.attn.qkv.weight": "vision_encoder.backbone.blocks.3.attn.qkv.weight",
    "image_encoder.trunk.blocks.3.norm2.bias": "vision_encoder.backbone.blocks.3.layer_norm2.bias",
    "image_encoder.trunk.blocks.3.mlp.layers.1.weight": "vision_encoder.backbone.blocks.3.mlp.proj_out.weight",
    "image_encoder.neck.convs.2.conv.bias": "vision_encoder.neck.convs.2.bias",
    "memory_attention.layers.0.self_attn.out_proj.bias": "memory_attention.layers.0.self_attn.o_proj.bias",
    "memory_attention.layers.1.linear1.weight": "memory_attention.layers.1.linear1.weight",
    "memory_attention.norm.weight": "memory_attention.layer_norm.weight",
    "memory_encoder.fuser.layers.1.dwconv.weight": "memory_encoder.memory_fuser.layers.1.depthwise_conv.weight",
    "memory_encoder.fuser.layers.1.pwconv2.bias": "memory_encoder.memory_fuser.layers.1.pointwise_conv2.bias",
    "memory_encoder.fuser.layers.0.gamma": "memory_encoder.memory_fuser.layers.0.scale",
    "memory_encoder.mask_downsampler.encoder.3.weight": "memory_encoder.mask_downsampler.layers.1.conv.weight",
    "memory_encoder.mask_downsampler.encoder.4.weight": "memory_encoder.mask_downsampler.layers.1.layer_norm.weight",
    "memory_encoder.mask_downsampler.encoder.12.bias": "memory_encoder.mask_downsampler.final_conv.bias",
    "memory_encoder.out_proj.weight": "memory_encoder.projection.weight",
    "memory_encoder.pix_feat_proj.weight": "memory_encoder.feature_projection.weight",
    "sam_mask_decoder.transformer.layers.1.norm4.weight": "mask_decoder.transformer.layers.1.layer_norm4.weight",
    "sam_mask_decoder.transformer.norm_final_attn.bias": "mask_decoder.transformer.layer_norm_final_attn.bias",
    "sam_mask_decoder.output_upscaling.3.weight": "mask_decoder.upscale_conv2.weight",
    "sam_mask_decoder.iou_prediction_head.layers.2.bias": "mask_decoder.iou_prediction_head.proj_out.bias",
    "sam_mask_decoder.output_hypernetworks_mlps.2.layers.1.bias": (
        "mask_decoder.output_hypernetworks_mlps.2.layers.0.bias"
    ),
    "sam_prompt_encoder.mask_downscaling.4.weight": "prompt_encoder.mask_embed.layer_norm2.weight",
    "obj_ptr_proj.layers.0.weight": "object_pointer_proj.proj_in.weight",
    "obj_ptr_tpos_proj.weight": "temporal_positional_encoding_projection_layer.weight",
    "no_obj_ptr": "no_object_pointer",
    "no_obj_embed_spatial": "occlusion_spatial_embedding_parameter",
    "maskmem_tpos_enc": "memory_temporal_positional_encoding",
}
EDGETAM_NAMES = {
    "image_encoder.trunk.body.stem.conv1.c.weight": "vision_encoder.backbone.timm_model.stem.conv1.c.weight",
    "memory_attention.layers.1.linear2.bias": "memory_attention.layers.1.mlp.down_proj.bias",
    "spatial_perceiver.latents": "spatial_perceiver.latents_1d",
    "spatial_perceiver.latents_2d": "spatial_perceiver.latents_2d",
    "spatial_perceiver.norm.weight": "spatial_perceiver.layer_norm.weight",
    "spatial_perceiver.layers.0.attn.norm_x.weight": "spatial_perceiver.layers.0.layer_norm_input.weight",
    "spatial_perceiver.layers.0.attn.norm_latents.bias": "spatial_perceiver.layers.0.layer_norm_latents.bias",
    "spatial_perceiver.layers.0.attn.to_out.weight": "spatial_perceiver.layers.0.cross_attention.o_proj.weight",
    "spatial_perceiver.layers.1.self_attn.norm.bias": "spatial_perceiver.layers.1.layer_norm_self.bias",
    "spatial_perceiver.layers.1.self_attn.to_q.weight": "spatial_perceiver.layers.1.self_attention.q_proj.weight",
    "spatial_perceiver.layers.1.ff.3.weight": "spatial_perceiver.layers.1.mlp.down_proj.weight",
    "spatial_perceiver.layers.1.self_ff.0.weight": "spatial_perceiver.layers.1.self_mlp.layer_norm.weight",
}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", ["cutie-small", "sam2-tiny", "edgetam"])
def test_building_opens_no_connection(name: str, no_network: None) -> None:
    require(name)
    with torch.device("meta"):
        network(name).build()


@pytest.mark.parametrize(("name", "names"), [("sam2-tiny", SAM2_NAMES), ("edgetam", SAM2_NAMES | EDGETAM_NAMES)])
def test_published_entries_find_their_places(name: str, names: dict[str, str]) -> None:
    require(name)
    from vosapp.models.spec import resolve

    shapes = expected_shapes(network(name))
    moved = EDGETAM_NAMES if name == "edgetam" else {}
    lacking = {"obj_ptr_tpos_proj.weight", "no_obj_embed_spatial"} if name == "edgetam" else set()
    for published, ours in names.items():
        if name == "edgetam" and published not in moved and "image_encoder.trunk" in published:
            continue
        if name == "edgetam" and "linear1" in published:
            continue
        converted = resolve(network(name).convert)({published: torch.ones(1)})
        assert list(converted) == [ours]
        assert (ours in shapes) == (published not in lacking), ours


def test_embeddings_are_joined_and_keys_parted_from_values() -> None:
    require("edgetam")
    from vosapp.models.packaged.edgetam import convert

    points = {
        f"sam_prompt_encoder.point_embeddings.{kind}.weight": torch.full((1, 2), float(kind)) for kind in range(4)
    }
    both = {"spatial_perceiver.layers.0.attn.to_kv.weight": torch.arange(4.0)}
    converted = convert(points | both)
    assert converted["prompt_encoder.point_embed.weight"][:, 0].tolist() == [0, 1, 2, 3]
    assert converted["spatial_perceiver.layers.0.cross_attention.k_proj.weight"].tolist() == [0, 1]
    assert converted["spatial_perceiver.layers.0.cross_attention.v_proj.weight"].tolist() == [2, 3]


@pytest.mark.parametrize("name", ["cutie-small", "edgetam"])
def test_a_complete_file_is_recognised_imported_and_loaded(name: str, tmp_path: Path) -> None:
    require(name)
    spec = network(name)
    assert spec.checkpoint is not None
    shapes = {key: shape for key, shape in expected_shapes(spec).items() if "num_batches" not in key}
    state = {key: torch.full((1,), 0.001).expand(shape) for key, shape in shapes.items()}
    path = tmp_path / "some name.pth"
    torch.save({"model": state} if spec.checkpoint.container else state, path)
    assert read_published([path])[0] is spec
    import_weights([path])
    assert all(parameter.flatten()[0] == torch.tensor(0.001) for parameter in load_network(name).parameters())
    with_variant = {"cutie-small": "cutie/small/short-memory", "edgetam": "edgetam/half-size/near-anchors"}[name]
    assert engine(with_variant).is_ready
    propagator = build_propagator(with_variant, "cpu")
    picture, mask = np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.float32)
    mask[10:30, 10:30] = 1
    propagator.step(0, picture, {1: mask})
    assert np.isfinite(propagator.step(1, picture).probabilities[1]).all()


@pytest.mark.parametrize("spec", PACKAGED, ids=lambda spec: spec.name)
def test_where_the_code_is_absent_the_way_to_it_is_said(spec: NetworkSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not spec.is_installed
    with pytest.raises(WeightsError, match=rf"not installed.*vosapp\[{spec.extra}\]"):
        read_published([], spec.name)
    base = spec.name.partition("-")[0]
    assert f"vosapp[{spec.extra}]" in engine(base).missing

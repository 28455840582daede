"""Cutie, from the package rf-cutie: its configuration, and the network without a download.

Cheng, Oh, Price, Lee, Schwing: Putting the Object Back into Video Object Segmentation, CVPR 2024.
"""

from __future__ import annotations

import importlib.resources
import tempfile
import warnings
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

Size = Literal["base", "small"]

# The files that the package asks for when it builds its encoders, and the ResNets in them.
_IMAGENET_FILES = {"resnet18-5c106cde.pth": "resnet18", "resnet50-19c8e357.pth": "resnet50"}
# Cutie switches mixed precision off by a name that torch has deprecated; nothing is wrong with what it does.
_DEPRECATED = r"`torch\.cuda\.amp\.autocast"


def build(size: Size = "base") -> nn.Module:
    """The network with weights that mean nothing yet.

    Args:
        size: "base" has ResNet-50 as its image encoder, "small" ResNet-18.
    """
    return assemble(configuration(size))


def assemble(settings: Any) -> nn.Module:
    """The network of a configuration. Opens no connection.

    The package fills its encoders with ImageNet's weights as it builds them and fetches the files where it does not
    find them. It looks in the folder `resnet_model_path` of the configuration first: there it finds zeros.

    Args:
        settings: as `configuration` gives them.
    """
    from cutie.model.cutie import CUTIE
    from omegaconf import OmegaConf, open_dict

    settings = OmegaConf.create(OmegaConf.to_container(settings))  # a copy
    with tempfile.TemporaryDirectory(prefix="vosapp-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # on the device "meta" there is nothing to copy the zeros to
        for name, kind in _IMAGENET_FILES.items():
            torch.save(_zeros(kind), Path(folder) / name)
        with open_dict(settings):
            settings.model.resnet_model_path = folder
        network: nn.Module = CUTIE(settings)
    return network


def configuration(size: Size = "base", **changes: Any) -> Any:
    """The authors' settings for any clip, as an OmegaConf dictionary.

    Args:
        size: of the network.
        changes: values of the top level that are to differ.
    """
    from omegaconf import OmegaConf

    folder = importlib.resources.files("cutie") / "config"
    settings: Any = OmegaConf.create((folder / "eval_config.yaml").read_text(encoding="utf-8"))
    model: Any = OmegaConf.create((folder / "model" / "base.yaml").read_text(encoding="utf-8"))
    if size == "small":
        model = OmegaConf.merge(model, OmegaConf.create((folder / "model" / "small.yaml").read_text(encoding="utf-8")))
    generic = {key: settings.datasets.generic[key] for key in ("use_long_term", "mem_every")}
    kept = {key: settings[key] for key in settings if key not in ("defaults", "hydra", "datasets")}
    return OmegaConf.create({**kept, **generic, **changes, "model": model})


def silence() -> None:
    """Leaves out the warning that each of Cutie's frames would give."""
    warnings.filterwarnings("ignore", message=_DEPRECATED, category=FutureWarning)


def _zeros(kind: str) -> dict[str, torch.Tensor]:
    """A state dict of zeros for one of the package's ResNets, of one number each on the disk."""
    from cutie.model.utils import resnet

    with torch.device("meta"):
        network = {"resnet18": resnet.resnet18, "resnet50": resnet.resnet50}[kind](pretrained=False)
    state = network.state_dict()
    return {key: torch.zeros((), dtype=value.dtype, device="cpu").expand(value.shape) for key, value in state.items()}

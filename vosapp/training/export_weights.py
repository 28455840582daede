"""export_weights: writes the averaged weights of a checkpoint in half precision, as they are installed."""

from __future__ import annotations

import datetime
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from vosapp.models.weights import WeightsNote, sha256_of, write_note
from vosapp.training.checkpoint import AVERAGE, CheckpointError


def export_weights(checkpoint: Path, target: Path) -> int:
    """Writes the averaged weights of a checkpoint as a float16 safetensors file, and the note that verifies it.

    Args:
        checkpoint: folder of a checkpoint.
        target: file to write.

    Returns:
        Its size in bytes.

    Raises:
        CheckpointError: there is no average there that can be read, or a weight does not fit into half precision.
    """
    try:
        average = load_file(checkpoint / AVERAGE)
    except (OSError, SafetensorError) as error:
        hint = "Give the folder of a checkpoint."
        raise CheckpointError(f"{checkpoint} holds no averaged weights: {error}", hint) from error
    halved = {name: value.half() if value.is_floating_point() else value for name, value in average.items()}
    unfit = [name for name, value in halved.items() if not torch.isfinite(value).all()]
    if unfit:
        raise CheckpointError(f"{unfit[0]} in {checkpoint} is too large for half precision.", "Train on.")
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file(halved, target)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    write_note(
        target, WeightsNote(target.stem, sha256_of(target), licence="Apache-2.0, as the program.", imported=today)
    )
    return target.stat().st_size

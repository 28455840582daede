"""RVOS (zero-shot): up to ten objects of a frame, found by looking at the frames before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch

from vosapp.engine.device import choose_device
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.engine.networks.rvos import SIZE, normalised
from vosapp.engine.suggest.proposals import Candidate, mean_overlap
from vosapp.models.rvos.network import SLOTS, Recurrence, Rvos
from vosapp.models.stages.padding import resize
from vosapp.video.source import VideoSource

FRAMES = 5  # the length of the clips that the authors train with


def propose(
    source: VideoSource,
    frame_index: int,
    *,
    shot: range,
    device: str,
    check: Callable[[], None],
    recurrence: Recurrence = "spatio-temporal",
) -> list[Candidate]:
    """What each slot of the network holds on a frame; see `vosapp.engine.suggest.proposals.Propose`.

    Raises:
        WeightsError: there are no weights.
    """
    chosen = choose_device(device)
    network = cast(Rvos, prepared_network("rvos-zero", chosen))
    frames = approach(frame_index, shot)
    return candidates(network, source, frames, device=chosen, check=check, recurrence=recurrence)


def approach(frame_index: int, shot: range) -> list[int]:
    """Neighbouring frames of a shot that end at a frame: those before it, or after it where too few are before."""
    before = list(range(max(shot.start, frame_index - FRAMES + 1), frame_index + 1))
    after = list(range(min(shot.stop - 1, frame_index + FRAMES - 1), frame_index - 1, -1))
    return before if len(before) >= len(after) else after


@torch.inference_mode()
def candidates(
    network: Rvos,
    source: VideoSource,
    frames: list[int],
    *,
    device: torch.device,
    check: Callable[[], None],
    size: tuple[int, int] = SIZE,
    recurrence: Recurrence = "spatio-temporal",
) -> list[Candidate]:
    """Runs the network over frames and gives what its slots hold on the last one.

    Args:
        network: zero-shot, with its weights, on the device, plain or prepared.
        source: the clip.
        frames: neighbouring frame indices, ascending or descending.
        device: where the network is.
        check: called once a frame; raises to stop.
        size: (height, width) that frames are brought to.
        recurrence: what the network recurs over.
    """
    hidden, history = None, []
    for frame in frames:
        check()
        output = network(normalised(source.frame(frame), size, device), SLOTS, hidden, recurrence)
        hidden = output.hidden
        history.append((output.probabilities >= 0.5).cpu().numpy())
    large = resize(output.probabilities, (source.info.height, source.info.width)).cpu().numpy()
    settled = history[1:] or history  # the first frame has no past and says little
    return [
        Candidate(np.asarray(large[slot], np.float32), mean_overlap([masks[slot] for masks in settled]))
        for slot in range(SLOTS)
    ]

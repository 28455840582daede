"""What training asks of the engine `flow`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.photographs import small_bank
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.training.batch import ask_flow, collate

Mask = NDArray[np.uint8]


def test_flow_brings_the_mask_nearer() -> None:
    """Moved along the estimated flow, the mask of the frame before fits better than unmoved."""
    bank, better = small_bank(), []
    for seed in range(16):
        clip = generate(bank, GeneratorSettings(size_px=96, steps=1, speed=1.5), (2, seed))
        y, x = np.mgrid[:96, :96].astype(np.float32)
        flow = ask_flow(clip)[1][0].astype(np.float32)
        carried = cv2.remap(clip.masks[1], x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR)
        better.append(_jaccard(carried, clip.masks[2]) - _jaccard(clip.masks[1], clip.masks[2]))
    assert np.mean(better) > 0.01


def test_a_batch_has_advice_and_flow_for_every_frame_to_predict() -> None:
    bank, settings = small_bank(), GeneratorSettings(size_px=64, steps=3)
    clips = [generate(bank, settings, (1, seed)) for seed in range(2)]
    batch = collate(clips)
    assert batch.advice.shape == (2, 3, 1, 64, 64)
    assert batch.flow.shape == (2, 3, 2, 64, 64)
    advice, flow = ask_flow(clips[1])
    assert np.array_equal(batch.advice[1, :, 0].numpy(), advice)
    assert np.array_equal(batch.flow[1].numpy(), flow.transpose(0, 3, 1, 2))
    assert np.isfinite(flow).all()


def _jaccard(first: NDArray[np.number], second: Mask) -> float:
    a, b = first > 127, second > 127
    return float((a & b).sum() / max(1, (a | b).sum()))

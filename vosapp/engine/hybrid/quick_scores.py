"""The appearance scores of the engine `flow`, computed with torch where torch is loaded anyway: twice as fast."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from vosapp.models.hybrid.products import product

_ROWS = 2048  # pixels scored at once: their hidden features stay in the processor's cache


@torch.inference_mode()
def quick_scores(
    features: NDArray[np.float32], weights: NDArray[np.float32], solution: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What `vosapp.engine.flow.appearance.plain_scores` says, but for rounding."""
    pixels, matrix = torch.from_numpy(features), torch.from_numpy(weights)
    spread, offsets, solved = matrix[:-1].t().contiguous(), matrix[-1].contiguous(), torch.from_numpy(solution)
    scores = pixels.new_empty(len(pixels))
    for start in range(0, len(pixels), _ROWS):
        hidden = product(pixels[start : start + _ROWS], spread, offsets, relu=True)
        torch.mv(hidden, solved, out=scores[start : start + _ROWS])
    return scores.numpy()

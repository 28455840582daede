"""loaded_refiner: the network of the *quality* edge, where its weights are. Loads torch only when one is asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from vosapp.models.picture_networks import MATTE_REFINER
from vosapp.models.weights import WeightsState, require_weights, weights_state

if TYPE_CHECKING:
    from torch import nn


def refiner_is_ready() -> bool:
    """Whether the refiner has weights here."""
    return weights_state(MATTE_REFINER) is WeightsState.PRESENT


@functools.cache
def loaded_refiner() -> nn.Module:
    """The refiner on the processor, in evaluation mode; loaded once.

    Raises:
        WeightsError: it has no weights here.
    """
    require_weights(MATTE_REFINER)  # before torch is loaded, which takes seconds
    import torch

    from vosapp.models.loading import load_spec

    # This layout of the weights makes its convolutions a fifth quicker.
    return load_spec(MATTE_REFINER).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

"""What the parity tests of S2S++ and HS2S share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.parity.case import Case
from tests.parity.fill import without_initialising


def mask_of(labels: NDArray[np.uint8], *objects: int) -> Tensor:
    """Masks (N, ...) of 0 and 1 of some numbers in a label image."""
    return torch.from_numpy(np.stack([labels == number for number in objects])).float()


def reduce_network(network: nn.Module, build: Callable[[], nn.Module], columns: Mapping[str, slice]) -> nn.Module:
    """A smaller configuration with the weights of the whole one, less the input columns of what is not there."""
    with torch.device("meta"):
        keys = build().state_dict().keys()
    state = {key: value for key, value in network.state_dict().items() if key in keys}
    for layer, kept in columns.items():
        state[f"decoder.{layer}.weight"] = state[f"decoder.{layer}.weight"][:, kept].contiguous()
    return without_initialising(build, state)


def compare_gradients(case: Case, prefix: str, network: nn.Module) -> None:
    """Norm and first four values of every parameter's gradient. Values are compared as parts of their norm."""
    parameters = dict(network.named_parameters())
    keys = [str(key) for key in case[f"{prefix}/grad_keys"]]
    assert set(keys) == set(parameters)
    case.compare(f"{prefix}/grad_keys", np.array(keys))
    norms = np.zeros(len(keys))
    first = np.zeros((len(keys), 4), np.float32)
    for index, key in enumerate(keys):
        gradient = parameters[key].grad
        if gradient is not None:
            norms[index] = gradient.double().norm().item()
            values = gradient.flatten()[:4].numpy()
            first[index, : len(values)] = values
    case.compare(f"{prefix}/grad_norm", norms, tolerance=1e-6, relative=5e-4)  # 1.6e-4 on a processor with AVX2 only
    scale = np.maximum(norms[:, None], 1e-6)
    np.testing.assert_allclose(first / scale, case[f"{prefix}/grad_first4"] / scale, atol=5e-4)
    case.compare(f"{prefix}/grad_first4", first)

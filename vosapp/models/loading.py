"""Makes a network with its weights. Nothing is initialised first: the file's tensors become the network's."""

from __future__ import annotations

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vosapp.core.errors import WeightsError
from vosapp.models.registry import network
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import require_weights


def load_network(name: str) -> nn.Module:
    """The network of a name with its weights: on the CPU, float32, in evaluation mode, without gradients.

    Raises:
        WeightsError: no such network, no code or weights of it here, or they are damaged or of another network.
    """
    return load_spec(network(name))


def load_spec(spec: NetworkSpec) -> nn.Module:
    """As `load_network`, for a network that may not be in the registry."""
    found = require_weights(spec)
    hint = f"Remove it with: vosapp weights remove {spec.name} and import the authors' file again."
    try:
        stored = load_file(found.path)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{found.path} is damaged and cannot be read.", hint) from error
    state = {key: value.float() if value.is_floating_point() else value for key, value in stored.items()}
    if not spec.is_installed:
        raise WeightsError(f"{spec.title} is not installed.", spec.way_to_install)
    # Networks of others compute some of their tables when they are built, and those lie in no file.
    with torch.device("cpu" if spec.extra else "meta"):
        module: nn.Module = spec.build()
    try:
        module.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        raise WeightsError(f"{found.path} does not fit {spec.title}.", hint) from error
    return module.eval().requires_grad_(False)

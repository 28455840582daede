"""Makes a network ready to run: the device, the precision and everything that is faster and computes the same."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator
from typing import TypeVar

import torch
from torch import Tensor, nn

from vosapp.models.fusing import fold_bottlenecks
from vosapp.models.packing import can_pack, pack

_KEPT_KERNELS = "64"

AnyModule = TypeVar("AnyModule", bound=nn.Module)


class Precision(enum.Enum):
    """In how many digits a network computes.

    `FLOAT32` gives the authors' numbers within 1e-4. `BFLOAT16` computes with 8 binary digits where that is safe and
    adds up in float32. Where it is not, a network says so by `exact_stages` and `exact_parameters`; docs/networks.md
    has what was measured.
    """

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"

    @property
    def dtype(self) -> torch.dtype:
        """Of weights and feature maps."""
        return torch.bfloat16 if self is Precision.BFLOAT16 else torch.float32


def quick_precision(device: torch.device) -> Precision:
    """The precision that a device computes in fastest; bfloat16 only where it was measured, and where it is native.

    Anywhere else bfloat16 is emulated and slower than float32.
    """
    abilities = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    is_native = abilities.get("avx512_bf16", False) or abilities.get("amx_bf16", False)
    return Precision.BFLOAT16 if is_native else Precision.FLOAT32


def can_compute(precision: Precision, device: torch.device) -> bool:
    """Whether a device computes in a precision at all: oneDNN refuses bfloat16 on processors without AVX-512."""
    if precision is not Precision.BFLOAT16 or device.type != "cpu" or not can_pack():
        return True
    asked = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return asked is None or bool(asked())


def dtype_of(module: nn.Module) -> torch.dtype:
    """The type of numbers that a module works in."""
    return next(module.parameters()).dtype


def prepare(network: AnyModule, device: torch.device, precision: Precision = Precision.FLOAT32) -> AnyModule:
    """Changes a network in place for inference. It can no longer be trained or saved.

    Batch norms go into their convolutions, maps are laid out with channels last, and on the processor the weights of
    convolutions are packed. Buffers, such as the mean of pictures, keep all their digits.

    Args:
        network: with its weights. A module of it that has a method `fold_norms` folds the batch norms that only
            it knows; `exact_parameters` and `exact_stages` name those parameters and submodules of it that keep all
            their digits.
        device: where it will run.
        precision: of weights and feature maps.
    """
    network.eval().requires_grad_(False)
    fold_bottlenecks(network)
    for module in list(network.modules()):
        if callable(fold_norms := getattr(module, "fold_norms", None)):
            fold_norms()
    network.to(device)
    exact = {id(parameter) for parameter in _exact_parameters(network)}
    for parameter in network.parameters():
        layout = torch.channels_last if parameter.dim() == 4 else torch.preserve_format
        dtype = parameter.dtype if id(parameter) in exact else precision.dtype
        parameter.data = parameter.data.to(dtype, memory_format=layout)
    if precision is not Precision.FLOAT32:
        _accept_any_precision(network)
    if device.type == "cpu":
        # oneDNN keeps up to 1,024 compiled kernels, one for each shape of each layer: a window that follows an object
        # has many, and the process grew for as long as it ran. Compiling one anew costs nothing that can be measured.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KEPT_KERNELS)
        if can_pack():
            pack(network)
    return network


def _exact_parameters(network: nn.Module) -> Iterator[nn.Parameter]:
    """Those that keep all their digits whatever the precision."""
    for module in network.modules():
        for name in getattr(module, "exact_parameters", ()):
            yield module.get_parameter(name)
        for name in getattr(module, "exact_stages", ()):
            yield from module.get_submodule(name).parameters()


def _accept_any_precision(network: nn.Module) -> None:
    """Lets every convolution bring its input to its own precision, so that stages of two precisions go together."""

    def bring(conv: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (inputs[0].to(dtype_of(conv)), *inputs[1:])

    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_pre_hook(bring)

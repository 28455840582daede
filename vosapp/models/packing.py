"""Convolutions for the processor whose weights are laid out once for the way it computes.

Torch lays the weights of a convolution out anew on every call. Where the weights are large and the picture is small,
as at 1/32 of the resolution, that costs as much as the convolution itself. The operators used here are those that
torch's own compiler emits for the processor; where a torch lacks them, nothing is packed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def can_pack() -> bool:
    """Whether this torch has what packing needs."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    return all(hasattr(torch.ops.mkldnn, name) for name in ("_reorder_convolution_weight", "_convolution_pointwise"))


class PackedConv2d(nn.Module):
    """A convolution for inference on the processor, with packed weights.

    The weights are packed when they are first used; the plain ones are let go then, unless they are used in parts.

    Args:
        conv: the convolution that it computes. Zero padding, given in pixels.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        if isinstance(conv.padding, str) or conv.padding_mode != "zeros":
            raise ValueError("only zero padding given in pixels can be packed")
        self.bias = conv.bias
        self._geometry = (list(conv.padding), list(conv.stride), list(conv.dilation))
        self._groups = conv.groups
        self._plain: Tensor | None = conv.weight.detach()
        self._packed: Tensor | None = None
        self._parts: dict[tuple[int, int], Tensor] = {}

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the result of the convolution."""
        if self._packed is None:
            self._packed = self._pack(self._weight(), x)
            self._plain = None
        return self._apply_packed(x, self._packed, self.bias)

    def part(self, x: Tensor, first_channel: int) -> Tensor:
        """What some input channels add, without bias; see `vosapp.models.stages.split.part`."""
        channels = (first_channel, first_channel + x.shape[1])
        if channels not in self._parts:
            weight = self._weight()[:, slice(*channels)].contiguous(memory_format=torch.channels_last)
            self._parts[channels] = self._pack(weight, x)
        return self._apply_packed(x, self._parts[channels], None)

    def _weight(self) -> Tensor:
        if self._plain is None:
            raise RuntimeError("the plain weights were let go when the whole convolution was packed")
        return self._plain

    def _pack(self, weight: Tensor, x: Tensor) -> Tensor:
        padding, stride, dilation = self._geometry
        packed: Tensor = torch.ops.mkldnn._reorder_convolution_weight(
            weight, padding, stride, dilation, self._groups, list(x.shape)
        )
        return packed

    def _apply_packed(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        padding, stride, dilation = self._geometry
        out: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, weight, bias, padding, stride, dilation, self._groups, "none", [], ""
        )
        return out


def pack(network: nn.Module) -> None:
    """Packs every convolution of a network in place. Inference on the processor only.

    A module whose attribute `uses_plain_weights` is true is left as it is.
    """
    for module in list(network.modules()):
        if getattr(module, "uses_plain_weights", False):
            continue
        for name, child in list(module.named_children()):
            if type(child) is nn.Conv2d and not isinstance(child.padding, str) and child.padding_mode == "zeros":
                setattr(module, name, PackedConv2d(child))

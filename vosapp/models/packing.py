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
    if not all(hasattr(torch.ops.mkldnn, name) for name in ("_reorder_convolution_weight", "_convolution_pointwise")):
        return False
    return hasattr(torch.ops.mkldnn._convolution_pointwise, "binary")


class PackedConv2d(nn.Module):
    """A convolution for inference on the processor, with packed weights.

    The weights are packed when they are first used; the plain ones are let go then, unless they are used in parts.
    Inputs are brought to the precision of the weights.

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
        self._dtype = conv.weight.dtype
        self._plain: Tensor | None = conv.weight.detach()
        self._packed: Tensor | None = None
        self._parts: dict[tuple[int, int], Tensor] = {}

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the result of the convolution."""
        x = x.to(self._dtype)
        return self._apply_packed(x, self._whole(x), self.bias)

    def relu(self, x: Tensor) -> Tensor:
        """The ReLU of the result, without a pass of its own over it."""
        x = x.to(self._dtype)
        return self._apply_packed(x, self._whole(x), self.bias, "relu")

    def add_relu(self, x: Tensor, shortcut: Tensor) -> Tensor:
        """The ReLU of the result and a shortcut of its shape, without a pass of its own for either."""
        x, (padding, stride, dilation) = x.to(self._dtype), self._geometry
        shortcut = shortcut.to(self._dtype).contiguous(memory_format=torch.channels_last)
        out: Tensor = torch.ops.mkldnn._convolution_pointwise.binary(
            x, shortcut, self._whole(x), self.bias, padding, stride, dilation, self._groups, "add", 1.0, "relu", [], ""
        )
        return out

    def part(self, x: Tensor, first_channel: int) -> Tensor:
        """What some input channels add, without bias; see `vosapp.models.stages.split.part`."""
        x = x.to(self._dtype)
        channels = (first_channel, first_channel + x.shape[1])
        if channels not in self._parts:
            weight = self._weight()[:, slice(*channels)].contiguous(memory_format=torch.channels_last)
            self._parts[channels] = self._pack(weight, x)
        return self._apply_packed(x, self._parts[channels], None)

    def _whole(self, x: Tensor) -> Tensor:
        """The packed weights. Lets the plain ones go."""
        if self._packed is None:
            self._packed = self._pack(self._weight(), x)
            self._plain = None
        return self._packed

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

    def _apply_packed(self, x: Tensor, weight: Tensor, bias: Tensor | None, after: str = "none") -> Tensor:
        padding, stride, dilation = self._geometry
        out: Tensor = torch.ops.mkldnn._convolution_pointwise(
            x, weight, bias, padding, stride, dilation, self._groups, after, [], ""
        )
        return out


class PackedBottleneck(nn.Module):
    """A ResNet bottleneck whose batch norms are folded: each ReLU and the addition happen inside a convolution.

    Args:
        block: torchvision's, its convolutions packed already.
    """

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = (_packed_child(block, f"conv{index}") for index in (1, 2, 3))
        shortcut = getattr(block, "downsample", None)
        self.downsample = nn.Identity() if shortcut is None else _packed_child(shortcut, "0")

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the result of the block."""
        return self.conv3.add_relu(self.conv2.relu(self.conv1.relu(x)), self.downsample(x))


def _packed_child(module: nn.Module, name: str) -> PackedConv2d:
    child = module.get_submodule(name)
    if not isinstance(child, PackedConv2d):
        raise TypeError(f"{name} is not packed")
    return child


def pack(network: nn.Module) -> None:
    """Packs every convolution and every folded bottleneck of a network in place. Inference on the processor only.

    A module whose attribute `uses_plain_weights` is true is left as it is.
    """
    for module in list(network.modules()):
        if getattr(module, "uses_plain_weights", False):
            continue
        for name, child in list(module.named_children()):
            if type(child) is nn.Conv2d and not isinstance(child.padding, str) and child.padding_mode == "zeros":
                setattr(module, name, PackedConv2d(child))
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if _is_folded_bottleneck(child):
                setattr(module, name, PackedBottleneck(child))


def _is_folded_bottleneck(module: nn.Module) -> bool:
    layers = [getattr(module, f"{kind}{index}", None) for index in (1, 2, 3) for kind in ("conv", "bn")]
    convs, norms = layers[::2], layers[1::2]
    return all(type(conv) is PackedConv2d for conv in convs) and all(type(norm) is nn.Identity for norm in norms)

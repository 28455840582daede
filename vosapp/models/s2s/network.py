"""S2S and S2S++ as a whole: one picture, N objects, the memories passed in and returned."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import VGG16_WIDTHS
from vosapp.models.preparing import dtype_of
from vosapp.models.s2s.decoder import Decoder
from vosapp.models.s2s.encoder import FULLY_CONNECTED, Encoder, Look
from vosapp.models.s2s.initializer import MIDDLE, Initializer
from vosapp.models.s2s.trunk import normalise
from vosapp.models.stages.conv_lstm import ConvLSTMCell, LSTMState
from vosapp.models.stages.skip_decoder import Decoded

NATIVE_SIZE = (256, 448)  # every frame is resized to this, whatever its shape
STRIDE = 32

State = tuple[LSTMState, ...]


class S2S(nn.Module):
    """The network. Masks are never fed back: only the memories carry an object from frame to frame.

    Args:
        memories: 3 for S2S++; 1 for S2S, which has no skip-memories; 2 for the ablation between them.
        border_distances: whether the network also predicts the distance of each pixel to the border: S2S++ does,
            S2S does not.
        widths, middle, wide: channels of the trunk, of the initializer and of the encoder; smaller ones for tests.
    """

    # Left in bfloat16: the memories and the very wide layers, the greater part of the weights of a frame.
    exact_stages = ("initializer", "encoder.vgg_backbone", "decoder")

    def __init__(
        self,
        memories: int = 3,
        *,
        border_distances: bool = True,
        widths: tuple[int, int, int, int, int] = VGG16_WIDTHS,
        middle: int = MIDDLE,
        wide: int = FULLY_CONNECTED,
    ) -> None:
        super().__init__()
        if not 1 <= memories <= 3:
            raise ValueError("there are one, two or three memories")
        _, _, third, fourth, fifth = widths
        self.initializer = Initializer(memories, widths=widths, middle=middle)
        self.encoder = Encoder(widths, wide=wide)
        self.convlstm = ConvLSTMCell(fifth, fifth, 3, shares_input=True)
        self.convlstm_middle = ConvLSTMCell(fourth, fourth, 3, shares_input=True) if memories >= 2 else None
        self.convlstm_3 = ConvLSTMCell(third, third, 5, shares_input=True) if memories >= 3 else None
        self.decoder = Decoder(memories, border_distances=border_distances, widths=widths)

    def start(self, rgb: Tensor, masks: Tensor) -> State:
        """The memories of N objects whose masks are given.

        Args:
            rgb: (1, 3, H, W) in 0..1; H and W multiples of 32.
            masks: (N, H, W) of 0 and 1.
        """
        states: State = self.initializer(normalise(rgb).to(dtype_of(self)), masks)
        return states

    def look(self, rgb: Tensor) -> Look:
        """What is computed once per picture (1, 3, H, W) in 0..1, whatever the objects are."""
        looked: Look = self.encoder(normalise(rgb).to(dtype_of(self)))
        return looked

    def forward(self, look: Look, state: State) -> tuple[Decoded, State]:
        """Segments N objects on a picture and moves their memories to it."""
        cells = [cell for cell in (self.convlstm, self.convlstm_middle, self.convlstm_3) if cell is not None]
        inputs = (look.code, look.maps.f3, look.maps.f2)
        moved = tuple(cell(x, memory) for cell, x, memory in zip(cells, inputs, state, strict=False))
        return self.decoder([memory.h for memory in moved], look.maps), moved


def build(**options: Any) -> S2S:
    """S2S++ without weights, in evaluation mode; `memories=1, border_distances=False` is S2S."""
    return S2S(**options).eval()

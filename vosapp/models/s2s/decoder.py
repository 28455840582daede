"""The decoder of S2S and S2S++: five steps up, with skip connections and skip-memories."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import VGG16_WIDTHS
from vosapp.models.s2s.trunk import Maps
from vosapp.models.stages.skip_decoder import Decoded, SkipDecoder


class Decoder(SkipDecoder):
    """Raises the first memory's state to full resolution.

    A skip-memory stands beside the plain skip connection of its resolution; how much of each is used is learned by
    the 1x1 convolution that mixes them.

    Args:
        memories: how many memories there are; see `Initializer`.
        border_distances: whether there is a head for the distance to the border.
        widths: channels of the trunk's groups.
    """

    def __init__(
        self, memories: int = 3, *, border_distances: bool = True, widths: tuple[int, ...] = VGG16_WIDTHS
    ) -> None:
        super().__init__(widths[0], border_distances=border_distances, align_corners=True)
        w0, w1, w2, w3, w4 = widths
        self.conv_1, self.conv_11 = nn.Conv2d(2 * w4, w4, 1), _widen(w4, w3)
        self.conv_2 = nn.Conv2d((3 if memories >= 2 else 2) * w3, w3, 1)
        self.conv_22 = _widen(w3, w2)
        self.conv_3_ = nn.Conv2d((3 if memories >= 3 else 2) * w2, w2, 1)
        self.conv_33 = _widen(w2, w1)
        self.conv_4, self.conv_44 = nn.Conv2d(2 * w1, w1, 1), _widen(w1, w0)
        self.conv_5, self.conv_55 = nn.Conv2d(2 * w0, w0, 1), _widen(w0, w0)

    def forward(self, hidden: Sequence[Tensor], maps: Maps) -> Decoded:
        """Segments N objects.

        Args:
            hidden: of each memory, (N, C, h, w), coarse to fine.
            maps: of the picture, (1, C, h, w) each.
        """
        x = self.step_up([hidden[0], maps.f4], self.conv_1, self.conv_11)
        x = self.step_up([x, maps.f3, *hidden[1:2]], self.conv_2, self.conv_22)
        x = self.step_up([x, maps.f2, *hidden[2:3]], self.conv_3_, self.conv_33)
        x = self.step_up([x, maps.f1], self.conv_4, self.conv_44)
        return self.read_out(self.step_up([x, maps.f0], self.conv_5, self.conv_55))


def _widen(channels: int, out: int) -> nn.Conv2d:
    return nn.Conv2d(channels, out, 5, padding=2)

"""COSNet as a whole: embeddings of frames in, the primary object of the target out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import RESNET101, ResNetSize
from vosapp.models.cosnet.attention import Form, attend_reference, attend_target
from vosapp.models.cosnet.encoder import EMBEDDING, Encoder
from vosapp.models.cosnet.weighting import Weighting, weighting_of
from vosapp.models.fusing import fold_pair
from vosapp.models.preparing import dtype_of
from vosapp.models.stages.split import bias_of, part

BGR_MEAN = (104.00699, 116.66877, 122.67892)


class CosNet(nn.Module):
    """The network. It keeps nothing from frame to frame: an embedding is computed once and used as often as needed.

    The affinity is the product of 256 numbers with 256 others and goes through an exponential, so it is computed in
    float32 whatever the precision of the convolutions.

    Args:
        size: of the backbone.
        weighting: how channels are weighed in the affinity. The authors published code and weights of "vanilla" only.
        branch, embedding: channels, see `Encoder`.
    """

    exact_stages = ("linear_e",)

    def __init__(
        self,
        size: ResNetSize = RESNET101,
        *,
        weighting: Weighting = "vanilla",
        branch: int = 512,
        embedding: int = EMBEDDING,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(size, branch=branch, embedding=embedding)
        self.linear_e = weighting_of(weighting, embedding)
        self.gate = nn.Conv2d(embedding, 1, 1, bias=False)
        self.conv1, self.bn1 = nn.Conv2d(2 * embedding, embedding, 3, padding=1, bias=False), nn.BatchNorm2d(embedding)
        self.conv2, self.bn2 = nn.Conv2d(2 * embedding, embedding, 3, padding=1, bias=False), nn.BatchNorm2d(embedding)
        self.main_classifier1 = nn.Conv2d(embedding, 1, 1)
        self.main_classifier2 = nn.Conv2d(embedding, 1, 1)

    def embed(self, image: Tensor) -> Tensor:
        """The embedding (1, 256, h, w) of a picture (1, 3, H, W) from `normalise`."""
        embedding: Tensor = self.encoder(image.to(dtype_of(self.encoder)))
        return embedding

    def query(self, target: Tensor) -> Tensor:
        """The target's side of the affinity, (P, 256), from its embedding (1, 256, h, w)."""
        mapped: Tensor = self.linear_e(target.flatten(2)[0].T.float())
        return mapped

    def attended(self, target: Tensor, references: Sequence[Tensor], form: Form) -> Tensor:
        """What each reference says of the target: (N, 256, h, w), or (1, ...) for GROUP.

        Args:
            target: embedding (1, 256, h, w).
            references: embeddings of the same shape, at least one.
            form: how the affinity becomes weights.
        """
        query = self.query(target)
        flat = [reference.flatten(2)[0].float() for reference in references]
        if form is Form.GROUP:
            flat = [torch.cat(flat, dim=1)]
        shape = target.shape[1:]
        return torch.stack([attend_target(query, one, form, target.dtype).view(shape) for one in flat])

    def gated(self, attended: Tensor) -> Tensor:
        """Attended features (N, 256, h, w) weighted by the gate: how far the reference is to be trusted, per cell."""
        return attended * torch.sigmoid(self.gate(attended))

    def forward(self, target: Tensor, references: Sequence[Tensor], form: Form = Form.LEGACY) -> Tensor:
        """Logits (N, 1, h, w) of the primary object on the target, one per reference ((1, ...) for GROUP)."""
        found = self.gated(self.attended(target, references, form))
        joined = part(self.conv1, found, 0) + part(self.conv1, target, target.shape[1])
        if self.conv1.bias is not None:  # it has one once the batch norm is folded into it
            joined = joined + bias_of(self.conv1)
        logits: Tensor = self.main_classifier1(F.relu(self.bn1(joined)))
        return logits

    def on_reference(self, target: Tensor, reference: Tensor) -> Tensor:
        """Logits (1, 1, h, w) of the primary object on the reference. Training uses them; a pass does not."""
        attended = attend_reference(self.query(target), target.flatten(2)[0].float(), reference.flatten(2)[0].float())
        joined = torch.cat([self.gated(attended.view(reference.shape).to(reference.dtype)), reference], dim=1)
        logits: Tensor = self.main_classifier2(F.relu(self.bn2(self.conv2(joined))))
        return logits

    def fold_norms(self) -> None:
        """Takes the batch norms of both heads into their convolutions."""
        fold_pair(self, "conv1", "bn1")
        fold_pair(self, "conv2", "bn2")


def normalise(rgb: Tensor) -> Tensor:
    """The network's input (B, 3, H, W) from RGB pictures (B, 3, H, W) float32 in 0..255."""
    return rgb.flip(1) - rgb.new_tensor(BGR_MEAN)[:, None, None]


def probability(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """Probabilities (H, W) at `size` from logits (N, 1, h, w), averaged over the N references."""
    resized = F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=False)
    return torch.sigmoid(resized).mean(dim=(0, 1))


def build(**options: Any) -> CosNet:
    """COSNet without weights, in evaluation mode. The options are the network's."""
    return CosNet(**options).eval()

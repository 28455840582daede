"""Reading memory on the processor, a few hundred places at a time: all likenesses at once would not fit its cache.

Their products go through oneDNN where torch has its operator: it uses all of a processor's width where the library
behind torch's own products may not, and is then twice as fast.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_ROWS = 256  # places of the present frame read at once


def read_in_parts(query: Tensor, key: Tensor, value: Tensor, scale: float) -> Tensor:
    """What every place of a frame reads; see `vosapp.models.hybrid.memory.Reader.forward`, which this is one object of.

    Args:
        query: (n, keys) float32, places of the present frame.
        key: (keys, N) float32, remembered places.
        value: (values, N) float32, what stood there.
        scale: of the squared distance.

    Returns:
        (n, values + 1): the values read, then the likeness of the best place.
    """
    lengths = key.square().sum(0) * -scale
    places = (key * (2 * scale)).t().contiguous()
    value = value.contiguous()
    result = query.new_empty(len(query), len(value) + 1)
    for start in range(0, len(query), _ROWS):
        rows = slice(start, start + _ROWS)
        likeness = _product(query[rows], places, lengths)
        result[rows, -1] = likeness.amax(1)
        result[rows, :-1] = _product(likeness.softmax(1), value, None)
    result[:, -1] -= query.square().sum(1) * scale
    return result


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x (n, k) times the transpose of weight (m, k), plus bias (m,)."""
    if not _HAS_ONEDNN:
        return F.linear(x, weight, bias)
    product: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return product


def _has_onednn() -> bool:
    available = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return bool(available) and hasattr(torch.ops.mkldnn, "_linear_pointwise")


_HAS_ONEDNN = _has_onednn()

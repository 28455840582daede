"""Reading memory on the processor, a few hundred places at a time: all likenesses at once would not fit its cache."""

from __future__ import annotations

from torch import Tensor

from vosapp.models.hybrid.products import product

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
        likeness = product(query[rows], places, lengths)
        result[rows, -1] = likeness.amax(1)
        result[rows, :-1] = product(likeness.softmax(1), value)
    result[:, -1] -= query.square().sum(1) * scale
    return result

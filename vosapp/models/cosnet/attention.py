"""Co-attention between a target and its references (section 3.1 of the paper)."""

from __future__ import annotations

import enum

import torch
from torch import Tensor

_WHOLE_CELLS = 2**25  # cells of an affinity that is computed as a whole: 128 MB in float32
_BAND_CELLS = 2**23  # cells of a band of a larger one


class Form(enum.Enum):
    """Rule by which the affinity becomes weights over the cells of the reference.

    HEAD: softmax over the reference's cells, as the paper has it and the authors' code since January 2020.
    LEGACY: the softmax over the target's cells first, then a second one over the reference's: the code with which
        the published weights were very probably trained. The weights come out nearly even.
    GROUP: as LEGACY, over the cells of all references at once: the multi-reference model added in December 2020.
    """

    HEAD = "head"
    LEGACY = "legacy"
    GROUP = "group"


def attend_target(query: Tensor, reference: Tensor, form: Form, dtype: torch.dtype = torch.float32) -> Tensor:
    """For every cell of the target the reference's features that answer to it.

    Computed in bands of target cells where the affinity is large, so that memory does not grow with the square of the
    picture.

    Args:
        query: (P, C) the target's features after the learned linear map.
        reference: (C, Q) features of one reference, or for GROUP of all references side by side.
        form: see `Form`.
        dtype: of the result, and of the sums over the reference's cells. The affinity itself, which goes through an
            exponential, is that of `query` and `reference`.

    Returns:
        (C, P).
    """
    values = reference.to(dtype)
    if query.shape[0] * reference.shape[1] <= _WHOLE_CELLS:
        affinity = query @ reference
        if form is not Form.HEAD:
            affinity = _softmax(affinity, dim=0)
        return values @ _softmax(affinity, dim=1).to(dtype).T
    bands = torch.split(query, max(1, _BAND_CELLS // reference.shape[1]))
    norm = None if form is Form.HEAD else _column_norm(bands, reference)
    found = []
    for rows in bands:
        affinity = rows @ reference
        if norm is not None:
            affinity.sub_(norm).exp_()
        found.append(values @ _softmax(affinity, dim=1).to(dtype).T)
    return torch.cat(found, dim=1)


def attend_reference(query: Tensor, target: Tensor, reference: Tensor) -> Tensor:
    """For every cell of the reference the target's features that answer to it: (C, Q).

    Args:
        query: (P, C) the target's features after the learned linear map.
        target: (C, P).
        reference: (C, Q).
    """
    band = max(1, _BAND_CELLS // query.shape[0])
    columns = [target @ torch.softmax(query @ part, dim=0) for part in torch.split(reference, band, dim=1)]
    return torch.cat(columns, dim=1)


def _column_norm(bands: tuple[Tensor, ...], reference: Tensor) -> Tensor:
    """Logarithm of the sum over all target cells of exp(affinity), per reference cell: (1, Q)."""
    sums = [torch.logsumexp(rows @ reference, dim=0, keepdim=True) for rows in bands]
    return torch.logsumexp(torch.cat(sums), dim=0, keepdim=True)


def _softmax(x: Tensor, dim: int) -> Tensor:
    """Softmax, in place unless gradients are wanted: these matrices are larger than the processor's caches."""
    if x.requires_grad:
        return torch.softmax(x, dim)
    x.sub_(x.amax(dim=dim, keepdim=True)).exp_()
    return x.div_(x.sum(dim=dim, keepdim=True))

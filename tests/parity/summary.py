"""Intermediates are recorded as a few statistics of the whole tensor, its shape and its first corner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from torch import Tensor, nn

from tests.parity.case import Case

CORNER = (1, 8, 4, 6)


def summarise(value: Tensor) -> dict[str, Any]:
    """Mean, standard deviation and largest absolute value; the shape; the leading corner of a tensor of rank 4."""
    exact = value.detach().double()
    return {
        "stat": np.array([exact.mean(), exact.std(correction=0), exact.abs().max()]),
        "shape": np.array(value.shape),
        "crop": value.detach()[tuple(slice(0, size) for size in CORNER)].clone().numpy(),
    }


def compare_summary(case: Case, prefix: str, name: str, summary: Mapping[str, Any]) -> None:
    """Compares a summary with the recorded one, which lies under the kind of statistic."""
    for kind, value in summary.items():
        case.compare(f"{prefix}/{kind}/{name}", value)


@contextmanager
def record(network: nn.Module, paths: Iterable[str]) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Summaries of what layers put out, in the order of their calls, taken before anything works on it in place."""
    outputs: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def keep(path: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            outputs[path].append(summarise(output))

        return hook

    modules = dict(network.named_modules())
    hooks = [modules[path].register_forward_hook(keep(path)) for path in paths]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()

"""Propagators around propagators, and what a run tells them. Loads no torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from vosapp.engine.propagator import Propagator


class Watch(Protocol):
    """Who follows something that takes long and may stop it; a `JobContext` is one."""

    def check(self) -> None:
        """Raises Cancelled when it is to stop."""

    def progress(self, done: int, total: int, message: str | None = None) -> None:
        """Is told how far it is."""


@runtime_checkable
class Learning(Protocol):
    """A propagator that learns before its first frame."""

    def watched_by(self, watch: Watch) -> None:
        """Who is to be told how far the learning is, and may stop it."""


def layers(propagator: Propagator) -> Iterator[Propagator]:
    """A propagator, the one inside it, and so on."""
    layer: Propagator | None = propagator
    while layer is not None:
        yield layer
        layer = getattr(layer, "inner", None)

"""Confirming: who asks the user whether to go on. A protocol, so that tests and the demo answer in their own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Confirming(Protocol):
    """Asks whether to go on."""

    def confirm(
        self,
        question: str,
        explanation: str,
        verb: str,
        *,
        agreed: Callable[[], object],
        refused: Callable[[], object] | None = None,
    ) -> None:
        """Calls back when the user agrees, whose button bears the verb, or refuses."""

"""Keeps count of which recorded arrays were compared and how far off we are.

A parity test is only worth its name when no array was forgotten: `unseen` lists what a case file holds and no test
compared. With VOSAPP_PARITY_TABLE=FILE the differences are appended there as a Markdown table row.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

TOLERANCE = 1e-4


class Ledger:
    """Comparisons of one network with one case file."""

    def __init__(self, network: str, case: Mapping[str, NDArray[np.generic]]) -> None:
        self.network = network
        self.case = case
        self.differences: dict[str, float] = {}

    def check(self, name: str, got: Tensor | NDArray[np.generic], *, part: object = ..., within: float = 0.0) -> None:
        """Compares with the recorded array `name`, or with `part` of it.

        Args:
            name: of the array.
            got: ours.
            part: index into the recorded array.
            within: allowed difference; without it TOLERANCE, times the size of the values where they exceed 1.
        """
        expected = np.asarray(self.case[name])[part]  # type: ignore[index]
        ours = got.detach().float().numpy() if isinstance(got, Tensor) else got
        assert ours.shape == expected.shape, name
        difference = float(np.abs(ours.astype(np.float64) - expected.astype(np.float64)).max())
        allowed = within or TOLERANCE * max(1.0, float(np.abs(expected).max()))
        assert difference <= allowed, f"{name}: {difference:.2e} off, {allowed:.2e} allowed"
        self.differences[name] = max(difference, self.differences.get(name, 0.0))

    def unseen(self, inputs: Collection[str]) -> set[str]:
        """Recorded arrays that were neither compared nor are inputs."""
        return set(self.case) - set(inputs) - set(self.differences)

    def write(self, parameters: int) -> None:
        """Appends a row to the table that VOSAPP_PARITY_TABLE names, if it does."""
        path = os.environ.get("VOSAPP_PARITY_TABLE")
        if path:
            worst = max(self.differences.values())
            with Path(path).open("a", encoding="utf-8") as table:
                table.write(f"| {self.network} | {len(self.differences)} | {worst:.1e} | {parameters:,} |\n")


def statistics(x: Tensor, *, sample: bool = False) -> NDArray[np.float64]:
    """Mean, standard deviation, smallest and largest value, as the case files store them.

    Args:
        sample: divide by n - 1 in the deviation, as some files do.
    """
    values = x.detach().double()
    return np.array([values.mean(), values.std(correction=int(sample)), values.min(), values.max()], np.float64)

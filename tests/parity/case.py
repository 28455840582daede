"""A file of recorded arrays: inputs to read, outputs to compare, and a record of what was compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from tests.shared import shared_dir

TOLERANCE = 1e-4


@dataclass
class Record:
    """What was compared of one network, for the table of docs/networks.md.

    Attributes:
        differences: largest absolute difference of each array, by file and name.
        recorded: how many output arrays its files hold, filled in as files are opened.
    """

    differences: dict[str, float] = field(default_factory=dict)
    recorded: dict[str, int] = field(default_factory=dict)


RECORDS: dict[str, Record] = {}  # by network, filled while the tests run; read by the table


class Case:
    """The arrays of one `case*.npz`.

    Args:
        network: folder of the shared parity material.
        file: name of the file.
        inputs: names, or patterns of names, of arrays that are given to the network rather than compared.
    """

    def __init__(self, network: str, file: str = "case.npz", *, inputs: Iterable[str] = ()) -> None:
        path: Path = shared_dir("parity", network) / file
        with np.load(path) as archive:
            self._arrays: dict[str, NDArray[Any]] = {name: archive[name] for name in archive.files}
        self._file = file
        self._record = RECORDS.setdefault(network, Record())
        patterns = tuple(inputs)
        self._outputs = {n for n in self._arrays if not any(fnmatch(n, pattern) for pattern in patterns)}
        self._compared: set[str] = set()
        self._record.recorded[file] = len(self._outputs)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def compare(
        self,
        name: str,
        ours: ArrayLike | Tensor,
        tolerance: float = TOLERANCE,
        relative: float = 0.0,
        *,
        part: Any = ...,
    ) -> None:
        """Asserts that `ours` is the recorded array within a tolerance, and notes by how much it differs.

        Args:
            name: of the recorded array.
            ours: the same shape.
            tolerance: largest absolute difference allowed.
            relative: added to the tolerance: this part of the recorded value.
            part: index into the recorded array, where `ours` is only that part of it, such as one frame.
        """
        expected = self._arrays[name][part]
        got = ours.detach().float().numpy() if isinstance(ours, Tensor) else np.asarray(ours)
        assert got.shape == expected.shape, f"{name}: {got.shape} instead of {expected.shape}"
        if expected.dtype.kind in "biuSU":
            np.testing.assert_array_equal(got, expected, err_msg=name)
            difference = 0.0
        else:
            difference = float(np.max(np.abs(got.astype(np.float64) - expected), initial=0.0))
            np.testing.assert_allclose(got, expected, rtol=relative, atol=tolerance, err_msg=name)
        self._compared.add(name)
        noted = f"{self._file}/{name}"
        self._record.differences[noted] = max(difference, self._record.differences.get(noted, 0.0))

    def left(self) -> list[str]:
        """Output arrays that nothing was compared with yet."""
        return sorted(self._outputs - self._compared)


RAN: set[str] = set()  # tests that began in this process, by node id; see conftest.py


def require_whole_module(request: pytest.FixtureRequest) -> None:
    """Skips a test that makes sense only when all tests of its module ran before it, in this process."""
    module = [item for item in request.session.items if item.path == request.node.path]
    chosen = {item.originalname for item in module}  # type: ignore[attr-defined]
    defined = {name for name in vars(request.module) if name.startswith("test_")}
    if chosen != defined or {item.nodeid for item in module} - RAN:
        pytest.skip("only some tests of this module ran in this process")


def image_tensor(frames: NDArray[np.uint8]) -> Tensor:
    """RGB frames (..., H, W, 3) uint8 as (..., 3, H, W) float32 in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(frames, -1, -3))).float() / 255


def statistics(x: Tensor, *, sample: bool = False) -> NDArray[np.float64]:
    """Mean, standard deviation, smallest and largest value of a tensor, as the files store them.

    Args:
        x: any shape.
        sample: divide by n - 1 in the deviation, as some files do.
    """
    values = x.detach().double()
    numbers = (values.mean(), values.std(correction=int(sample)), values.min(), values.max())
    return np.array([number.item() for number in numbers])

"""States of objects go into a batch and come out as they were."""

from __future__ import annotations

import torch

from vosapp.engine.networks.batching import in_groups, join, split
from vosapp.models.hs2s.network import State
from vosapp.models.stages.conv_lstm import LSTMState


def state(value: float, *, skip: bool = True) -> State:
    memory = LSTMState(torch.full((1, 2, 3, 3), value), torch.full((1, 2, 3, 3), -value))
    return State(memory, memory if skip else None)


def test_round_trip() -> None:
    for skip in (True, False):
        states = [state(float(number), skip=skip) for number in range(3)]
        joined = join(states)
        assert joined.memory.h.shape == (3, 2, 3, 3)
        assert (joined.skip is None) != skip
        for before, after in zip(states, split(joined, 3), strict=True):
            assert isinstance(after, State)
            torch.testing.assert_close(after.memory, before.memory)


def test_empty_tuples_and_single_items() -> None:
    assert join([(), ()]) == ()
    assert split((), 2) == [(), ()]
    only = state(1.0)
    assert join([only]) is only


def test_groups() -> None:
    assert list(in_groups(range(5), 2)) == [[0, 1], [2, 3], [4]]

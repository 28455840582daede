"""The list of networks: complete, distinct, and readable without torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from tests.packaged_networks import require
from vosapp.core.errors import WeightsError
from vosapp.models.registry import NETWORKS, network, networks
from vosapp.models.spec import NetworkSpec, Task


def test_names_are_distinct_and_found() -> None:
    names = [spec.name for spec in NETWORKS]
    assert len(set(names)) == len(names)
    assert all(network(name).name == name for name in names)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(WeightsError, match=r"no network called nonsense.*agame"):
        network("nonsense")


def test_configurations_without_published_weights_are_listed() -> None:
    unpublished = {spec.name for spec in NETWORKS if spec.checkpoint is None}
    assert unpublished == {
        "hybrid",
        "hybrid-lite",
        "s2s",
        "hs2s-0",
        "hs2s-t1",
        "hs2s-sim",
        "rgmp-gru",
        "cosnet-sym",
        "cosnet-channel",
    }


def test_zero_shot_networks_are_apart_from_one_shot_ones() -> None:
    assert {spec.name for spec in networks(Task.ZERO_SHOT)} == {"rvos-zero", "cosnet", "cosnet-sym", "cosnet-channel"}


@pytest.mark.parametrize("spec", NETWORKS, ids=lambda spec: spec.name)
def test_every_network_builds_with_as_many_parameters_as_it_says(spec: NetworkSpec) -> None:
    require(spec.name)
    with torch.device("meta"):
        module = spec.build()
    assert not module.training
    assert sum(parameter.numel() for parameter in module.parameters()) == spec.parameters


def test_listing_networks_loads_no_torch() -> None:
    code = "import sys, vosapp.models.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

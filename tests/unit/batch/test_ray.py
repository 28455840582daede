"""A batch on a real Ray cluster of two nodes on this machine: the same masks, footage that lies apart, lost nodes."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batches import JOBS, make_batch, make_shot, masks_of
from tests.shared import REPOSITORY
from tests.unit.batch.poison import act
from tests.unit.batch.test_batch import ran
from vosapp.batch.driver import batch_body
from vosapp.batch.job_file import read_job_file
from vosapp.batch.journal import read_rows
from vosapp.batch.places_to_work import workers_on
from vosapp.batch.ray_workers import MACHINE_LABEL, RayError, RayWorkers
from vosapp.batch.settings import Limits
from vosapp.batch.shot_state import ShotFacts, State
from vosapp.batch.workers import Inline
from vosapp.cli.app import main
from vosapp.engine.job import Job

ray = pytest.importorskip("ray", reason="the optional part `batch` is not installed")
# Ray leaves sockets and file handles of its own to the end of the process.
pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]

STORE_BYTES = 100 * 2**20


class TwoNodes:
    """A cluster whose nodes are the machines "here" and "there"; "there" may be lost."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        os.environ["RAY_raylet_start_wait_time_s"] = "300"  # noqa: SIM112 - Ray spells it so; a busy machine is slow
        self.client_port = _free_port()
        head = self._node("here") | {"ray_client_server_port": self.client_port}
        self._cluster: Any = Cluster(initialize_head=True, head_node_args=head)
        self._there = self._cluster.add_node(**self._node("there"))
        self.address: str = self._cluster.address

    def lose(self) -> None:
        """Ends the node "there" without a word."""
        self._cluster.remove_node(self._there, allow_graceful=False)

    def add(self) -> None:
        """Brings a node "there"."""
        self._there = self._cluster.add_node(**self._node("there"))

    def end(self) -> None:
        self._cluster.shutdown()

    def _node(self, name: str) -> dict[str, Any]:
        return {"num_cpus": 1, "labels": {MACHINE_LABEL: name}, "object_store_memory": STORE_BYTES}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def cluster() -> Iterator[TwoNodes]:
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", "RAY_ADDRESS", "RAY_USAGE_STATS_ENABLED")}
    os.environ |= {"PYTHONPATH": str(REPOSITORY), "RAY_USAGE_STATS_ENABLED": "0"}
    nodes = TwoNodes()
    os.environ["RAY_ADDRESS"] = nodes.address
    yield nodes
    nodes.end()
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def test_a_cluster_gives_the_masks_of_one_process_where_the_footage_lies(tmp_path: Path, cluster: TwoNodes) -> None:
    elsewhere = f"""
[[machine]]
host = "there"
footage = ["{tmp_path}/shots"]
paths = {{ "{tmp_path}/shots" = "{tmp_path}/moved" }}
"""
    make_batch(tmp_path / "shots", 2, frames=6)
    path = tmp_path / "jobs.toml"
    path.write_text(
        JOBS.replace('clip = "shot*', 'clip = "shots/shot*').format(
            defaults='export = {format = "png-indexed", path = "out/{name}"}', limits="", more=elsewhere, stall_s=300
        )
    )
    alone = path.with_name("alone.toml")
    alone.write_text(
        path.read_text().replace("[limits]", 'save_as = "alone-{name}.vosapp"\n[limits]', 1).replace("out/", "o/")
    )
    ran(alone, Inline())
    # What the driver calls shots is called moved on the machine "there", and only there can it be read.
    (tmp_path / "moved").symlink_to(tmp_path / "shots")
    result = ran(path, RayWorkers("ray", Limits()))  # type: ignore[arg-type]
    assert (result.done, result.failed) == (2, 0)
    rows = read_rows(tmp_path / "jobs.batch")
    assert {machine for row in rows for machine in row.facts.machines} == {"there"}
    for name in ("shot0", "shot1"):
        assert masks_of(tmp_path / f"{name}.vosapp") == masks_of(tmp_path / f"alone-{name}.vosapp")
        assert len(list((tmp_path / "out" / name).glob("*.png"))) == 6


def test_poison_and_a_lost_node_end_no_other_shot(tmp_path: Path, cluster: TwoNodes) -> None:
    for number, name in enumerate(("shot-deadly", "shot-good", "shot-hangs", "shot-unlucky", "shot-more")):
        make_shot(tmp_path / name, frames=6, ahead=3 * number)
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS.format(defaults="", limits="retries = 3", more="", stall_s=300), encoding="utf-8")
    lost: list[str] = []

    def lose_a_node(name: str, state: State, _facts: ShotFacts, _sentence: str) -> None:
        if state.is_over and not lost:
            lost.append(name)
            cluster.lose()

    body = batch_body(read_job_file(path), lambda: RayWorkers("ray", Limits(), act), told=lose_a_node)
    result = Job(body).run()
    assert result.error is None
    rows = {row.name: row for row in read_rows(tmp_path / "jobs.batch")}
    assert lost
    assert {name for name, row in rows.items() if row.state is State.FAILED} == {"shot-deadly", "shot-hangs"}
    assert "Its worker died" in rows["shot-deadly"].sentence
    assert "No frame was finished" in rows["shot-hangs"].sentence
    cluster.add()


def test_a_cluster_elsewhere_is_reached_by_its_address(tmp_path: Path, cluster: TwoNodes) -> None:
    path = make_batch(tmp_path, 1, frames=4)
    words = ["batch", str(path), "--on", f"ray://127.0.0.1:{cluster.client_port}"]
    # Ray's own server gives a new client's process half a minute to come up, which a busy machine may need longer for.
    assert any(main(words) == 0 for _ in range(5))
    assert main(["batch", str(path), "--on", "elsewhere"]) == 1


def test_a_bundle_says_that_ray_is_not_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(RayError, match="--on local, which works here"):
        workers_on("ray", Limits())

"""Downloads from a server on this computer: cut connections, wrong files, proxies, and no connection at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.loopback import CONTENT, Server, offer, offer_small_file, running_server
from tests.packaged_networks import require
from vosapp.cli.app import main
from vosapp.core.errors import Cancelled, WeightsError
from vosapp.core.settings import Settings
from vosapp.models.downloading import downloadable, fetch
from vosapp.models.registry import network
from vosapp.models.spec import Download
from vosapp.models.weights import find_weights


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VOSAPP_OFFLINE", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server() as made:
        yield made


def _fetch(download: Download) -> Path:
    return fetch(download, progress=lambda done, total: None, check=lambda: None)


def test_a_file_comes_whole_and_its_progress_is_told(server: Server) -> None:
    told: list[tuple[int, int]] = []
    path = fetch(server.download(), progress=lambda done, total: told.append((done, total)), check=lambda: None)
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_cut_connection_is_taken_up_where_it_ended(server: Server) -> None:
    server.cut_after = [300_000, 200_000]
    assert _fetch(server.download()).read_bytes() == CONTENT
    assert [wanted for _, wanted in server.asked] == ["", "bytes=300000-", "bytes=500000-"]


def test_a_download_that_was_given_up_goes_on_next_time(server: Server) -> None:
    server.cut_after = [100_000] * 4
    with pytest.raises(WeightsError, match=r"was cut 4 times; 0\.4 MB are there.*same command again"):
        _fetch(server.download())
    assert _fetch(server.download()).read_bytes() == CONTENT
    assert server.asked[-1][1] == "bytes=400000-"


def test_a_cancelled_download_goes_on_next_time(server: Server) -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch(server.download(), progress=lambda done, total: None, check=stop)
    assert _fetch(server.download()).read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_it_from_the_start(server: Server) -> None:
    server.takes_ranges = False
    server.cut_after = [300_000]
    assert _fetch(server.download()).read_bytes() == CONTENT


def test_a_wrong_file_is_deleted(server: Server, surroundings: Path) -> None:
    with pytest.raises(WeightsError, match=r"not the file that was expected and was deleted.*instead of 0000"):
        _fetch(server.download(sha256="0" * 64))
    assert not [path for path in surroundings.rglob("*") if path.is_file()]


def test_a_file_of_another_size_is_not_fetched(server: Server) -> None:
    with pytest.raises(WeightsError, match="is a file of 1048576 bytes instead of 5; it is not fetched"):
        _fetch(server.download(size_bytes=5))


def test_an_address_that_nobody_answers(server: Server) -> None:
    with pytest.raises(WeightsError, match=r"cannot be reached.*HTTPS_PROXY"):
        _fetch(replace(server.download(), address="http://127.0.0.1:9/some.pth"))


def test_it_goes_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    monkeypatch.delenv("no_proxy")
    address = "http://weights.invalid/some.pth"
    assert _fetch(replace(server.download(), address=address)).read_bytes() == CONTENT
    assert server.asked == [(address, "")]


def test_offline_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    require("edgetam")
    monkeypatch.setenv("VOSAPP_OFFLINE", "1")
    monkeypatch.setattr("urllib.request.build_opener", lambda *_: pytest.fail("a connection was opened"))
    assert main(["weights", "get", "edgetam", "--yes"]) != 0
    assert "VOSAPP_OFFLINE" in capsys.readouterr().err


def test_the_setting_keeps_it_offline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    require("edgetam")
    Settings().set("network.offline", True)
    monkeypatch.setattr("urllib.request.build_opener", lambda *_: pytest.fail("a connection was opened"))
    with pytest.raises(WeightsError, match=r"network\.offline is on"):
        downloadable(network("edgetam"))


def test_weights_that_may_not_be_passed_on_are_never_fetched() -> None:
    with pytest.raises(WeightsError, match=r"cannot be downloaded.*research only"):
        downloadable(network("rgmp"))


@pytest.fixture
def small_file(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    offer_small_file(server, tmp_path, monkeypatch)
    return server


def test_nobody_there_to_answer_downloads_nothing(small_file: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "get", "cutie-small"]) != 0
    shown = capsys.readouterr()
    assert "licence  MIT" in shown.out and small_file.address in shown.out and "about 115 MB" in shown.out
    assert "--yes" in shown.err
    assert not small_file.asked


def test_a_hash_that_is_not_written_down_has_to_be_confirmed(
    small_file: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = hashlib.sha256(small_file.content).hexdigest()
    assert main(["weights", "get", "cutie-small", "--yes"]) != 0
    assert f"SHA-256 of file.pth: {digest}" in capsys.readouterr().out
    assert find_weights("cutie-small") is None
    assert main(["weights", "get", "cutie-small", "--yes", "--sha256", digest.upper()]) == 0
    assert len(small_file.asked) == 1  # what came the first time was kept
    found = find_weights("cutie-small")
    assert found is not None and found.note is not None
    assert found.note.sources[0].sha256 == digest


def test_a_known_hash_needs_no_more_questions(small_file: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, replace(small_file.download(), address=f"{small_file.address}/file.pth"))
    assert main(["weights", "get", "cutie-small", "--yes"]) == 0
    assert find_weights("cutie-small") is not None

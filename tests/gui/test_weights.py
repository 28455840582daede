"""Weights from the list of engines: what is shown before they are fetched, the download, its stop, and the hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gui.test_engine_choice import pick
from tests.gui.window_driver import WindowDriver
from tests.loopback import Server, offer, offer_small_file, running_server
from vosapp.core.settings import Settings
from vosapp.models.weights import find_weights

NAME = "cutie"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.delenv("VOSAPP_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running_server() as made:
        offer_small_file(made, tmp_path, monkeypatch, NAME)
        yield made


def ask(driver: WindowDriver) -> None:
    """Presses the button of the list."""
    pick(driver, NAME)
    button = driver.window.propagate.picker.details.download
    assert button.isVisible()
    button.click()


def end(driver: WindowDriver) -> None:
    driver.wait(lambda: not driver.workspace.networks.weights.is_running)


def test_nothing_is_fetched_unless_the_user_agrees(shot: WindowDriver, server: Server) -> None:
    shot.answers.agrees = False
    ask(shot)
    assert shot.answers.asked[-1] == "Download the weights of Cutie?"
    Settings().set("network.offline", True)
    shot.answers.agrees = True
    ask(shot)
    assert "network.offline" in shot.notice
    assert not server.asked and not shot.workspace.networks.weights.is_running


def test_what_came_is_confirmed_by_its_hash_and_imported(shot: WindowDriver, server: Server) -> None:
    ask(shot)
    end(shot)
    shot.wait(lambda: "has its weights now" in shot.notice)
    assert shot.answers.asked[-1] == "Is this file.pth?", "nobody states its hash"
    found = find_weights(NAME)
    assert found is not None and found.note is not None
    assert found.note.sources[0].sha256 == hashlib.sha256(server.content).hexdigest()
    pick(shot, NAME)
    assert not shot.window.propagate.picker.details.download.isVisible()
    assert shot.view.app.propagate.engine == NAME
    shot.window.propagate.picker.hide()


def test_a_download_can_be_stopped_and_goes_on(
    shot: WindowDriver, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(monkeypatch, replace(server.download(), address=f"{server.address}/file.pth"), NAME)
    monkeypatch.setattr("vosapp.models.downloading._BLOCK_BYTES", 1000)  # the file is a small one
    server.stop_after = len(server.content) // 2
    ask(shot)
    shot.wait(lambda: server.stands.is_set())
    shot.trigger("propagate.stop_download")
    server.goes_on.set()
    end(shot)
    assert "the next try goes on from there" in shot.notice
    assert find_weights(NAME) is None
    ask(shot)
    end(shot)
    shot.wait(lambda: "has its weights now" in shot.notice)
    assert [bool(begin) for _, begin in server.asked] == [False, True]

"""Damaged EXR files: the library prints that and goes on; here it is a sentence, and nothing is printed."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from vosapp.core.errors import MediaError
from vosapp.video.stills.exr_reading import read_exr
from vosapp.video.stills.images import read_image


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    picture = np.random.default_rng(1).random((64, 96)).astype(np.float32)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, dict.fromkeys("RGB", picture)).write(str(tmp_path / "whole.exr"))
    return (tmp_path / "whole.exr").read_bytes()


def spoiled(data: bytes) -> bytes:
    return data[:-2000] + bytes(500) + data[-1500:]


@pytest.mark.parametrize("spoil", [spoiled, lambda data: data[: len(data) // 2]])
def test_damage_is_a_sentence_and_nothing_is_printed(
    spoil, whole: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spoiled.exr"
    path.write_bytes(spoil(whole))
    with pytest.raises(MediaError, match=r"not a readable EXR image \(Unable to"):
        read_image(path)
    assert capsys.readouterr().out == ""


def test_what_other_threads_print_meanwhile_is_printed(whole: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    stop, ready = threading.Event(), threading.Event()

    def talk() -> None:
        while not stop.is_set():
            print("heard")
            ready.set()

    thread = threading.Thread(target=talk)
    thread.start()
    assert ready.wait(60)
    for _ in range(20):
        with pytest.raises(RuntimeError), read_exr(spoiled(whole)):
            pass
    stop.set()
    thread.join()
    assert set(capsys.readouterr().out.split()) == {"heard"}

"""What cannot be opened gets one sentence that names the file and says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import av
import numpy as np
import pytest

from tests.clips import make_clip, truncated
from vosapp.core.errors import MediaError
from vosapp.video.av.errors import file_url
from vosapp.video.open import open_video


def sound_file(path: Path) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def with_content(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


CASES = {
    "missing": (lambda folder: folder / "gone.mp4", "There is no file"),
    "missing with a strange name": (lambda folder: folder / "gone", "There is no file"),
    "empty": (lambda folder: with_content(folder / "empty.mp4", b""), "is empty (0 bytes)"),
    "text": (lambda folder: with_content(folder / "text.mp4", "Grüße\n".encode() * 900), "is a text file"),
    "playlist": (
        lambda folder: with_content(folder / "list.mp4", b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n"),
        "is a text file",
    ),
    "noise": (lambda folder: with_content(folder / "noise.mov", bytes(range(256)) * 20), "cannot be read as a video"),
    "cut off": (
        lambda folder: truncated(make_clip(folder / "whole.mp4"), folder / "cut.mp4", 0.6),
        "is cut off: the table of its frames is missing",
    ),
    "sound in mp4": (lambda folder: sound_file(folder / "sound.mp4"), "holds sound but no picture"),
    "sound in wav": (lambda folder: sound_file(folder / "sound.wav"), "holds sound but no picture"),
    "no image": (lambda folder: with_content(folder / "photo.png", b"abc"), "is not an image"),
    "empty folder": (lambda folder: folder, "holds no images"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_sentences(name: str, tmp_path: Path) -> None:
    make, expected = CASES[name]
    path = make(tmp_path)
    with pytest.raises(MediaError) as caught:
        open_video(path)
    assert expected in caught.value.message
    assert path.name in caught.value.message
    assert "\n" not in str(caught.value)
    assert caught.value.hint.endswith(".")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "locked.mp4", frames=2)
    path.chmod(0)
    with pytest.raises(MediaError, match="may not be read"):
        open_video(path)


def test_a_device_is_no_clip() -> None:
    with pytest.raises(MediaError):
        open_video("/dev/null")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_without_waiting_for_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    with pytest.raises(MediaError, match="no ordinary file"):
        open_video(path)


@pytest.mark.parametrize("name", [r"\\server\share\Übung\shot.mov", r"\\?\C:\very long\shot.mov", r"Z:\shot.mov"])
def test_network_paths_are_passed_unchanged(name: str) -> None:
    assert file_url(PureWindowsPath(name)) == f"file:{name}"


def test_opening_module_loads_no_decoder() -> None:
    code = "import sys, vosapp.video, vosapp.video.open, vosapp.video.cache, vosapp.video.prefetch; "
    code += "print(sorted({'av', 'cv2', 'torch'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_sequences_need_no_pyav(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "a1.png"), np.zeros((4, 4, 3), np.uint8))
    code = "import sys; from vosapp.video.open import open_video; "
    code += "assert open_video(sys.argv[1]).frame(0).shape == (4, 4, 3); print('av' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


SHORT_OF_MEMORY = """
import sys
from collections.abc import Callable
from pathlib import Path
from vosapp.batch.budget import memory_cap
from vosapp.core.errors import MediaError
from vosapp.video.open import open_video

source, fresh = open_video(Path(sys.argv[1])), open_video(Path(sys.argv[1]))
source.frame(0)
expected = fresh.frame(5).sum()
said = set()
for megabytes in (0, 2, 4, 8):
    try:
        with memory_cap(int(Path("/proc/self/statm").read_text().split()[5]) * 4096 + megabytes * 1_000_000):
            source.frame(5)
    except MediaError as error:
        said.add(str(error))
print(*said, sep="\\n")
assert not source.is_damaged(5)
assert source.frame(5).sum() == expected
"""


def large_movie(folder: Path) -> Path:
    return make_clip(folder / "large.mp4", frames=8, size=(1080, 1920))


def large_images(folder: Path) -> Path:
    import OpenEXR

    images = folder / "images"
    images.mkdir()
    half = np.linspace(0, 1, 1080 * 1920 * 3, dtype=np.float16).reshape(1080, 1920, 3)
    OpenEXR.File({"compression": OpenEXR.NO_COMPRESSION}, {"RGB": half}).write(str(images / "a.0000.exr"))
    for number in range(1, 6):
        (images / f"a.{number:04}.exr").hardlink_to(images / "a.0000.exr")
    return images


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux limits a process's memory like this")
@pytest.mark.parametrize("make", [large_movie, large_images])
def test_too_little_memory_is_said_and_calls_no_frame_damaged(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", SHORT_OF_MEMORY, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.partition(".")[0] for line in done.stdout.splitlines()] == [
        f"There is too little memory here to read {str(path).partition('.')[0]}"
    ]

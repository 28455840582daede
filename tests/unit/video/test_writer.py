"""ProRes 4444 comes back with its picture, its alpha, its rate and its timecode."""

from __future__ import annotations

import wave
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.clips import draw_index, read_index
from vosapp.core.errors import ExportError
from vosapp.video.av.movie_codecs import PRORES_4444
from vosapp.video.av.writer import MovieWriter, ProResWriter, Sound
from vosapp.video.open import open_video

H, W = 97, 161


def rgba(index: int, top: int) -> np.ndarray:
    """A smooth picture with a bar code, and an alpha with both ends and a ramp."""
    rng = np.random.default_rng(5)
    rgb = cv2.resize(rng.integers(40, 215, (4, 6, 3)).astype(np.uint8), (W, H), interpolation=cv2.INTER_LINEAR)
    picture = np.zeros((H, W, 4), np.float64)
    picture[..., :3] = draw_index(rgb, index) / 255
    picture[..., 3] = np.linspace(0, 1, W)
    picture[:20, :, 3], picture[20:40, :, 3] = 0, 1
    return np.round(picture * top)


@pytest.mark.parametrize(("kind", "top"), [(np.uint8, 255), (np.uint16, 65535)])
def test_round_trip(kind: type, top: int, tmp_path: Path) -> None:
    path = tmp_path / "größe 映画.mov"
    frames = [rgba(k, top).astype(kind) for k in range(5)]
    writer = ProResWriter(path, shape=(H, W), rate=Fraction(24000, 1001), start_timecode="01:02:03:04")
    for frame in frames:
        writer.write(frame)
    writer.close()
    writer.close()
    source = open_video(path)
    info = source.info
    assert (info.frame_count, info.height, info.width) == (5, H, W)
    assert (info.rate, info.start_timecode) == (Fraction(24000, 1001), "01:02:03:04")
    assert (info.codec, info.has_alpha) == ("prores", True)
    for k, frame in enumerate(frames):
        back = source.native(k).astype(np.float64) / 65535 * 255
        wanted = frame.astype(np.float64) / top * 255
        assert read_index(back) == k
        # Alpha is stored without loss in 10 bits: rounding to a code and back is a sixth of a level of 8 bits.
        assert np.abs(back[..., 3] - wanted[..., 3]).max() <= 0.17
        assert np.abs(back[40:, :, :3] - wanted[40:, :, :3]).mean() < 0.4
    alpha = source.native(0)[..., 3]
    assert (alpha[:20] == 0).all()
    assert (alpha[20:40] == 65535).all()
    if kind is np.uint8:
        assert np.array_equal(np.round(alpha / 257), frames[0][..., 3])
    source.close()


def test_drop_frame_timecode(tmp_path: Path) -> None:
    path = tmp_path / "d.mov"
    writer = ProResWriter(path, shape=(16, 16), rate=Fraction(30000, 1001), start_timecode="10:00:00;00")
    writer.write(np.zeros((16, 16, 4), np.uint8))
    writer.close()
    source = open_video(path)
    assert source.info.start_timecode == "10:00:00;00"
    source.close()


def test_colours_keep_their_place(tmp_path: Path) -> None:
    colours = [(255, 255, 255), (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)]
    frame = np.full((32, 32 * len(colours), 4), 255, np.uint8)
    for k, colour in enumerate(colours):
        frame[:, 32 * k : 32 * k + 32, :3] = colour
    path = tmp_path / "c.mov"
    writer = ProResWriter(path, shape=(32, frame.shape[1]), rate=Fraction(25))
    writer.write(frame)
    writer.close()
    source = open_video(path)
    for k, colour in enumerate(colours):
        patch = slice(8, 24), slice(32 * k + 8, 32 * k + 24)
        assert np.abs(source.native(0)[patch][..., :3] / 257 - colour).max() < 1.2
        assert np.abs(source.frame(0)[patch].astype(int) - colour).max() <= 2
    source.close()


@pytest.mark.parametrize(
    "frame", [np.zeros((H, W, 3), np.uint8), np.zeros((H, W + 1, 4), np.uint8), np.zeros((H, W, 4), np.float32)]
)
def test_frames_of_another_kind_are_refused(frame: np.ndarray, tmp_path: Path) -> None:
    writer = ProResWriter(tmp_path / "x.mov", shape=(H, W), rate=Fraction(24))
    with pytest.raises(ValueError, match="a frame is"):
        writer.write(frame)
    writer.write(np.zeros((H, W, 4), np.uint8))
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(np.zeros((H, W, 4), np.uint8))


def test_nothing_written_can_be_closed(tmp_path: Path) -> None:
    ProResWriter(tmp_path / "x.mov", shape=(H, W), rate=Fraction(24)).close()


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be created") as caught:
        writer = ProResWriter(tmp_path / "none" / "x.mov", shape=(H, W), rate=Fraction(24))
        writer.write(np.zeros((H, W, 4), np.uint8))
    assert "x.mov" in caught.value.message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "full.mov"
    path.symlink_to("/dev/full")
    with pytest.raises(ExportError, match=r"full\.mov cannot be") as caught:
        writer = ProResWriter(path, shape=(H, W), rate=Fraction(24))
        for k in range(40):
            writer.write(rgba(k, 255).astype(np.uint8))
        writer.close()
    assert caught.value.hint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_disk_that_is_full_when_the_sound_comes(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-2000, 2000, 2 * 48000 * 4, dtype=np.int16)
    with wave.open(str(tmp_path / "noise.wav"), "wb") as out:
        out.setparams((2, 2, 48000, 0, "NONE", ""))
        out.writeframes(noise.tobytes())
    path = tmp_path / "full.mov"
    path.symlink_to("/dev/full")
    sound = Sound(tmp_path / "noise.wav", Fraction(0), Fraction(4))
    writer = MovieWriter(path, PRORES_4444, shape=(16, 16), rate=Fraction(25), sound=sound)
    with pytest.raises(ExportError, match=r"full\.mov cannot be written"):
        for _ in range(100):
            writer.write(np.zeros((16, 16, 4), np.uint8))
    with suppress(ExportError):  # FFmpeg crashed where more was written
        writer.close()

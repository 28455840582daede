"""Count, order, rate and track of video files. The right values come from ffmpeg 9 and ffprobe, not from our reader."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.cases.conftest import Make
from tests.clips import make_clip, read_index
from tests.sweep.compare import examine
from tests.sweep.reference import ffmpeg_version
from vosapp.video.open import exact_info, open_video
from vosapp.video.source import ClipInfo

NTSC, FILM, NTSC_DOUBLE = Fraction(30000, 1001), Fraction(24000, 1001), Fraction(60000, 1001)


def facts(path: Path) -> ClipInfo:
    source = open_video(path)
    try:
        source.frame(0)
        return exact_info(source)
    finally:
        source.close()


def damaged(path: Path) -> list[int]:
    source = open_video(path)
    try:
        return [number for number in range(exact_info(source).frame_count) if source.is_damaged(number)]
    finally:
        source.close()


@pytest.mark.parametrize("name", ["exif.avi", "exif.mov", "exif.mkv"])
def test_unknown_side_data_does_no_harm(name: str, made: Make) -> None:
    info = facts(made("mjpeg_exif.py") / name)
    assert (info.frame_count, info.rate, info.height, info.width) == (12, NTSC, 96, 160)
    assert damaged(made("mjpeg_exif.py") / name) == []


def test_side_data_of_unknown_kind_still_turns_the_picture(made: Make) -> None:
    info = facts(made("mjpeg_exif.py") / "exif_turned.avi")
    assert (info.frame_count, info.height, info.width) == (12, 160, 96)


def test_two_views_in_one_track(real: Path) -> None:
    assert facts(real / "water_180_mvhevc_5frames.mov").frame_count == 5


@pytest.mark.parametrize(
    ("recipe", "name", "count", "rate"),
    [
        *[("mkv_no_rate.py", f"bf{b}.{kind}", 60, NTSC) for b in (0, 2, 3) for kind in ("mkv", "flv")],
        ("mkv_no_rate.py", "f23976.mkv", 60, FILM),
        ("mkv_no_rate.py", "f23976.webm", 60, FILM),
        ("mkv_no_rate.py", "f5994.mkv", 60, NTSC_DOUBLE),
        ("rate_tail.sh", "long_tail.mov", 30, NTSC),
        ("rate_tail.sh", "trimmed.mp4", 33, NTSC),
        *[
            ("raw_rate.sh", f"raw_{name}.{kind}", 24, rate)
            for name, rate in (("24000_1001", FILM), ("30", Fraction(30)), ("60000_1001", NTSC_DOUBLE))
            for kind in ("h264", "hevc", "m2v")
        ],
    ],
)
def test_rates_are_what_the_times_show(recipe: str, name: str, count: int, rate: Fraction, made: Make) -> None:
    info = facts(made(recipe) / name)
    assert (info.frame_count, info.rate, info.variable_rate) == (count, rate, False)
    assert not any("cut off" in note or "varies" in note for note in info.notes)


@pytest.mark.parametrize(("name", "rate"), [("sample.flv", 30), ("sample.mkv", 30), ("bt601.mov", NTSC)])
def test_rates_of_real_files(name: str, rate: Fraction, real: Path) -> None:
    info = facts(real / name)
    assert (info.frame_count, info.rate, info.variable_rate) == (30, rate, False)
    assert not any("cut off" in note for note in info.notes)


@pytest.mark.parametrize(
    "name",
    ["h264_nob.ts", "h264_b.ts", "mpeg2_nob.ts", "mpeg2_b.ts", "ps.mpg", "h264_b_late.ts", "h264_b_back.ts"],
)
def test_joined_streams_play_in_the_order_of_the_file(name: str, made: Make) -> None:
    """Both halves have 25 pictures; the first is drawn by testsrc, the second by testsrc2."""
    path = made("ts_concat.sh") / name
    info = facts(path)
    assert (info.frame_count, info.rate, info.variable_rate) == (50, 25, False)
    assert damaged(path) == []
    source = open_video(path)
    small = [source.frame(n)[::4, ::4].astype(float) for n in range(50)]
    source.close()
    steps = [float(np.abs(a - b).mean()) for a, b in pairwise(small)]
    # The only jump from one picture to the other is in the middle.
    assert int(np.argmax(steps)) == 24
    assert max(steps[:24] + steps[25:]) < steps[24] / 2


@pytest.mark.parametrize("name", ["vp9_split.nut", "vp9_split.avi", "vp9_super.webm"])
def test_hidden_pictures_are_no_frames(name: str, made: Make) -> None:
    path = made("vp9_hidden.sh") / name
    info = facts(path)
    assert (info.frame_count, info.rate) == (60, 25)
    assert damaged(path) == []


@pytest.mark.parametrize("name", ["thumb_first.mov", "thumb_first.mkv", "proxy_first.mkv", "proxy_first.mov"])
def test_the_default_track_is_shown(name: str, made: Make) -> None:
    info = facts(made("tracks.sh") / name)
    assert (info.width, info.height, info.frame_count, info.track) == (320, 180, 50, 1)
    assert any("64x36" in note for note in info.notes)


def test_cover_pictures_need_no_note(made: Make) -> None:
    info = facts(made("tracks.sh") / "cover_first.mp4")
    assert (info.width, info.height, info.frame_count, info.notes) == (320, 180, 50, ())


def test_dropped_frames_of_an_avi_are_no_damage(made: Make, real: Path) -> None:
    info = facts(made("odd_video.sh") / "dropped.avi")
    assert (info.frame_count, info.rate) == (30, 25)
    assert any(note.startswith("5 frames were dropped") for note in info.notes)
    sample = facts(real / "sample.avi")
    assert (sample.frame_count, sample.rate) == (96, FILM)
    assert any(note.startswith("2 frames were dropped") for note in sample.notes)
    assert not any("cut off" in note for note in (*info.notes, *sample.notes))


@pytest.mark.parametrize(
    "recipe",
    [
        "ts_concat.sh",
        "vp9_hidden.sh",
        "odd_video.sh",
        "packed_bitstream.py",
        "tracks.sh",
        "mjpeg_exif.py",
        "seek_cases.sh",
    ],
)
def test_pictures_and_their_order_are_those_of_ffmpeg(recipe: str, made: Make) -> None:
    if not ffmpeg_version():
        pytest.skip("needs the programs ffmpeg and ffprobe, which are not installed")
    findings = [examine(path) for path in sorted(made(recipe).iterdir()) if path.suffix not in (".png", ".gif")]
    assert any(finding.compared for finding in findings)
    assert [finding.line() for finding in findings if finding.differences or finding.refused] == []


def test_what_the_container_cuts_off_is_not_shown(made: Make) -> None:
    """The right size is that of ffmpeg 9; mkvpropedit, which writes the crop, is not everywhere."""
    if shutil.which("mkvpropedit") is None:
        pytest.skip("needs the program mkvpropedit; tests/unit/video/test_crop.py writes such files itself")
    info = facts(made("container_crop.sh") / "crop.mkv")
    assert (info.width, info.height, info.cropped) == (320, 140, True)


@pytest.mark.parametrize(("name", "other"), [("size_change.h264", "640x360"), ("shape_change.h264", "180x320")])
def test_pictures_of_another_size_are_told_of(name: str, other: str, made: Make) -> None:
    source = open_video(made("odd_video.sh") / name)
    assert (exact_info(source).frame_count, source.frame(49).shape) == (50, (180, 320, 3))
    assert any(other in note for note in source.info.notes)
    source.close()


def test_a_bare_stream_of_jpeg_pictures_opens(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "m.mjpeg", frames=12, codec="mjpeg", pixel_format="yuvj420p", container="mjpeg")
    info = facts(path)
    assert (info.frame_count, info.height, info.width) == (12, 96, 160)
    source = open_video(path)
    assert [read_index(source.frame(number)) for number in (7, 0, 11)] == [7, 0, 11]
    source.close()

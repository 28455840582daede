"""One suite over every kind of source and codec: the frame asked for, in any order, on several threads.

PyAV 18.1 carries an encoder for every codec that docs/footage.md promises, so none of them goes untested.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.clips import make_clip, make_sequence, read_index
from vosapp.core.errors import MediaError
from vosapp.video.open import open_video
from vosapp.video.source import VideoSource, frame_times

FRAMES = 30


@dataclass(frozen=True)
class Kind:
    """How a clip is made and what its source must say."""

    make: dict[str, Any]
    codec: str
    bit_depth: int = 8
    size: tuple[int, int] = (96, 160)
    alpha: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def clip(codec: str, pixel_format: str = "", **more: Any) -> dict[str, Any]:
    return {"codec": codec, "pixel_format": pixel_format, **more}


DNX = {"options": {"profile": "dnxhr_hq"}, "size": (144, 256)}
OPEN_GOP = {"x264-params": "open-gop=1:keyint=8:min-keyint=8:scenecut=0"}
HIDDEN = {"auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "good", "cpu-used": "5"}
VARIABLE = [k * 40 + k * k * 7 % 23 for k in range(FRAMES)]
MILLISECOND = Fraction(1, 1000)

KINDS = {
    # Codecs and containers.
    "h264.mp4": Kind(clip("libx264", b_frames=2), "h264"),
    "h264-high10.mov": Kind(clip("libx264", "yuv420p10le", b_frames=2), "h264", 10),
    "h264-444.mkv": Kind(clip("libx264", "yuv444p", size=(97, 161)), "h264", size=(97, 161)),
    "h264.ts": Kind(clip("libx264", "yuv420p", b_frames=2, audio=True), "h264", facts={"has_audio": True}),
    "h264.avi": Kind(clip("libx264", "yuv420p", b_frames=2), "h264"),
    "h264.flv": Kind(clip("libx264", "yuv420p", b_frames=2), "h264"),
    "bare.h264": Kind(clip("libx264", "yuv420p", b_frames=2, container="h264"), "h264"),
    "h265.mp4": Kind(clip("libx265", b_frames=3), "hevc"),
    "h265-10.mkv": Kind(clip("libx265", "yuv420p10le", b_frames=3), "hevc", 10),
    "h265.ts": Kind(clip("libx265", "yuv420p", b_frames=2), "hevc"),
    "vp8.webm": Kind(clip("libvpx", "yuv420p", options=HIDDEN), "vp8"),
    "vp9.webm": Kind(clip("libvpx-vp9", audio=True), "vp9", facts={"has_audio": True}),
    "vp9-hidden.webm": Kind(clip("libvpx-vp9", "yuv420p", options=HIDDEN), "vp9"),
    "av1.mp4": Kind(clip("libsvtav1", "yuv420p"), "av1"),
    "av1.webm": Kind(clip("libsvtav1", "yuv420p10le"), "av1", 10),
    "prores422.mov": Kind(clip("prores_ks", "yuv422p10le"), "prores", 10),
    "prores4444.mov": Kind(clip("prores_ks", "yuva444p10le"), "prores", 12, alpha=True),
    "prores422.mxf": Kind(clip("prores_ks", "yuv422p10le"), "prores", 10),
    "dnxhr.mov": Kind(clip("dnxhd", "yuv422p", **DNX), "dnxhd", size=(144, 256)),
    "dnxhr.mxf": Kind(clip("dnxhd", "yuv422p", **DNX), "dnxhd", size=(144, 256)),
    "dnxhr-10.mov": Kind(
        clip("dnxhd", "yuv422p10le", options={"profile": "dnxhr_hqx"}, size=(144, 256)), "dnxhd", 10, size=(144, 256)
    ),
    "mjpeg.avi": Kind(clip("mjpeg", "yuvj420p", audio=True), "mjpeg", facts={"has_audio": True}),
    "mjpeg.mov": Kind(clip("mjpeg", "yuvj422p"), "mjpeg"),
    "ffv1.mkv": Kind(clip("ffv1", "yuv420p", size=(97, 161)), "ffv1", size=(97, 161)),
    "ffv1-16.mkv": Kind(clip("ffv1", "gbrp16le"), "ffv1", 16),
    "ffv1-alpha.mkv": Kind(clip("ffv1", "bgra"), "ffv1", alpha=True),
    "ffv1-grey.mkv": Kind(clip("ffv1", "gray16le"), "ffv1", 16),
    "cineform.mov": Kind(clip("cfhd", "yuv422p10le"), "cfhd", 10),
    "cineform-rgb.avi": Kind(clip("cfhd", "gbrp12le"), "cfhd", 12),
    "png.mov": Kind(clip("png", "rgba"), "png", alpha=True),
    "qtrle.mov": Kind(clip("qtrle", "argb"), "qtrle", alpha=True),
    "v210.mov": Kind(clip("v210", "yuv422p10le"), "v210", 10),
    "raw.avi": Kind(clip("rawvideo", "bgr24"), "rawvideo"),
    "mpeg2.ts": Kind(clip("mpeg2video", "yuv420p", b_frames=2), "mpeg2video"),
    "mpeg2.mxf": Kind(clip("mpeg2video", "yuv420p", b_frames=2, rate=Fraction(25)), "mpeg2video"),
    "mpeg4.avi": Kind(clip("mpeg4", "yuv420p", b_frames=2), "mpeg4"),
    "animation.gif": Kind(clip("gif", "rgb8", rate=Fraction(25)), "gif", alpha=True),
    # Structure and timing.
    "open-gop.mp4": Kind(clip("libx264", b_frames=3, options=OPEN_GOP), "h264"),
    "refresh.mp4": Kind(clip("libx264", options={"x264-params": "intra-refresh=1:keyint=10"}), "h264"),
    "fragments.mp4": Kind(
        clip("libx264", b_frames=2, container_options={"movflags": "frag_keyframe+empty_moov"}), "h264"
    ),
    "variable.mp4": Kind(
        clip("libx264", times=VARIABLE, time_base=MILLISECOND, b_frames=2), "h264", facts={"variable_rate": True}
    ),
    "variable.mkv": Kind(
        clip("ffv1", "yuv420p", times=VARIABLE, time_base=MILLISECOND), "ffv1", facts={"variable_rate": True}
    ),
    "ntsc.mov": Kind(
        clip("prores_ks", "yuv422p10le", rate=Fraction(30000, 1001), timecode="01:00:00;00"),
        "prores",
        10,
        facts={"rate": Fraction(30000, 1001), "start_timecode": "01:00:00;00"},
    ),
    # Geometry.
    "turned.mp4": Kind(clip("libx264", rotation=90), "h264", size=(160, 96)),
    "upside-down.mov": Kind(clip("libx264", rotation=180), "h264"),
    "turned-back.mp4": Kind(clip("libx264", rotation=270, b_frames=2), "h264", size=(160, 96)),
    "anamorphic.mp4": Kind(clip("libx264", pixel_aspect=Fraction(16, 11)), "h264", size=(96, 233)),
    "tall-pixels.mp4": Kind(clip("libx265", pixel_aspect=Fraction(10, 11)), "hevc", size=(106, 160)),
}

SEQUENCES = {
    "png": Kind({"suffix": ".png"}, "png", facts={"has_numbers": True, "first_number": 0}),
    "png16": Kind({"suffix": ".png", "pixel_format": "rgb48be"}, "png", 16),
    "jpg": Kind({"suffix": ".jpg", "first_number": 1001}, "jpg", facts={"first_number": 1001}),
    "tif": Kind({"suffix": ".tif", "pixel_format": "rgba"}, "tif", alpha=True),
    "tif16": Kind({"suffix": ".tif", "pixel_format": "rgb48le"}, "tif", 16),
    "exr": Kind({"suffix": ".exr"}, "exr", 32),
    "dpx": Kind({"suffix": ".dpx"}, "dpx", 10),
}


@pytest.fixture(scope="module")
def clip_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes each clip once."""
    folder = tmp_path_factory.mktemp("clips")

    def path_of(name: str) -> Path:
        path = folder / name
        if not path.exists():
            if name in SEQUENCES:
                make_sequence(path, frames=FRAMES, **SEQUENCES[name].make)
            else:
                make_clip(path, frames=FRAMES, **KINDS[name].make)
        return path

    return path_of


@pytest.fixture(params=[*KINDS, *SEQUENCES])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(kind: str, clip_of: Callable[[str], Path]):
    opened = open_video(clip_of(kind))
    yield opened
    opened.close()


def digest(picture: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def test_facts(kind: str, source: VideoSource) -> None:
    expected = {**KINDS, **SEQUENCES}[kind]
    info = source.info
    assert (info.height, info.width) == expected.size
    assert (info.codec, info.bit_depth, info.has_alpha) == (expected.codec, expected.bit_depth, expected.alpha)
    assert (info.frame_count, info.provisional, info.damaged) == (FRAMES, False, ())
    assert len(info.notes) == expected.facts.get("variable_rate", False)
    assert all("rate varies" in note for note in info.notes)
    assert (info.decoder == "") == (kind in SEQUENCES)
    usual = {"has_audio": False, "variable_rate": False, "interlaced": False}
    assert {name: getattr(info, name) for name in usual | expected.facts} == usual | expected.facts


def test_every_frame_has_a_time(kind: str, source: VideoSource) -> None:
    times, rate = frame_times(source), source.info.rate
    if kind in ("variable.mp4", "variable.mkv"):
        assert times == tuple(Fraction(time, 1000) for time in VARIABLE)
    else:
        assert times == tuple(k / rate for k in range(FRAMES))


def test_every_frame_in_random_order(source: VideoSource) -> None:
    """Pixels, too, are those of one pass from start to end."""
    straight = [digest(source.frame(k)) for k in range(FRAMES)]
    order = [k for k in range(FRAMES) for _ in range(2)] + [0, FRAMES - 1]
    random.Random(3).shuffle(order)
    for k in [*order, *range(FRAMES - 1, -1, -7)]:
        picture = source.frame(k)
        assert read_index(picture) == k
        assert digest(picture) == straight[k]


def test_pictures_have_the_promised_form(kind: str, source: VideoSource) -> None:
    info = source.info
    picture, native = source.frame(4), source.native(4)
    assert picture.shape == (info.height, info.width, 3)
    assert native.shape == (info.height, info.width, 4 if info.has_alpha else 3)
    assert picture.dtype == np.uint8
    depths = {8: np.uint8, 32: np.float32}
    assert native.dtype == depths.get(info.bit_depth, np.uint16)
    assert not picture.flags.writeable
    assert not native.flags.writeable
    assert picture.flags.c_contiguous
    assert read_index(native) == 4


def test_display_and_native_show_the_same(kind: str, source: VideoSource) -> None:
    if kind == "exr":
        pytest.skip("an EXR's own samples are scene light, its display picture is not")
    picture, native = source.frame(9), source.native(9)[..., :3]
    scaled = native / np.iinfo(native.dtype).max * 255
    # The quick conversion to the display takes chroma from the nearest sample, so edges differ; areas do not.
    assert np.abs(scaled - picture).mean() < 3.5


def test_nothing_is_damaged(source: VideoSource) -> None:
    assert not any(source.is_damaged(k) for k in (0, 17, 5, FRAMES - 1))


@pytest.mark.parametrize("index", [-1, FRAMES, 10**9])
def test_frames_that_do_not_exist(source: VideoSource, index: int) -> None:
    for ask in (source.frame, source.native, source.is_damaged):
        with pytest.raises(IndexError):
            ask(index)
    assert read_index(source.frame(3)) == 3


def test_closing(kind: str, clip_of: Callable[[str], Path]) -> None:
    source = open_video(clip_of(kind))
    source.close()
    source.close()
    for ask in (source.frame, source.native, source.is_damaged):
        with pytest.raises(MediaError, match="closed"):
            ask(0)
    assert source.info.frame_count == FRAMES


def test_four_threads_see_the_same_pixels(kind: str, clip_of: Callable[[str], Path]) -> None:
    path = clip_of(kind)
    seen: list[dict[int, str]] = [{} for _ in range(4)]
    failures: list[BaseException] = []

    def work(number: int) -> None:
        order = list(range(FRAMES))
        random.Random(number).shuffle(order)
        try:
            own = open_video(path)
            for k in order[:12]:
                picture = own.frame(k)
                assert read_index(picture) == k
                seen[number][k] = digest(picture)
            own.close()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the test's thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    for k in range(FRAMES):
        assert len({pictures[k] for pictures in seen if k in pictures}) <= 1

"""Alpha that WebM keeps beside VP8 and VP9 pictures, and pictures whose size changes midway."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest

from tests.clips import make_clip
from vosapp.engine.run.alpha_job import alpha_mask
from vosapp.video.cache import FrameCache
from vosapp.video.open import open_video
from vosapp.video.prefetch import Prefetcher
from vosapp.video.source import ClipInfo

FRAMES = 20


def alpha_clip(path: Path, codec: str) -> Path:
    """A WebM whose alpha is opaque left of a line that moves two pixels a frame, and a quarter opaque behind it."""
    options = {"auto-alt-ref": "0", "deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "2M"}
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.height, stream.width, stream.pix_fmt = 96, 160, "yuva420p"
        stream.codec_context.gop_size = 6
        stream.metadata["alpha_mode"] = "1"
        for index in range(FRAMES):
            rgba = np.full((96, 160, 4), (200, 90, 40, 255), np.uint8)
            rgba[:, 40 + 4 * index :, 3] = 64
            frame = av.VideoFrame.from_ndarray(rgba, "rgba").reformat(format="yuva420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_hidden_alpha_is_read_in_any_order(codec: str, tmp_path: Path) -> None:
    source = open_video(alpha_clip(tmp_path / "a.webm", codec))
    assert source.info.has_alpha
    assert source.info.codec == ("vp8" if codec == "libvpx" else "vp9")
    straight = [source.native(index) for index in range(FRAMES)]
    for index, native in enumerate(straight):
        assert native.shape == (96, 160, 4)
        inside = alpha_mask(native)
        assert abs(int(inside[48].sum()) - (40 + 4 * index)) <= 2
        assert abs(int(native[48, 150, 3]) - 64) <= 4
    order = list(range(FRAMES)) * 2
    random.Random(1).shuffle(order)
    for index in order:
        assert np.array_equal(source.native(index), straight[index])
    source.close()


def changing_clip(folder: Path, size: tuple[int, int]) -> Path:
    """Ten frames of 96 x 160 and ten of another size in one bare stream."""
    parts = [
        make_clip(folder / f"p{n}.h264", frames=10, size=one, pixel_format="yuv420p", container="h264", gop=10)
        for n, one in enumerate([(96, 160), size])
    ]
    path = folder / "changing.h264"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


@pytest.mark.parametrize(("size", "bars"), [((192, 320), 0), ((160, 96), 51)])
def test_pictures_of_another_size_are_fitted_and_told_of(size: tuple[int, int], bars: int, tmp_path: Path) -> None:
    source = open_video(changing_clip(tmp_path, size))
    assert source.info.frame_count == 20
    assert source.info.notes == ()
    for index in (4, 14, 19):
        assert source.frame(index).shape == source.native(index).shape == (96, 160, 3)
        assert not source.is_damaged(index)
    assert [note for note in source.info.notes if f"frame 14 is {size[1]}x{size[0]}" in note]
    picture = source.frame(14)
    assert not picture[:, :bars].any()
    assert not picture[:, 160 - bars :].any()
    assert picture[48, bars + 4].any()
    source.close()


def test_the_window_is_told_when_the_size_changes(tmp_path: Path) -> None:
    path = changing_clip(tmp_path, (192, 320))
    told: list[ClipInfo] = []
    fetcher = Prefetcher(lambda: open_video(path), FrameCache(2**24), lambda _: None, described=told.append, ahead=0)
    fetcher.request(12)
    while not any(info.notes for info in told):
        assert fetcher._thread.is_alive()
        fetcher._thread.join(0.02)
    assert "frame 12 is 320x192" in told[-1].notes[0]
    fetcher.close()

"""Files with odd structure: edit lists, odd times, cut starts, damage, growth, removal."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.clips import damaged, make_clip, read_index, truncated
from vosapp.core.errors import MediaError
from vosapp.video.av.decoder import FrameDecoder
from vosapp.video.av.file_source import FileSource
from vosapp.video.open import open_video


@pytest.fixture
def opened():
    sources: list[FileSource] = []

    def open_one(path: Path) -> FileSource:
        source = open_video(path)
        assert isinstance(source, FileSource)
        sources.append(source)
        return source

    yield open_one
    for source in sources:
        source.close()


Opener = Callable[[Path], FileSource]


def indices(source: FileSource) -> list[int]:
    """The bar codes of all frames, read backwards so that every one is a jump."""
    return [read_index(source.frame(k)) for k in range(source.info.frame_count - 1, -1, -1)][::-1]


def remuxed(source: Path, path: Path, keep: Callable[[int, av.Packet], bool]) -> Path:
    """Copies packets without decoding. `keep` gets each one and its number, may change it, and says if it stays."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(p for p in old.demux(video=0) if p.size):
            if keep(number, packet):
                packet.stream = stream
                new.mux(packet)
    return path


def test_edit_list_cuts_the_start(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "edited.mp4", b_frames=2)
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 4 + 4 + 4 + 4
    (media_time,) = struct.unpack_from(">i", data, place)
    struct.pack_into(">i", data, place, media_time + 5 * 512)
    path.write_bytes(data)
    source = opened(path)
    assert indices(source) == list(range(5, 30))


def test_edit_list_cuts_the_end(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "edited.mp4", codec="mjpeg", pixel_format="yuvj420p")
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 4 + 4 + 4
    struct.pack_into(">I", data, place, 20 * 1000 // 24)
    path.write_bytes(data)
    assert indices(opened(path)) == list(range(20))


def test_negative_offsets(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "n.mov", b_frames=3, container_options={"movflags": "negative_cts_offsets"})
    assert indices(opened(path)) == list(range(30))


def test_negative_times(tmp_path: Path, opened: Opener) -> None:
    """A transport stream whose 33-bit clock overflows in the middle: FFmpeg counts from below zero then."""
    times = [(1 << 33) - 126000 + k * 3750 for k in range(30)]
    path = make_clip(
        tmp_path / "overflow.ts", pixel_format="yuv420p", b_frames=2, times=times, time_base=Fraction(1, 90000)
    )
    with av.open(str(path)) as container:
        assert min(p.pts for p in container.demux(video=0) if p.size) < 0
    assert indices(opened(path)) == list(range(30))


def test_doubled_times(tmp_path: Path, opened: Opener) -> None:
    plain = make_clip(tmp_path / "plain.mkv", codec="mjpeg", pixel_format="yuvj420p")

    def double(number: int, packet: av.Packet) -> bool:
        packet.pts = packet.dts = packet.pts - 42 * (number % 3 == 1)
        return True

    path = remuxed(plain, tmp_path / "doubled.mkv", double)
    with av.open(str(path)) as container:
        assert len({p.pts for p in container.demux(video=0) if p.size}) < 30
    assert indices(opened(path)) == list(range(30))


def test_file_cut_out_of_a_longer_one(tmp_path: Path, opened: Opener) -> None:
    """Leading pictures of an open group refer to pictures that are gone: they are left out, as players do."""
    options = {"x264-params": "open-gop=1:keyint=8:min-keyint=8:scenecut=0:bframes=3:b-adapt=0"}
    whole = make_clip(tmp_path / "whole.mkv", b_frames=3, options=options)
    keys = [n for n, p in enumerate(p for p in av.open(str(whole)).demux(video=0) if p.size) if p.is_keyframe]
    path = remuxed(whole, tmp_path / "cut.mkv", lambda number, packet: number >= keys[1])
    source = opened(path)
    shown = indices(source)
    assert shown == list(range(shown[0], 30))
    assert shown[0] == 8
    assert any("left out" in note for note in source.info.notes)


def test_file_that_starts_between_key_frames(tmp_path: Path, opened: Opener) -> None:
    whole = make_clip(tmp_path / "whole.ts", pixel_format="yuv420p")
    path = remuxed(whole, tmp_path / "late.ts", lambda number, packet: number >= 7)
    source = opened(path)
    assert indices(source) == list(range(12, 30))


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [("d.mov", "prores_ks", "yuv422p10le"), ("d.avi", "mjpeg", "yuvj420p"), ("d.mp4", "libx264", "yuv420p")],
)
def test_damaged_packets_are_shown_and_counted(
    name: str, codec: str, pixel_format: str, tmp_path: Path, opened: Opener
) -> None:
    whole = make_clip(tmp_path / f"whole-{name}", codec=codec, pixel_format=pixel_format, gop=6)
    source = opened(damaged(whole, tmp_path / name, [5, 17]))
    sound = opened(whole)
    assert source.info.frame_count == 30
    assert [k for k in range(30) if source.is_damaged(k)] == [5, 17]
    border = source.frame(17)[:2, :2].reshape(-1, 3)
    assert (border == (220, 40, 40)).all()
    assert read_index(source.native(17)) == 16
    # Whole groups of pictures are not touched by damage elsewhere.
    for k in (0, 4, 12, 16, 24, 29):
        assert np.array_equal(source.frame(k), sound.frame(k))


def test_damage_that_the_container_sees_is_known_at_once(tmp_path: Path, opened: Opener) -> None:
    whole = make_clip(tmp_path / "whole.ts", size=(360, 640), pixel_format="yuv420p")
    cells = whole.read_bytes()
    middle = len(cells) // 188 // 2 * 188
    path = tmp_path / "lost.ts"
    path.write_bytes(cells[:middle] + cells[middle + 2 * 188 :])
    source = opened(path)
    assert source.info.frame_count == 30
    (known,) = source.info.damaged
    assert source.is_damaged(known)
    assert "1 frame is damaged in the file" in source.info.notes[0]
    assert opened(whole).info.damaged == ()


def test_damage_looks_the_same_from_everywhere(tmp_path: Path, opened: Opener) -> None:
    whole = make_clip(tmp_path / "whole.mp4", b_frames=2)
    path = damaged(whole, tmp_path / "damaged.mp4", [4, 15], spare=24)
    forward, backward = opened(path), opened(path)
    straight = [forward.frame(k) for k in range(30)]
    for k in range(29, -1, -1):
        assert np.array_equal(backward.frame(k), straight[k])


def test_damaged_first_frame(tmp_path: Path, opened: Opener) -> None:
    whole = make_clip(tmp_path / "whole.mov", codec="prores_ks", pixel_format="yuv422p10le")
    source = opened(damaged(whole, tmp_path / "damaged.mov", [0]))
    assert source.info.frame_count == 30
    assert source.is_damaged(0)
    assert source.frame(0).shape == (96, 160, 3)
    with pytest.raises(MediaError, match="Frame 0"):
        source.native(0)
    assert read_index(source.frame(1)) == 1


@pytest.mark.parametrize(("name", "fraction"), [("t.mkv", 0.5), ("t.ts", 0.5), ("t.avi", 0.6), ("fast.mp4", 0.7)])
def test_cut_off_files_keep_what_they_hold(name: str, fraction: float, tmp_path: Path, opened: Opener) -> None:
    options = {"movflags": "faststart"} if name == "fast.mp4" else {}
    whole = make_clip(tmp_path / f"whole-{name}", codec="libx264", pixel_format="yuv420p", container_options=options)
    source = opened(truncated(whole, tmp_path / name, fraction))
    count = source.info.frame_count
    assert 5 < count < 28
    assert [read_index(source.frame(k)) for k in range(count - 1)] == list(range(count - 1))
    if not name.endswith(".ts"):
        assert any("cut off" in note for note in source.info.notes)


def test_file_still_being_written(tmp_path: Path, opened: Opener) -> None:
    whole = make_clip(tmp_path / "whole.mkv", frames=60).read_bytes()
    path = tmp_path / "growing.mkv"
    path.write_bytes(whole[: len(whole) // 2])
    first = opened(path)
    count = first.info.frame_count
    path.write_bytes(whole)
    again = opened(path)
    assert count < again.info.frame_count == 60
    assert read_index(first.frame(count - 1)) == count - 1


def test_file_removed_while_open(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "gone.mp4")
    source = opened(path)
    source.frame(0)
    path.unlink()
    try:
        assert read_index(source.frame(20)) == 20
    except MediaError as error:
        assert "gone.mp4" in error.message
    with pytest.raises(MediaError, match="There is no file"):
        open_video(path)


def test_read_only_file(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "only.mp4")
    path.chmod(0o444)
    assert indices(opened(path)) == list(range(30))


@pytest.mark.parametrize("name", ["größe 映画 😀.mp4", "http:%04d.mp4", "-i.mp4", "a" * 240 + ".mp4", "con cat|x.mp4"])
def test_any_name(name: str, tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "plain.mp4", frames=3)
    os.rename(path, tmp_path / name)  # noqa: PTH104 - the name is the point
    source = opened(tmp_path / name)
    assert read_index(source.frame(2)) == 2


def test_very_long_path(tmp_path: Path, opened: Opener) -> None:
    folder = tmp_path
    while len(str(folder)) < 1500:
        folder = folder / ("d" * 200)
    folder.mkdir(parents=True)
    path = make_clip(tmp_path / "plain.mp4", frames=3).rename(folder / "deep.mp4")
    assert indices(opened(path)) == [0, 1, 2]


def test_dnxhd_of_the_television_kind(tmp_path: Path, opened: Opener) -> None:
    """Unlike DNxHR it only comes in the sizes and bit rates of television."""
    path = make_clip(
        tmp_path / "a.mxf", frames=4, size=(720, 1280), codec="dnxhd", pixel_format="yuv422p", options={"b": "90M"}
    )
    source = opened(path)
    assert (source.info.codec, source.info.frame_count) == ("dnxhd", 4)
    assert [read_index(source.frame(k)) for k in (3, 1, 2, 0)] == [3, 1, 2, 0]


def test_interlaced_is_said(tmp_path: Path, opened: Opener) -> None:
    options = {"x264-params": "interlaced=1:tff=1"}
    source = opened(make_clip(tmp_path / "i.mp4", size=(96, 160), options=options))
    assert source.info.interlaced
    assert any("interlaced" in note for note in source.info.notes)
    assert indices(source) == list(range(30))


def test_timecode_track(tmp_path: Path, opened: Opener) -> None:
    path = make_clip(tmp_path / "t.mov", codec="prores_ks", pixel_format="yuv422p10le", timecode="10:20:30:12")
    assert opened(path).info.start_timecode == "10:20:30:12"


def test_alpha_of_the_source(tmp_path: Path, opened: Opener) -> None:
    """Alpha comes with the native picture, exactly, and not with the display picture."""
    path = tmp_path / "alpha.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("png", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 80, "rgba"
        rgba = np.zeros((64, 80, 4), np.uint8)
        rgba[..., 0], rgba[..., 3] = 200, np.arange(80)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(rgba, "rgba")))
        out.mux(stream.encode(None))
    source = opened(path)
    assert source.info.has_alpha
    assert np.array_equal(source.native(0), rgba)
    assert (source.frame(0)[..., 0] == 200).all()


@pytest.mark.parametrize(("codec", "name"), [("libx264", "m.mp4"), ("libx265", "m.mkv"), ("mjpeg", "m.avi")])
def test_many_decoder_threads(codec: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen processors: the decoder gives up to a dozen pictures at once at the end of the file."""
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    b_frames = 0 if codec == "mjpeg" else 3
    path = make_clip(
        tmp_path / name, codec=codec, pixel_format="yuvj420p" if codec == "mjpeg" else "", b_frames=b_frames
    )
    source = open_video(path)
    for order in (range(30), range(29, -1, -1), (29, 0, 28, 15, 27, 16)):
        assert [read_index(source.frame(k)) for k in order] == list(order)
    assert not any(source.is_damaged(k) for k in range(30))
    source.close()


def test_damage_that_takes_many_frames_along_is_not_looked_for_each_time(
    tmp_path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In H.265 a lost picture takes with it all that refer to it, up to the next key picture."""
    whole = make_clip(tmp_path / "whole.mp4", codec="libx265", frames=120, gop=60, size=(64, 160))
    source = opened(damaged(whole, tmp_path / "damaged.mp4", [10]))
    fed = 0
    feed = FrameDecoder._feed

    def counting(decoder: FrameDecoder, last: int | None):
        nonlocal fed
        fed += 1
        return feed(decoder, last)

    monkeypatch.setattr(FrameDecoder, "_feed", counting)
    lost = [k for k in range(120) if source.is_damaged(k)]
    assert len(lost) > 40
    assert [read_index(source.frame(k)) for k in (0, 9, 60, 119)] == [0, 9, 60, 119]
    assert fed < 1000
    assert read_index(source.native(55)) == 9
    before = fed
    assert all(read_index(source.native(k)) == 9 for k in range(56, 60))
    assert fed == before

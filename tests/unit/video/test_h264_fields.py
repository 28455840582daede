"""Frames whose two fields are packets of their own count once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.clips import make_clip, read_index
from tests.h264_fields import write_field_clip
from vosapp.video.bitstream.h264_fields import FieldPairs
from vosapp.video.open import open_video


def in_container(bare: Path, path: Path) -> Path:
    """The packets of a bare stream, one field each, with times."""
    with av.open(str(bare)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(p for p in old.demux(video=0) if p.size):
            packet.stream = stream
            packet.pts, packet.dts, packet.duration = number, number, 1
            packet.time_base = Fraction(1, 50)
            new.mux(packet)
    return path


@pytest.mark.parametrize("name", ["bare.h264", "f.ts", "f.mp4", "f.mkv"])
def test_two_fields_are_one_frame(name: str, tmp_path: Path) -> None:
    bare = write_field_clip(tmp_path / "bare.h264", 12)
    source = open_video(bare if name == "bare.h264" else in_container(bare, tmp_path / name))
    assert source.info.frame_count == 12
    assert source.info.interlaced
    assert source.info.rate == 25
    for k in (11, 0, 5, 6, 7, 3):
        assert read_index(source.frame(k)) == k
        assert not source.is_damaged(k)
    source.close()


@pytest.mark.parametrize("options", [{}, {"x264-params": "interlaced=1"}, {"x264-params": "cqm=jvt:interlaced=1"}])
@pytest.mark.parametrize("name", ["p.mp4", "p.ts"])
def test_whole_frames_are_left_alone(name: str, options: dict[str, str], tmp_path: Path) -> None:
    """Scaling matrices in the parameter sets have to be stepped over to find out."""
    path = make_clip(tmp_path / name, pixel_format="yuv420p", frames=5, options=options)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pairs = FieldPairs(stream.codec_context.extradata)
        assert pairs.possible == bool(options)
        assert not any(pairs.is_second_field(bytes(p)) for p in container.demux(stream) if p.size)


def test_nonsense_is_no_field() -> None:
    pairs = FieldPairs(b"\1\x42\0\x1e\xff\xff\xff\xff\xff")
    assert not pairs.is_second_field(b"")
    assert not pairs.is_second_field(b"\0\0\0\xff\x65\0\0\0\0")
    assert not FieldPairs(b"\0\0\1\x67\x64").is_second_field(b"\0\0\1\x65" + bytes(80))

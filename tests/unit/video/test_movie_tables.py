"""Movies whose tables claim more than the file can hold are refused before FFmpeg takes memory for them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from tests.clips import make_clip
from vosapp.core.errors import MediaError
from vosapp.video.av.file_source import FileSource
from vosapp.video.bitstream.movie_tables import check_movie_tables

MANY = 50_000_000
NESTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")
Change = Callable[[bytes, bytes], bytes | None]


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def rebuilt(movie: bytes, change: Change) -> bytes:
    """The boxes of a movie, each as `change` makes it of its kind and content; None leaves it."""
    made, place = b"", 0
    while place + 8 <= len(movie):
        length = struct.unpack(">I", movie[place : place + 4])[0]
        kind, content = movie[place + 4 : place + 8], movie[place + 8 : place + length]
        changed = change(kind, content)
        if changed is None:
            changed = box(kind, rebuilt(content, change) if kind in NESTS else content)
        made, place = made + changed, place + length
    return made


def same_size(kind: bytes, content: bytes) -> bytes | None:
    """All samples of one size, and very many of them."""
    made = {
        b"stsz": numbers(0, 1, MANY),
        b"stts": numbers(0, 1, MANY, 512),
        b"stsc": numbers(0, 1, 1, MANY, 1),
        b"stco": numbers(0, 1, 40),
    }
    return b"" if kind == b"ctts" else box(kind, made[kind]) if kind in made else None


def times(kind: bytes, content: bytes) -> bytes | None:
    return box(kind, numbers(0, 2, 1, 512, MANY, 512)) if kind == b"stts" else None


def chunks(kind: bytes, content: bytes) -> bytes | None:
    return box(kind, numbers(0, 1, 1, 2**31, 1)) if kind == b"stsc" else None


def edits(kind: bytes, content: bytes) -> bytes | None:
    return box(kind, numbers(0, 3_000_000, *(400, 0, 65536) * 4)) if kind == b"elst" else None


def in_the_codec(kind: bytes, content: bytes) -> bytes | None:
    return box(kind, content + box(b"stsz", numbers(0, 1, MANY))) if kind == b"stsd" else None


def longer_than_the_file(kind: bytes, content: bytes) -> bytes | None:
    return struct.pack(">I", 2**31 - 1) + kind + numbers(0, 1, MANY) if kind == b"stsz" else None


def packed(movie: bytes) -> bytes:
    def pack(kind: bytes, content: bytes) -> bytes | None:
        if kind != b"moov":
            return None
        body = box(b"moov", rebuilt(content, same_size))
        return box(
            b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", numbers(len(body)) + zlib.compress(body)))
        )

    return rebuilt(movie, pack)


@pytest.fixture
def movie(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "shot.mp4", frames=12, size=(32, 48), indexed=False).read_bytes()


@pytest.mark.parametrize("change", [same_size, times, chunks, edits, in_the_codec, longer_than_the_file])
def test_claims_of_more_than_the_file_holds_are_refused(tmp_path: Path, movie: bytes, change: Change) -> None:
    path = tmp_path / "claim.mp4"
    path.write_bytes(rebuilt(movie, change))
    with pytest.raises(MediaError, match="more than such a file can hold"):
        FileSource(path)


def test_packed_tables_are_looked_through(tmp_path: Path, movie: bytes) -> None:
    path = tmp_path / "packed.mov"
    path.write_bytes(packed(movie))
    with pytest.raises(MediaError, match="more than such a file can hold"):
        FileSource(path)


def test_tables_that_unpack_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mov"
    body = zlib.compress(bytes(100 * 2**20))
    path.write_bytes(box(b"moov", box(b"cmov", box(b"cmvd", numbers(100 * 2**20) + body))))
    with pytest.raises(MediaError, match="packed tables that are too large"):
        FileSource(path)


def test_fragments_are_counted(tmp_path: Path, movie: bytes) -> None:
    whole, path = tmp_path / "shot.mp4", tmp_path / "fragments.mp4"
    with av.open(str(whole)) as old, av.open(str(path), "w", options={"movflags": "frag_keyframe+empty_moov"}) as new:
        track = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.size:
                packet.stream = track
                new.mux(packet)
    check_movie_tables(path)
    content = bytearray(path.read_bytes())
    place = content.find(b"trun")
    content[place + 4 : place + 12] = numbers(1, MANY)
    path.write_bytes(content)
    with pytest.raises(MediaError, match="more than such a file can hold"):
        FileSource(path)


@pytest.mark.parametrize("name", ["shot.mp4", "shot.mov", "shot.mkv", "shot.avi"])
def test_whole_files_pass(tmp_path: Path, name: str) -> None:
    check_movie_tables(make_clip(tmp_path / name, frames=5, size=(32, 48), indexed=False))


def test_plain_sound_of_hours_passes(tmp_path: Path) -> None:
    """Sound has a sample a tick: an hour of it has 172 million, in a file that is as long."""
    count = 172_800_000
    table = box(b"stsz", numbers(0, 2, count)) + box(b"stts", numbers(0, 1, count, 1))
    table += box(b"stsc", numbers(0, 1, 1, 48_000, 1)) + box(b"stco", numbers(0, 3600, *range(3600)))
    sound = box(b"mdia", box(b"hdlr", numbers(0, 0) + b"soun" + bytes(13)) + box(b"minf", box(b"stbl", table)))
    path = tmp_path / "sound.mov"
    with path.open("wb") as file:
        file.write(box(b"moov", box(b"trak", sound)))
        file.write(struct.pack(">I4sQ", 1, b"mdat", 16 + 2 * count))
        file.truncate(file.tell() + 2 * count)
    check_movie_tables(path)


@pytest.mark.parametrize("start", [b"\0\0\0\1\x67\x64\0\x0a" + b"\xff" * 60, b"\0\0\0\1mdat" + b"\xff" * 60])
def test_lengths_beyond_all_files_are_no_place_to_read_at(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "bare.h264").write_bytes(start)
    check_movie_tables(tmp_path / "bare.h264")

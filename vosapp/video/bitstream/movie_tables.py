"""Looks through the tables of an MP4 or MOV file before FFmpeg does, which takes memory for whatever they claim.

A few bytes can claim thousands of millions of samples: a common size (`stsz`), samples without fields of their own in
a fragment (`trun`), samples a chunk (`stsc`), or edits that each repeat the whole track (`elst`). Every sample takes
some bytes of the file, so what claims more than the file could hold is refused. The boxes are those of
ISO/IEC 14496-12.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.core.limits import MAX_CLIP_FRAMES
from vosapp.core.untrusted import open_regular
from vosapp.video.bitstream.boxes import boxes

_NESTS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf", b"udta", b"dinf", b"wave",
     b"meta", b"ilst", b"hoov", b"free", b"cmov"}
)  # fmt: skip  # boxes whose content FFmpeg takes for boxes
_TABLES = (b"stsz", b"stz2", b"stts", b"ctts", b"stsc", b"stco", b"co64", b"elst", b"trun")
_DEPTH = 16  # FFmpeg stops at 10
_MAX_BOXES = 2000  # of the file that are looked at: a long stream has a fragment a second, and disks are slow
_MAX_TABLES_BYTES = 512 * 2**20
_MAX_UNPACKED_BYTES = 64 * 2**20
_SAMPLE_BYTES = 8  # a picture that only repeats the last one takes more, with its place in the tables
_FEW_SAMPLES = 1000
_SAMPLES_A_BYTE = 16  # of sound: packed sound has several in one
_FEW_EDITS = 2

_Rows = NDArray[np.int64]
_Leaf = tuple[bytes, memoryview]  # kind and content of a box


def check_movie_tables(path: Path) -> None:
    """Makes sure that an MP4 or MOV file claims no more samples than it can hold. Does nothing for other files.

    Raises:
        MediaError: it claims more.
        OSError: it cannot be read.
    """
    with open_regular(path) as file:
        size = file.seek(0, 2)
        track, claimed = _Track(), 0
        for blob in _outermost(file, size, path):
            for kind, content in _leaves(blob, path):
                if kind == b"trak":
                    claimed += track.claims(size, path)
                    track = _Track()
                else:
                    track.add(kind, content)
        claimed += track.claims(size, path)
    if claimed > min(size // _SAMPLE_BYTES + _FEW_SAMPLES, MAX_CLIP_FRAMES):
        raise _refused(path, claimed)


class _Track:
    """The tables of one track, and of the fragments behind it, as FFmpeg would add them up."""

    def __init__(self) -> None:
        self._samples = self._chunks = self._edits = self._fragments = 0
        self._times: list[_Rows] = []
        self._offsets: list[_Rows] = []
        self._runs: list[_Rows] = []
        self._is_sound = False

    def add(self, kind: bytes, content: memoryview) -> None:
        """Takes a table into account."""
        if kind in (b"stsz", b"stz2"):
            self._samples = max(self._samples, _number(content, 8))
        elif kind == b"stts":
            self._times.append(_rows(content, 2))
        elif kind == b"ctts":
            self._offsets.append(_rows(content, 2))
        elif kind == b"stsc":
            self._runs.append(_rows(content, 3))
        elif kind in (b"stco", b"co64"):
            self._chunks += _number(content, 4)
        elif kind == b"elst":
            self._edits += _number(content, 4)
        elif kind == b"trun":
            self._fragments += _number(content, 4)
        elif kind == b"hdlr":
            self._is_sound = self._is_sound or bytes(content[8:12]) == b"soun"

    def claims(self, size: int, path: Path) -> int:
        """How many samples FFmpeg would make room for. Raises MediaError when the track alone is impossible."""
        # Sound whose samples take one tick each is taken chunk by chunk.
        is_plain = self._is_sound and len(self._times) == 1 and self._times[0][:, 1].tolist() == [1]
        longest = max(self._samples, *(int(rows[:, 0].sum()) for rows in (*self._times, *self._offsets)), 0, 0)
        if max(self._chunked(), longest if is_plain else 0) > _SAMPLES_A_BYTE * size:
            raise _refused(path, max(self._chunked(), longest))
        samples = 0 if is_plain else longest
        if self._edits > _FEW_EDITS and self._edits * samples > 2 * MAX_CLIP_FRAMES:
            raise _refused(path, self._edits * samples)
        return samples + self._fragments

    def _chunked(self) -> int:
        """How many samples the chunks would hold."""
        total = 0
        for rows in self._runs:
            if len(rows):
                firsts = np.minimum(np.append(rows[:, 0], self._chunks + 1), self._chunks + 1)
                runs = np.maximum(np.diff(firsts), 0).astype(np.float64)
                total += int((runs * rows[:, 1]).sum())
        return total


def _outermost(file: BinaryIO, size: int, path: Path) -> Iterator[memoryview]:
    """The outermost boxes that may hold tables, with their headers."""
    for box in boxes(file, 0, size, most=_MAX_BOXES):
        if box.kind not in _NESTS and box.kind not in _TABLES:
            continue
        here = min(box.end, size) - box.start
        if here <= _MAX_TABLES_BYTES:
            file.seek(box.start)
            yield memoryview(file.read(here))
        elif box.kind != b"free":
            raise MediaError(f"{path} has tables of {here / 1e9:.1f} GB.", "Copy or export the clip again.")


def _leaves(blob: memoryview, path: Path, depth: int = 0) -> Iterator[_Leaf]:
    """The tables in a piece of boxes, in their order; "trak" where a track begins."""
    place = 0
    while place + 8 <= len(blob) and depth <= _DEPTH:
        length, kind, head = _number(blob, place), bytes(blob[place + 4 : place + 8]), 8
        if length == 1:
            length, head = int.from_bytes(blob[place + 8 : place + 16], "big"), 16
        end = len(blob) if length == 0 else min(place + length, len(blob))
        if end < place + head:
            return
        content = blob[place + head : end]
        if kind == b"trak":
            yield kind, content
        if kind == b"stsd":
            yield from _anywhere(content)
        elif kind == b"cmvd":
            yield from _leaves(_unpacked(content, path), path, depth + 1)
        elif kind in _NESTS:
            yield from _leaves(content[4:] if kind == b"meta" else content, path, depth + 1)
        else:
            yield kind, content
        place = end


def _anywhere(content: memoryview) -> Iterator[_Leaf]:
    """Tables behind the fields of a codec, which FFmpeg reads as well; their places depend on the codec."""
    blob = bytes(content)
    for kind in _TABLES:
        place = blob.find(kind)
        while place >= 0:
            yield kind, content[place + 4 :]
            place = blob.find(kind, place + 4)


def _unpacked(content: memoryview, path: Path) -> memoryview:
    """What is packed in a box: old QuickTime files pack their tables."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(content[4:], _MAX_UNPACKED_BYTES)
    except zlib.error:
        return memoryview(b"")
    if unpacker.unconsumed_tail or _number(content, 0) > _MAX_UNPACKED_BYTES:
        raise MediaError(f"{path} has packed tables that are too large.", "Copy or export the clip again.")
    return memoryview(unpacked)


def _rows(content: memoryview, width: int) -> _Rows:
    """The rows of a table with a count in front, as far as they are there: (rows, width)."""
    count = max(min(_number(content, 4), (len(content) - 8) // (4 * width)), 0)
    flat = np.frombuffer(content[8 : 8 + 4 * width * count], ">u4")
    return flat.reshape(count, width).astype(np.int64)


def _number(content: memoryview, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "big")


def _refused(path: Path, claimed: int) -> MediaError:
    return MediaError(
        f"The tables of {path} claim {claimed:,} pictures or sounds, more than such a file can hold.",
        "Copy or export the clip again.",
    )

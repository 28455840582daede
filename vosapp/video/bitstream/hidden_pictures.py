"""Tells packets that show no picture of their own, by what the codecs write at their front.

Such are pictures that are only referred to (VP8, VP9, AV1), second fields, and packets of headers alone. Most
containers join them with a picture that is shown; AVI and NUT, for example, keep them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vosapp.video.bitstream.h264_fields import FieldPairs, units_after_start_codes, units_with_lengths

HiddenTest = Callable[[Any], bool]

_HEADERS_ONLY_BYTES = 4096
"""A packet of headers alone is small; larger ones are not looked at."""
_MPEG_HEADERS = (0xB2, 0xB3, 0xB5, 0xB7, 0xB8)
_FRAME_HEADER, _FRAME = 3, 6


def hidden_test(codec: str, extradata: bytes) -> HiddenTest:
    """What tells whether a packet of a track gives no picture of its own; packets come in the order of the file.

    Args:
        codec: as the decoder names it.
        extradata: what the container says about the codec.
    """
    if codec == "vp8":
        # The "show frame" bit (RFC 6386, 9.1).
        return lambda packet: not bytes(packet)[0] & 0x10
    if codec == "vp9":
        return lambda packet: not shows_vp9(bytes(packet))
    if codec in ("libdav1d", "av1", "libaom-av1"):
        return lambda packet: not shows_av1(bytes(packet))
    if codec == "h264":
        return _h264_test(extradata)
    if codec == "hevc":
        length_bytes = (extradata[21] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > 22 else 0
        return lambda packet: _is_headers_only(packet, length_bytes, lambda first: 32 <= first >> 1 & 63 <= 40)
    if codec in ("mpeg1video", "mpeg2video"):
        return _is_mpeg_headers_only
    return lambda _: False


def _h264_test(extradata: bytes) -> HiddenTest:
    pairs = FieldPairs(extradata)

    def is_hidden(packet: Any) -> bool:
        second = pairs.possible and pairs.is_second_field(bytes(packet))
        return second or _is_headers_only(packet, pairs.length_bytes, lambda first: 6 <= first & 31 <= 13)

    return is_hidden


def _is_headers_only(packet: Any, length_bytes: int, is_header: Callable[[int], bool]) -> bool:
    """Whether a packet of H.264 or H.265 is made of headers alone. Noise is not: it is a damaged picture."""
    if packet.size >= _HEADERS_ONLY_BYTES:
        return False
    data = bytes(packet)
    if length_bytes:
        if not _is_tiled(data, length_bytes):
            return False
        units = list(units_with_lengths(data, length_bytes))
    else:
        units = list(units_after_start_codes(data))
    return any(units) and all(is_header(unit[0]) for unit in units if unit)


def _is_tiled(data: bytes, length_bytes: int) -> bool:
    """Whether lengths and units fill a packet to its end."""
    place = 0
    while place + length_bytes <= len(data):
        place += length_bytes + int.from_bytes(data[place : place + length_bytes], "big")
    return place == len(data)


def _is_mpeg_headers_only(packet: Any) -> bool:
    """Whether an MPEG-1 or MPEG-2 packet holds a sequence or group header, but no picture."""
    if packet.size >= _HEADERS_ONLY_BYTES:
        return False
    data = bytes(packet)
    return data[:3] == b"\0\0\1" and data[3] in _MPEG_HEADERS and b"\0\0\1\0" not in data


def shows_vp9(data: bytes) -> bool:
    """Whether a VP9 packet shows a picture: one frame, or several with an index behind them (annex B)."""
    return any(_shows_vp9_frame(frame) for frame in _vp9_frames(data))


def _vp9_frames(data: bytes) -> list[bytes]:
    marker = data[-1]
    count, size_bytes = (marker & 7) + 1, (marker >> 3 & 3) + 1
    index_bytes = 2 + count * size_bytes
    if marker & 0xE0 != 0xC0 or len(data) < index_bytes or data[-index_bytes] != marker:
        return [data]
    frames, place = [], 0
    for number in range(count):
        at = len(data) - index_bytes + 1 + number * size_bytes
        size = int.from_bytes(data[at : at + size_bytes], "little")
        frames.append(data[place : place + size])
        place += size
    return frames


def _shows_vp9_frame(frame: bytes) -> bool:
    """Reads "show_existing_frame" and "show_frame" of the uncompressed header (6.2). Unknown ones count as shown."""
    if not frame:
        return False
    first = frame[0]
    if first >> 6 != 2:
        return True
    # Two bits of marker, two of profile (low one first); profile 3 has a reserved bit behind it.
    has_reserved = first >> 4 & 3 == 3
    shift = 2 if has_reserved else 3
    shows_existing = first >> shift & 1
    return bool(shows_existing or first >> (shift - 2) & 1)


def shows_av1(data: bytes) -> bool:
    """Whether an AV1 packet shows a picture (5.3, 5.9.2); headers alone show none."""
    place, is_still = 0, False
    while place < len(data):
        header = data[place]
        if header & 0x81:
            return True
        kind, has_extension, has_size = header >> 3 & 15, header >> 2 & 1, header >> 1 & 1
        place += 1 + has_extension
        size = len(data) - place
        if has_size:
            size, place = _leb128(data, place)
        body = data[place : place + size]
        if kind == 1 and body:
            is_still = bool(body[0] >> 3 & 1)
        # "show_existing_frame", two bits of frame type, "show_frame".
        if kind in (_FRAME_HEADER, _FRAME) and body and (is_still or body[0] & 0x90):
            return True
        place += size
    return place != len(data)


def _leb128(data: bytes, place: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where it ends."""
    value = 0
    for count in range(8):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 127) << (7 * count)
        if not byte & 128:
            break
    return value, place

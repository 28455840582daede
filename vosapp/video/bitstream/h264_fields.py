"""Finds the packets of an H.264 stream that hold only the second field of a frame.

Interlaced H.264 may code the two fields of a frame as two pictures, and some containers give each its own packet. The
decoder joins them, so such a packet is no frame of its own. Numbers of sections are those of ITU-T H.264.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_SLICE_KINDS = (1, 5)
_SEQUENCE_PARAMETERS = 7
_PROFILES_WITH_CHROMA = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_HEADER_BYTES = 64
_PARAMETER_BYTES = 512


class _Reader:
    """Reads bits from the front of a NAL unit."""

    def __init__(self, unit: bytes) -> None:
        # The bytes that break up start codes are no part of the content (7.4.1).
        content = unit.replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(content, "big")
        self._left = len(content) * 8

    def fixed(self, width: int) -> int:
        """An unsigned number of `width` bits. Raises EOFError at the end."""
        self._left -= width
        if self._left < 0:
            raise EOFError
        return self._value >> self._left & ((1 << width) - 1)

    def golomb(self) -> int:
        """An unsigned Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.fixed(1):
            zeros += 1
        return (1 << zeros) - 1 + self.fixed(zeros)


@dataclass(frozen=True, slots=True)
class _Sequence:
    """Facts without which a slice header cannot be read."""

    frame_number_bits: int
    separate_planes: bool
    may_have_fields: bool


@dataclass(frozen=True, slots=True)
class _Field:
    """One coded field: the number of its frame and whether it holds the odd rows."""

    frame_number: int
    is_bottom: bool


class FieldPairs:
    """Looks at the packets of one stream in the order of the file.

    Attributes:
        length_bytes: bytes of the length in front of each unit of a packet; 0 where start codes divide them.
    """

    def __init__(self, extradata: bytes) -> None:
        """Starts a stream.

        Args:
            extradata: what the container says about the codec: parameter sets, with start codes or as "avcC".
        """
        self.length_bytes = (extradata[4] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > 6 else 0
        self._sequence: _Sequence | None = None
        self._first: _Field | None = None
        for unit in _units_of_avcc(extradata) if self.length_bytes else units_after_start_codes(extradata):
            self._note_sequence(unit)

    @property
    def possible(self) -> bool:
        """False once the stream has said that it never codes fields; packets need not be looked at then."""
        return self._sequence is None or self._sequence.may_have_fields

    def is_second_field(self, packet: bytes) -> bool:
        """Whether the packet only completes the frame that the packet before it began."""
        units = units_with_lengths(packet, self.length_bytes) if self.length_bytes else None
        fields = {field for unit in units or units_after_start_codes(packet) if (field := self._field(unit))}
        if len(fields) != 1:
            # A whole frame: either not in fields, or both of them.
            self._first = None
            return False
        (field,) = fields
        first, self._first = self._first, None
        if first and first.frame_number == field.frame_number and first.is_bottom != field.is_bottom:
            return True
        self._first = field
        return False

    def _field(self, unit: bytes) -> _Field | None:
        """The field that a unit is a slice of, or None."""
        self._note_sequence(unit)
        if not unit or unit[0] & 31 not in _SLICE_KINDS or self._sequence is None:
            return None
        if not self._sequence.may_have_fields:
            return None
        reader = _Reader(unit[1:_HEADER_BYTES])
        try:
            for _ in range(3):
                reader.golomb()
            if self._sequence.separate_planes:
                reader.fixed(2)
            frame_number = reader.fixed(self._sequence.frame_number_bits)
            return _Field(frame_number, bool(reader.fixed(1))) if reader.fixed(1) else None
        except EOFError:
            return None

    def _note_sequence(self, unit: bytes) -> None:
        if unit and unit[0] & 31 == _SEQUENCE_PARAMETERS:
            try:
                self._sequence = _read_sequence(_Reader(unit[1:]))
            except EOFError:
                return


def _read_sequence(reader: _Reader) -> _Sequence:
    """Reads a sequence parameter set as far as the field flag (7.3.2.1.1)."""
    profile = reader.fixed(8)
    reader.fixed(16)
    reader.golomb()
    separate_planes = False
    if profile in _PROFILES_WITH_CHROMA:
        chroma = reader.golomb()
        separate_planes = chroma == 3 and bool(reader.fixed(1))
        reader.golomb()
        reader.golomb()
        reader.fixed(1)
        if reader.fixed(1):
            _skip_scaling_lists(reader, 12 if chroma == 3 else 8)
    frame_number_bits = reader.golomb() + 4
    _skip_order_counts(reader)
    reader.golomb()
    reader.fixed(1)
    reader.golomb()
    reader.golomb()
    return _Sequence(frame_number_bits, separate_planes, not reader.fixed(1))


def _skip_order_counts(reader: _Reader) -> None:
    kind = reader.golomb()
    if kind == 0:
        reader.golomb()
    elif kind == 1:
        reader.fixed(1)
        reader.golomb()
        reader.golomb()
        for _ in range(reader.golomb()):
            reader.golomb()


def _skip_scaling_lists(reader: _Reader, count: int) -> None:
    """Steps over the scaling lists (7.3.2.1.1.1)."""
    for number in range(count):
        if not reader.fixed(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                code = reader.golomb()
                change = (code + 1) // 2 if code % 2 else -(code // 2)
                following = (last + change) % 256
            last = following or last


def units_with_lengths(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """The fronts of the units of a packet in which each has its length before it."""
    place = 0
    while place + length_bytes < len(data):
        length = int.from_bytes(data[place : place + length_bytes], "big")
        place += length_bytes
        yield data[place : place + min(length, _PARAMETER_BYTES)]
        place += length


def units_after_start_codes(data: bytes) -> Iterator[bytes]:
    """The fronts of the units of a packet divided by start codes."""
    place = data.find(b"\0\0\1")
    while place >= 0:
        following = data.find(b"\0\0\1", place + 3)
        end = place + 3 + _PARAMETER_BYTES
        yield data[place + 3 : end if following < 0 else min(end, following)]
        place = following


def _units_of_avcc(extradata: bytes) -> Iterator[bytes]:
    """The sequence parameter sets in an "avcC" record (ISO/IEC 14496-15, 5.3.3.1)."""
    place = 6
    for _ in range(extradata[5] & 31):
        length = int.from_bytes(extradata[place : place + 2], "big")
        yield extradata[place + 2 : place + 2 + length]
        place += 2 + length

"""A map from frame index to value that shares what did not change with its earlier versions.

Frames are kept in chunks of 64. A changed copy copies the chunks that it touches and shares the others, so a stroke in
a shot of 10,000 frames costs microseconds, keeping every version for undo costs little, and two versions are compared
chunk by chunk. The project file stores the same chunks.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from itertools import chain
from typing import Generic, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")

CHUNK_FRAMES = 64


class Chunk(Generic[T]):
    """The values of up to 64 neighbouring frames, ascending. Never changed once made.

    Attributes:
        values: value by frame index.
        digest: identifies the stored form once the project file knows it; a cache, not part of the value.
        derived: what was made of the values before, by the function that made it; a cache too.
    """

    __slots__ = ("__weakref__", "derived", "digest", "values")

    def __init__(self, values: dict[int, T], digest: bytes | None = None) -> None:
        self.values = values
        self.digest = digest
        self.derived: dict[object, tuple[object, ...]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chunk) and self.values == other.values

    __hash__ = None  # type: ignore[assignment]


class FrameMap(Mapping[int, T]):
    """An immutable map from frame index (0 and up) to value, iterated in ascending order of frames."""

    __slots__ = ("_chunks", "_count", "_derived")

    def __init__(self, values: Mapping[int, T] | None = None) -> None:
        self._chunks: dict[int, Chunk[T]] = {}
        self._count = 0
        self._derived: dict[object, tuple[object, ...]] = {}
        if values:
            built = self.changed(values)
            self._chunks, self._count = built._chunks, built._count

    @classmethod
    def of(cls, values: Mapping[int, T]) -> FrameMap[T]:
        """The map itself when it is one already, else a new one."""
        return values if isinstance(values, FrameMap) else cls(values)

    @classmethod
    def of_chunks(cls, chunks: Mapping[int, Chunk[T]]) -> FrameMap[T]:
        """A map made of chunks by number; chunk n holds frames 64 n to 64 n + 63, ascending, and at least one."""
        return cls._of_chunks({number: chunks[number] for number in sorted(chunks)})

    @classmethod
    def _of_chunks(cls, chunks: dict[int, Chunk[T]]) -> FrameMap[T]:
        made = cls.__new__(cls)
        made._chunks = chunks
        made._derived = {}
        made._count = sum(len(chunk.values) for chunk in chunks.values())
        return made

    @property
    def chunks(self) -> Mapping[int, Chunk[T]]:
        """The chunks by number, ascending. Not to be changed."""
        return self._chunks

    def derived(self, make: Callable[[dict[int, T]], tuple[R, ...]]) -> tuple[R, ...]:
        """What a function makes of the values of each chunk, in a row.

        It is remembered chunk by chunk, so after a stroke in a long shot only one chunk is looked at again.

        Args:
            make: a function of a module, by which the result is remembered.
        """
        known = self._derived.get(make)
        if known is None:
            parts = []
            for chunk in self._chunks.values():
                part = chunk.derived.get(make)
                if part is None:
                    part = chunk.derived[make] = make(chunk.values)
                parts.append(part)
            known = self._derived[make] = tuple(chain.from_iterable(parts))
        return cast("tuple[R, ...]", known)

    def __getitem__(self, frame_index: int) -> T:
        return self._chunks[frame_index // CHUNK_FRAMES].values[frame_index]

    def __iter__(self) -> Iterator[int]:
        for chunk in self._chunks.values():
            yield from chunk.values

    def __len__(self) -> int:
        return self._count

    def items(self) -> ItemsView[int, T]:
        """(frame index, value) in ascending order of frames."""
        return _Items(self)

    def values(self) -> ValuesView[T]:
        """The values in ascending order of frames."""
        return _Values(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrameMap):
            return self._count == other._count and self._chunks == other._chunks
        return isinstance(other, Mapping) and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"FrameMap({len(self)} frames)"

    def changed(self, changes: Mapping[int, T | None]) -> FrameMap[T]:
        """A copy with some values replaced; None removes a frame. Returns this map when nothing changes."""
        touched: dict[int, dict[int, T]] = {}
        for frame_index, value in changes.items():
            number = frame_index // CHUNK_FRAMES
            values = touched.get(number)
            if values is None:
                old = self._chunks.get(number)
                values = touched[number] = dict(old.values) if old else {}
            if value is None:
                values.pop(frame_index, None)
            else:
                values[frame_index] = value
        chunks, in_order, differs = dict(self._chunks), True, False
        for number, values in touched.items():
            old = self._chunks.get(number)
            if old is not None and _same(old.values, values):
                continue
            differs = differs or old is not None or bool(values)
            in_order = in_order and (old is not None or not chunks or number > next(reversed(chunks)))
            if values:
                chunks[number] = Chunk(_ascending(values))
            else:
                chunks.pop(number, None)
        if not differs:
            return self
        return self._of_chunks(chunks if in_order else {n: chunks[n] for n in sorted(chunks)})


class _Items(ItemsView[int, T]):
    """Walks the chunks, where the view of Mapping looks every frame up anew."""

    _mapping: FrameMap[T]

    def __iter__(self) -> Iterator[tuple[int, T]]:
        for chunk in self._mapping.chunks.values():
            yield from chunk.values.items()


class _Values(ValuesView[T]):
    _mapping: FrameMap[T]

    def __iter__(self) -> Iterator[T]:
        for chunk in self._mapping.chunks.values():
            yield from chunk.values.values()


def changes_between(old: Mapping[int, T], new: Mapping[int, T]) -> Iterator[tuple[int, T | None, T | None]]:
    """(frame index, old value, new value) of every frame whose value is another one; None where there is none."""
    before, after = FrameMap.of(old), FrameMap.of(new)
    for number in sorted(before.chunks.keys() | after.chunks.keys()):
        left, right = before.chunks.get(number), after.chunks.get(number)
        if left is right:
            continue
        old_values = left.values if left else cast("dict[int, T]", {})
        new_values = right.values if right else cast("dict[int, T]", {})
        for frame_index in sorted(old_values.keys() | new_values.keys()):
            old_value, new_value = old_values.get(frame_index), new_values.get(frame_index)
            if old_value is not new_value and old_value != new_value:
                yield frame_index, old_value, new_value


def _same(old: dict[int, T], new: dict[int, T]) -> bool:
    return len(old) == len(new) and all(new.get(frame) is value for frame, value in old.items())


def _ascending(values: dict[int, T]) -> dict[int, T]:
    frames = list(values)
    return values if frames == sorted(frames) else {frame: values[frame] for frame in sorted(frames)}

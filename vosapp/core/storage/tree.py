"""Documents as trees of content-addressed nodes: a document names its objects, an object its chunks of 64 frames.

A node is found by the digest of its stored bytes. What two versions share is stored once, so the journal grows by what
a step changed; and a node that was altered on the disk no longer fits its digest, so it is missing instead of wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from vosapp.core.document import Cell, Document, RotoObject
from vosapp.core.frame_map import CHUNK_FRAMES, Chunk, FrameMap
from vosapp.core.mask import Digest
from vosapp.core.storage.cell_columns import decode_cells, encode_cells
from vosapp.core.storage.codec import (
    HEAD_NAMES,
    MAX_OBJECTS,
    TRAIT_NAMES,
    decode_head,
    decode_traits,
    encode_head,
    encode_traits,
)
from vosapp.core.storage.json_checks import (
    MAX_INDEX,
    DamageError,
    digest_of,
    hex_digests,
    items,
    mapping,
    pack,
    reject_unknown,
    unpack,
)
from vosapp.core.timeline import numbers_text

MAX_INFLATED_BYTES = 512 * 2**20  # of one document; 10,000 frames of 5 objects take 10 MB
_KEPT_OBJECTS = 64


@dataclass(frozen=True, slots=True)
class Node:
    """One stored node.

    Attributes:
        digest: where it is found.
        data: its stored form; None when the caller has stored it before.
        masks: the masks that it names.
    """

    digest: bytes
    data: bytes | None
    masks: frozenset[Digest] = frozenset()


class TreeEncoder:
    """Encodes documents as nodes. Remembers what it encoded, so that unchanged parts cost nothing."""

    def __init__(self, is_stored: Callable[[bytes], bool]) -> None:
        """Makes an encoder for one file.

        Args:
            is_stored: whether a node of a digest is in the file already.
        """
        self._is_stored = is_stored
        self._objects: OrderedDict[int, tuple[RotoObject, bytes]] = OrderedDict()

    def nodes(self, document: Document) -> Iterator[Node]:
        """All nodes of a document, children before parents; the last one is the root."""
        digests = []
        for one in document.objects:
            for chunk in FrameMap.of(one.cells).chunks.values():
                yield self._chunk(chunk)
            node = self._object(one)
            digests.append(node.digest)
            yield node
        content = encode_head(document)
        content["objects"] = [digest.hex() for digest in digests]
        data = pack(content)
        yield Node(digest_of(data), data)

    def _chunk(self, chunk: Chunk[Cell]) -> Node:
        if chunk.digest is not None and self._is_stored(chunk.digest):
            return Node(chunk.digest, None)
        data = pack(encode_cells(chunk.values))
        chunk.digest = digest_of(data)
        return Node(chunk.digest, data, frozenset(masks_of(chunk) | shape_masks_of(chunk)))

    def _object(self, one: RotoObject) -> Node:
        known = self._objects.get(id(one))
        if known is not None and self._is_stored(known[1]):
            self._objects.move_to_end(id(one))
            return Node(known[1], None)
        content = encode_traits(one)
        chunks = FrameMap.of(one.cells).chunks
        content["chunks"] = {str(number): (chunk.digest or b"").hex() for number, chunk in chunks.items()}
        data = pack(content)
        digest = digest_of(data)
        self._objects[id(one)] = (one, digest)  # the object itself keeps its id from being used again
        if len(self._objects) > _KEPT_OBJECTS:
            self._objects.popitem(last=False)
        return Node(digest, data, trimap_masks_of(one))


def masks_of(chunk: Chunk[Cell]) -> set[Digest]:
    """Digests of the masks that are seen on the frames of a chunk."""
    cells = chunk.values.values()
    digests = {cell.base for cell in cells}
    for cell in cells:
        digests.update(digest for digest in (cell.added, cell.removed) if digest is not None)
    return digests


def shape_masks_of(chunk: Chunk[Cell]) -> set[Digest]:
    """Digests of the masks that the shapes of a chunk need for their points to be moved."""
    return {digest for cell in chunk.values.values() if cell.shape is not None for digest in cell.shape.digests}


def trimap_masks_of(one: RotoObject) -> frozenset[Digest]:
    """Digests of all masks that an object's trimaps name."""
    return frozenset(digest for _, trimap in one.trimaps for digest in trimap.digests)


@dataclass(slots=True)
class Gaps:
    """Parts missing from a document that was read in spite of damage.

    Attributes:
        sentences: for the user.
        first_number: number of frame 0 in them.
    """

    sentences: list[str] = field(default_factory=list)
    first_number: int = 0


class TreeDecoder:
    """Reads documents from nodes. Parts that documents share are shared again in memory."""

    def __init__(self, fetch: Callable[[bytes], bytes]) -> None:
        """Makes a decoder.

        Args:
            fetch: the stored bytes of a digest, checked against it; raises DamageError.
        """
        self._fetch = fetch
        self._chunks: WeakValueDictionary[bytes, Chunk[Cell]] = WeakValueDictionary()
        self._objects: OrderedDict[bytes, RotoObject] = OrderedDict()
        self._inflated_bytes = 0

    def document(self, digest: bytes, gaps: Gaps | None = None) -> Document:
        """The document of a root.

        Args:
            gaps: takes note of missing objects and frames; without it they are errors.

        Raises:
            DamageError: the root, or without `gaps` any part of it, is missing or broken.
        """
        self._inflated_bytes = 0
        content = self._unpack(digest)
        reject_unknown(content, HEAD_NAMES | {"objects"})
        clip = decode_head(content, ()).clip
        if gaps is not None and clip is not None:
            gaps.first_number = clip.first_number
        objects = []
        for name in hex_digests(items(content, "objects", MAX_OBJECTS), "objects"):
            try:
                objects.append(self._object(bytes.fromhex(name), gaps))
            except DamageError:
                if gaps is None:
                    raise
                gaps.sentences.append("An object with all its masks is missing.")
        return without_outside(decode_head(content, tuple(objects)), gaps)

    def _object(self, digest: bytes, gaps: Gaps | None) -> RotoObject:
        known = self._objects.get(digest)
        if known is not None:
            self._objects.move_to_end(digest)
            return known
        content = self._unpack(digest)
        reject_unknown(content, TRAIT_NAMES | {"chunks"})
        one, whole = decode_traits(content), True
        names = mapping(content, "chunks")
        chunks: dict[int, Chunk[Cell]] = {}
        for text, name in zip(names, hex_digests(list(names.values()), "chunks"), strict=True):
            number = _chunk_number(text)
            try:
                chunks[number] = self._chunk(number, bytes.fromhex(name))
            except DamageError:
                if gaps is None:
                    raise
                whole = False
                first = number * CHUNK_FRAMES
                frames = numbers_text(range(first, first + CHUNK_FRAMES), first_number=gaps.first_number)
                gaps.sentences.append(f"The masks of {one.name} on frames {frames} are missing.")
        made = replace(one, cells=FrameMap.of_chunks(chunks))
        if whole:
            self._objects[digest] = made
            if len(self._objects) > _KEPT_OBJECTS:
                self._objects.popitem(last=False)
        return made

    def _chunk(self, number: int, digest: bytes) -> Chunk[Cell]:
        known = self._chunks.get(digest)
        first = number * CHUNK_FRAMES
        if known is None:
            cells = decode_cells(self._unpack(digest), first, first + CHUNK_FRAMES - 1)
            if not cells:
                raise DamageError("a chunk of frames is empty")
            known = self._chunks[digest] = Chunk(cells, digest)
        elif next(iter(known.values)) // CHUNK_FRAMES != number:
            raise DamageError("frames are out of order")
        return known

    def _unpack(self, digest: bytes) -> dict[str, object]:
        content, size_bytes = unpack(self._fetch(digest))
        self._inflated_bytes += size_bytes
        if self._inflated_bytes > MAX_INFLATED_BYTES:
            raise DamageError("the document is too large")
        return dict(content)


def without_outside(document: Document, gaps: Gaps | None) -> Document:
    """The document without cells after the end of its clip, which nothing could show.

    Raises:
        DamageError: there are such cells, and no `gaps` to take note of them.
    """
    if document.clip is None:
        return document
    for one in document.objects:
        frames = [frame for frame in _last_chunks(one, document.clip.frame_count) if frame >= document.clip.frame_count]
        if not frames:
            continue
        if gaps is None:
            raise DamageError("a mask is on a frame that the clip does not have")
        numbers = numbers_text(frames, first_number=document.clip.first_number)
        gaps.sentences.append(f"The masks of {one.name} on frames {numbers} are outside the clip.")
        document = document.with_object(one.with_cells(dict.fromkeys(frames)))
    return document


def _last_chunks(one: RotoObject, frame_count: int) -> Iterator[int]:
    """Frames of the chunks that reach the end of the clip or lie after it."""
    for number, chunk in FrameMap.of(one.cells).chunks.items():
        if (number + 1) * CHUNK_FRAMES > frame_count:
            yield from chunk.values


def _chunk_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 8 and int(text) <= MAX_INDEX // CHUNK_FRAMES):
        raise DamageError("a chunk has no number")
    return int(text)

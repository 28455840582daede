"""Documents go into nodes and come back; forged nodes are refused."""

from __future__ import annotations

import zlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vosapp.core.document import (
    KEYED_NUMBERS,
    Cell,
    ClipRef,
    Document,
    JoinKind,
    MatteCurve,
    MatteJoin,
    MatteSettings,
    Origin,
    RotoObject,
)
from vosapp.core.frame_map import FrameMap
from vosapp.core.limits import MAX_CLIP_FRAMES
from vosapp.core.pen_shape import Combine, DrawnShape, PenShape
from vosapp.core.storage.json_checks import MAX_INDEX, DamageError, digest_of, pack, unpack
from vosapp.core.storage.tree import Gaps, TreeDecoder, TreeEncoder
from vosapp.core.timeline import FrameRange, ranges_of
from vosapp.core.trimap import Trimap

digests = st.binary(min_size=16, max_size=16).map(bytes.hex)
texts = st.text(max_size=20).filter(lambda text: "\0" not in text)
indices = st.integers(0, MAX_INDEX)
frames = st.integers(0, 300) | st.integers(0, MAX_CLIP_FRAMES - 1)
numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
pen_shapes = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9).flatmap(
    lambda points: st.builds(
        PenShape,
        st.just(tuple(points)),
        st.sets(st.integers(0, len(points) - 1), min_size=1).map(lambda drawn: tuple(sorted(drawn))),
        st.booleans(),
    )
)
shapes = st.builds(DrawnShape, pen_shapes, st.sampled_from(Combine), *[st.none() | digests] * 3)
anchors = st.builds(
    Cell,
    digests,
    st.sampled_from([Origin.DRAWN, Origin.IMPORTED]),
    locked=st.booleans(),
    stale=st.booleans(),
    shape=st.none() | shapes,
)
predictions = st.builds(
    Cell,
    digests,
    st.just(Origin.PREDICTED),
    st.none() | digests,
    st.none() | digests,
    st.booleans(),
    st.booleans(),
    texts,
    st.lists(indices, max_size=3).map(tuple),
    st.none() | st.floats(0, 1),
    shape=st.none() | shapes,
)
ranges = st.sets(st.integers(0, 100), max_size=9).map(ranges_of)
finite = st.floats(allow_nan=False, allow_infinity=False)
colours = st.tuples(*[st.integers(0, 255)] * 3)


curves = st.dictionaries(st.sampled_from(KEYED_NUMBERS), st.dictionaries(frames, finite, min_size=1, max_size=3)).map(
    lambda drawn: tuple(MatteCurve(n, tuple(sorted(drawn[n].items()))) for n in KEYED_NUMBERS if n in drawn)
)


joins = st.lists(st.builds(MatteJoin, indices, st.sampled_from(JoinKind), st.booleans()), max_size=3).map(tuple)

trimaps = st.dictionaries(
    frames,
    st.lists(digests, min_size=3, max_size=3, unique=True)
    .flatmap(lambda named: st.tuples(*(st.sampled_from([None, one]) for one in named)))
    .map(lambda named: Trimap(*named))
    .filter(lambda trimap: not trimap.is_empty),
    max_size=3,
).map(lambda drawn: tuple(sorted(drawn.items(), key=lambda one: one[0])))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    clip = st.builds(
        ClipRef, texts, st.integers(1, 9000), st.integers(1, 9000), st.just(MAX_CLIP_FRAMES),
        st.fractions(Fraction(1, 1000), 1000, max_denominator=1001), st.integers(-MAX_INDEX, MAX_INDEX), indices, texts,
    )  # fmt: skip
    objects = [
        RotoObject(
            number,
            draw(texts),
            draw(colours),
            FrameMap(draw(st.dictionaries(frames, anchors | predictions, max_size=8))),
            draw(ranges),
            MatteSettings(draw(finite), draw(finite)),
            draw(curves),
            draw(joins),
            trimaps=draw(trimaps),
            muted=tuple(sorted(draw(st.sets(frames, max_size=2)))),
            locked=draw(st.booleans()),
            engine=draw(st.sampled_from(["", "flow", "hybrid/crf"])),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]
    in_out = draw(st.none() | st.tuples(frames, frames).map(lambda ends: FrameRange(min(ends), max(ends))))
    cuts = tuple(sorted(draw(st.sets(frames, max_size=4))))
    return Document(draw(st.none() | clip), tuple(draw(st.permutations(objects))), 9, in_out, cuts, cuts[1:])


def stored(document: Document) -> tuple[bytes, dict[bytes, bytes]]:
    """(digest of the root, data by digest)."""
    nodes = list(TreeEncoder(lambda _: False).nodes(document))
    return nodes[-1].digest, {node.digest: node.data for node in nodes if node.data is not None}


def decoder(nodes: dict[bytes, bytes]) -> TreeDecoder:
    def fetch(digest: bytes) -> bytes:
        if digest not in nodes:
            raise DamageError("it is missing")
        return nodes[digest]

    return TreeDecoder(fetch)


@settings(deadline=None)
@given(documents())
def test_documents_come_back(document: Document) -> None:
    root, nodes = stored(document)
    again = decoder(nodes).document(root)
    assert again == document
    assert stored(again)[0] == root
    named = {digest for one in document.objects for cell in one.cells.values() for digest in _named(cell)}
    named |= {digest for one in document.objects for _, trimap in one.trimaps for digest in trimap.digests}
    assert named == {digest for node in TreeEncoder(lambda _: False).nodes(document) for digest in node.masks}


def _named(cell: Cell) -> set[str]:
    return {
        digest
        for digest in (cell.base, cell.added, cell.removed, *(cell.shape.digests if cell.shape else ()))
        if digest
    }


def long_document() -> Document:
    cells = FrameMap({frame: Cell(f"{frame:032x}") for frame in range(1000)})
    return Document(
        objects=(RotoObject(1, "A", (1, 2, 3), cells), RotoObject(2, "B", (1, 2, 3), cells)), next_object_id=3
    )


def test_a_step_writes_what_it_changed() -> None:
    document = long_document()
    held: set[bytes] = set()
    encoder = TreeEncoder(held.__contains__)
    first = [node for node in encoder.nodes(document) if node.data is not None]
    held.update(node.digest for node in first)
    assert len(held) == 16 + 2 + 1, "two objects share their chunks"
    changed = document.with_object(document.object(1).with_cells({500: Cell("f" * 32)}))
    fresh = [node for node in encoder.nodes(changed) if node.data is not None and node.digest not in held]
    assert len(fresh) == 3, "a chunk, an object, the document"
    assert sum(len(node.data or b"") for node in fresh) < 4000
    assert not [node for node in encoder.nodes(document) if node.digest not in held]


def test_versions_share_what_they_have_in_common() -> None:
    document = long_document()
    changed = document.with_object(document.object(1).with_cells({500: Cell("f" * 32)}))
    (one, nodes), (two, more) = stored(document), stored(changed)
    reading = decoder(nodes | more)
    first, second = reading.document(one), reading.document(two)
    assert first.object(2) is second.object(2)
    shared = [
        first.object(1).cells.chunks[n] is second.object(1).cells.chunks[n]  # type: ignore[attr-defined]
        for n in range(16)
    ]
    assert shared.count(False) == 1


def test_gaps_are_named() -> None:
    document = long_document()
    root, nodes = stored(document)
    lost = document.object(1).cells.chunks[3].digest  # type: ignore[attr-defined]
    nodes.pop(lost)
    with pytest.raises(DamageError):
        decoder(nodes).document(root)
    gaps = Gaps()
    found = decoder(nodes).document(root, gaps)
    assert gaps.sentences == [f"The masks of {name} on frames 192 to 255 are missing." for name in "AB"]
    assert [len(one.cells) for one in found.objects] == [936, 936]


def forge(nodes: dict[bytes, bytes], digest: bytes, **entries: object) -> tuple[bytes, dict[bytes, bytes]]:
    """A node with other entries, and all nodes with it."""
    content, _ = unpack(nodes[digest])
    data = pack({**content, **entries})
    return digest_of(data), nodes | {digest_of(data): data}


BAD_HEADS: list[dict[str, object]] = [
    {"objects": ["00"]},
    {"objects": ["zz" * 16]},
    {"objects": 5},
    {"next_object_id": 0},
    {"next_object_id": True},
    {"next_object_id": 2},
    {"in_out": [5, 3]},
    {"in_out": [0, 2**40]},
    {"cuts": [-1]},
    {"not_cuts": [-1]},
    {"cuts": [1.5]},
    {"clip": {}},
    {"clip": []},
    {"future": 1},
]
BAD_OBJECTS: list[dict[str, object]] = [
    {"id": -1},
    {"id": 2**40},
    {"name": "x" * 5000},
    {"name": None},
    {"colour": [1, 2]},
    {"colour": [1, 2, 256]},
    {"absences": [[1]]},
    {"muted": [-1]},
    {"locked": 1},
    {"engine": 1},
    {"engine": "x" * 300},
    {"matte": {"grow_px": "1"}},
    {"matte": {"grow_px": float("nan")}},
    {"matte": {"unknown": 1}},
    {"matte": {"edge": "invented"}},
    {"chunks": {"x": "0" * 32}},
    {"chunks": {"-1": "0" * 32}},
    {"chunks": {"99999999": "0" * 32}},
    {"chunks": []},
]
BAD_CHUNKS: list[dict[str, object]] = [
    {"frames": [1, 0]},
    {"frames": [0, 64]},
    {"frames": [0]},
    {"frames": [True, 2]},
    {"base": ["0" * 32, "0" * 31]},
    {"base": ["0" * 32, 5]},
    {"origin": ["drawn", "invented"]},
    {"added": ["0" * 32, None]},
    {"doubt": [2, None]},
    {"doubt": [float("inf"), None]},
    {"engine": ["x" * 201, ""]},
    {"sources": [[-1], []]},
    {"sources": [[0] * 2000, []]},
    {"locked": [0, 1]},
    {"finding": [[], None]},
    {"finding": [[[], 1, 2, 3], None]},
    {"finding": [[[5], 1, 2], None]},
    {"finding": [[["x"] * 40, 1, 2], None]},
    {"finding": [[[], 1, 2.5], None]},
    {"finding": [[[], 1, 2, 3, -4], None]},
    {"unknown": 1},
]


@pytest.mark.parametrize("entries", BAD_HEADS, ids=str)
def test_forged_documents_are_refused(entries: dict[str, object]) -> None:
    digest, nodes = forge(*reversed(stored(long_document())), **entries)  # type: ignore[arg-type]
    with pytest.raises(DamageError):
        decoder(nodes).document(digest)


@pytest.mark.parametrize("entries", BAD_OBJECTS, ids=lambda entries: str(entries)[:40])
def test_forged_objects_are_refused(entries: dict[str, object]) -> None:
    root, nodes = stored(long_document())
    content, _ = unpack(nodes[root])
    names = list(content["objects"])  # type: ignore[call-overload]
    digest, nodes = forge(nodes, bytes.fromhex(names[0]), **entries)
    root, nodes = forge(nodes, root, objects=[digest.hex()])
    with pytest.raises(DamageError):
        decoder(nodes).document(root)


@pytest.mark.parametrize("entries", BAD_CHUNKS, ids=lambda entries: str(entries)[:40])
def test_forged_chunks_are_refused(entries: dict[str, object]) -> None:
    cells = FrameMap({0: Cell("0" * 32), 1: Cell("1" * 32)})
    root, nodes = stored(Document(objects=(RotoObject(1, "A", (0, 0, 0), cells),), next_object_id=2))
    (name,) = unpack(nodes[root])[0]["objects"]  # type: ignore[misc]
    chunk = cells.chunks[0].digest
    assert chunk is not None
    digest, nodes = forge(nodes, chunk, **entries)
    one, nodes = forge(nodes, bytes.fromhex(name), chunks={"0": digest.hex()})
    root, nodes = forge(nodes, root, objects=[one.hex()])
    with pytest.raises(DamageError):
        decoder(nodes).document(root)


def test_a_chunk_counts_only_in_its_place() -> None:
    root, nodes = stored(long_document())
    name = unpack(nodes[root])[0]["objects"][0]  # type: ignore[index]
    chunks = dict(unpack(nodes[bytes.fromhex(name)])[0]["chunks"])  # type: ignore[call-overload]
    chunks["4"] = chunks["3"]
    one, nodes = forge(nodes, bytes.fromhex(name), chunks=chunks)
    root, nodes = forge(nodes, root, objects=[one.hex()])
    with pytest.raises(DamageError):
        decoder(nodes).document(root)


@pytest.mark.parametrize(
    "data",
    [b"", b"x", pack({})[:-3], pack({}) + b"x", pack({"a": "b" * 20_000_000}), pack({"a": 1})[:5]],
    ids=["empty", "no deflate", "cut off", "longer", "a bomb", "shorter"],
)
def test_bytes_that_are_no_node(data: bytes) -> None:
    if data == pack({}) + b"x":
        assert unpack(data)[0] == {}, "the digest finds what follows"
        return
    with pytest.raises(DamageError):
        unpack(data)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(DamageError):
        unpack(zlib.compress(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))

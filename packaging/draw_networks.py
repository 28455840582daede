"""Draws the figures of docs/networks.md: `python packaging/draw_networks.py` writes docs/images/networks/*.svg.

Each network is a few boxes on a grid and the arrows between them. The colour of a box says how often it is computed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images" / "networks"
CELL = (172, 78)
BOX = (140, 46)
MARGIN = 16
KINDS = {
    "given": ("#ffffff", "given or carried on"),
    "anchor": ("#ffe2b8", "once for each anchor"),
    "frame": ("#cfe6ff", "once a frame, for all objects"),
    "object": ("#d5f0d2", "for each object on each frame"),
}


@dataclass(frozen=True)
class Box:
    """A box: what stands in it (a second line after "|"), how often it is computed, its column and row."""

    text: str
    kind: str
    column: float
    row: float


@dataclass(frozen=True)
class Figure:
    """A network: boxes by name, and arrows as "from>to"."""

    boxes: dict[str, Box]
    arrows: tuple[str, ...]


FIGURES = {
    "hybrid": Figure(
        {
            "anchors": Box("anchors|picture and mask", "given", 0, 0),
            "recent": Box("last frames of the|pass, soft masks", "given", 0, 1),
            "frame": Box("frame", "given", 0, 2),
            "flow": Box("engine flow|field and advice", "object", 1, 3),
            "known": Box("encoder|values and looks", "anchor", 1, 0),
            "window": Box("window around the|object, encoder", "frame", 1, 2),
            "read": Box("matching, 1/8|and regression, 1/4", "object", 2, 0.7),
            "moved": Box("moved mask, others,|advice, state", "object", 2, 2.7),
            "decoder": Box("decoder|1/8 to 1/2", "object", 3, 1.7),
            "claims": Box("lean, corrections,|others' share", "object", 4, 1.2),
            "doubt": Box("doubt", "given", 5, 2.3),
            "out": Box("guided filter,|strictness", "object", 5, 1.2),
            "masks": Box("masks", "given", 6, 1.2),
        },
        (
            "anchors>known",
            "recent>known",
            "frame>window",
            "frame>flow",
            "recent>flow",
            "known>read",
            "window>read",
            "flow>moved",
            "flow>window",
            "read>decoder",
            "moved>decoder",
            "window>decoder",
            "decoder>claims",
            "decoder>doubt",
            "claims>out",
            "out>masks",
        ),
    ),
    "rgmp": Figure(
        {
            "anchor": Box("anchor|picture and mask", "given", 0, 0),
            "frame": Box("frame", "given", 0, 1),
            "mask": Box("mask of the frame|before, soft", "given", 0, 2),
            "reference": Box("encoder|ResNet-50", "anchor", 1, 0),
            "target": Box("encoder|the same weights", "object", 1, 1.5),
            "match": Box("global convolution|1/32", "object", 2, 0.7),
            "refine": Box("three refinements|1/16, 1/8, 1/4", "object", 3, 1.1),
            "merge": Box("softmax aggregation|with the union", "object", 4, 1.1),
            "out": Box("masks", "given", 5, 1.1),
        },
        (
            "anchor>reference",
            "frame>target",
            "mask>target",
            "reference>match",
            "target>match",
            "match>refine",
            "target>refine",
            "refine>merge",
            "merge>out",
        ),
    ),
    "s2s": Figure(
        {
            "anchor": Box("anchor|picture and mask", "given", 0, 0),
            "frame": Box("frame", "given", 0, 1.5),
            "start": Box("initializer|VGG-16", "anchor", 1, 0),
            "encoder": Box("encoder|VGG-16", "frame", 1, 1.5),
            "m1": Box("memory|1/32", "object", 2, 0.5),
            "m2": Box("skip-memory|1/16 (S2S++)", "object", 2, 1.5),
            "m3": Box("skip-memory|1/8 (S2S++)", "object", 2, 2.5),
            "decoder": Box("decoder|five steps up", "object", 3, 1.5),
            "border": Box("distance to border|(S2S++)", "object", 4, 0.8),
            "out": Box("mask", "given", 5, 1.5),
        },
        (
            "anchor>start",
            "frame>encoder",
            "start>m1",
            "encoder>m1",
            "encoder>m2",
            "encoder>m3",
            "m1>decoder",
            "m2>decoder",
            "m3>decoder",
            "decoder>border",
            "border>out",
            "decoder>out",
        ),
    ),
    "hs2s": Figure(
        {
            "anchor": Box("anchor|picture and mask", "given", 0, 0),
            "before": Box("frame before|and its soft mask", "given", 0, 1),
            "frame": Box("frame and mask of|the frame before", "given", 0, 2),
            "first": Box("reference encoder|ResNet-50", "anchor", 1, 0),
            "last": Box("reference encoder|the same weights", "object", 1, 1),
            "encoder": Box("encoder|ResNet-50", "object", 1, 2),
            "memory": Box("two memories|1/32 and 1/16", "object", 2, 1.48),
            "match": Box("matching|global convolutions", "object", 3, 0.8),
            "decoder": Box("decoder|five steps up", "object", 4, 1.4),
            "out": Box("mask", "given", 5, 1.4),
        },
        (
            "anchor>first",
            "before>last",
            "frame>encoder",
            "encoder>memory",
            "first>match",
            "last>match",
            "memory>match",
            "match>decoder",
            "encoder>decoder",
            "decoder>out",
        ),
    ),
    "agame": Figure(
        {
            "anchor": Box("anchor|picture and mask", "given", 0, 0),
            "frame": Box("frame", "given", 0, 1),
            "mask": Box("mask of the frame|before, soft", "given", 0, 2),
            "backbone": Box("backbone|ResNet-101", "frame", 1, 1),
            "gauss": Box("four Gaussians|of each object", "object", 2, 0),
            "move": Box("propagation|first frame, mask", "object", 2, 2),
            "fuse": Box("fusion", "object", 3, 1),
            "decoder": Box("upsampling|with finer features", "object", 4, 1),
            "out": Box("masks", "given", 5, 1),
        },
        (
            "anchor>gauss",
            "frame>backbone",
            "backbone>gauss",
            "backbone>move",
            "mask>move",
            "gauss>fuse",
            "move>fuse",
            "fuse>decoder",
            "decoder>out",
        ),
    ),
    "rvos": Figure(
        {
            "frame": Box("frame", "given", 0, 1),
            "mask": Box("masks of the frame|before (one-shot)", "given", 1, 2),
            "encoder": Box("encoder|ResNet-101", "frame", 1, 1),
            "state": Box("states of the|frame before", "given", 1, 0),
            "one": Box("object 1|four ConvLSTM cells", "object", 2, 1),
            "two": Box("object 2|sees what 1 took", "object", 3, 1),
            "more": Box("object 3|sees what 2 took", "object", 4, 1),
            "out": Box("masks", "given", 5, 1),
        },
        ("frame>encoder", "encoder>one", "mask>one", "state>one", "one>two", "two>more", "more>out"),
    ),
    "cosnet": Figure(
        {
            "others": Box("frames far away", "given", 0, 0),
            "frame": Box("frame", "given", 0, 1.5),
            "known": Box("encoder|DeepLab, ResNet-101", "anchor", 1, 0),
            "encoder": Box("encoder|the same weights", "frame", 1, 1.5),
            "attend": Box("co-attention|each cell finds its like", "frame", 2, 0.7),
            "gate": Box("gate", "frame", 3, 0.7),
            "head": Box("head", "frame", 4, 1.2),
            "out": Box("mean over references", "given", 5, 1.2),
        },
        (
            "others>known",
            "frame>encoder",
            "known>attend",
            "encoder>attend",
            "attend>gate",
            "gate>head",
            "encoder>head",
            "head>out",
        ),
    ),
}


def draw(figure: Figure) -> str:
    """The figure as SVG."""
    columns = max(box.column for box in figure.boxes.values())
    rows = max(box.row for box in figure.boxes.values())
    width = round(columns * CELL[0] + BOX[0] + 2 * MARGIN)
    height = round(rows * CELL[1] + BOX[1] + 2 * MARGIN)
    kinds = [kind for kind in KINDS if any(box.kind == kind for box in figure.boxes.values())]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 34}" '
        'font-family="sans-serif" font-size="12" text-anchor="middle">',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        f'<rect width="{width}" height="{height + 34}" fill="#fbfbfb"/>',
    ]
    parts += [_arrow(*(figure.boxes[end] for end in arrow.split(">"))) for arrow in figure.arrows]
    parts += [_box(box) for box in figure.boxes.values()]
    parts += [_key(index, kind, height) for index, kind in enumerate(kinds)]
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Writes all figures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, figure in FIGURES.items():
        (FOLDER / f"{name}.svg").write_text(draw(figure), encoding="utf-8")
    return 0


def _corner(box: Box) -> tuple[float, float]:
    return MARGIN + box.column * CELL[0], MARGIN + box.row * CELL[1]


def _box(box: Box) -> str:
    left, top = _corner(box)
    lines = box.text.split("|")
    middle = left + BOX[0] / 2
    first = top + BOX[1] / 2 + 4 - 8 * (len(lines) - 1)
    colours = ("#111", "#555")
    text = "".join(
        f'<text x="{middle:g}" y="{first + 16 * index:g}" fill="{colours[index]}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6" '
        f'fill="{KINDS[box.kind][0]}" stroke="#777"/>{text}'
    )


def _arrow(start: Box, end: Box) -> str:
    """From the right side of one box to the left side of the other, or between top and bottom within a column."""
    (x0, y0), (x1, y1) = _corner(start), _corner(end)
    if start.column == end.column:
        down = end.row > start.row
        x0, x1 = x0 + BOX[0] / 2, x1 + BOX[0] / 2
        y0, y1 = (y0 + BOX[1], y1) if down else (y0, y1 + BOX[1])
        return f'<path d="M{x0:g} {y0:g}L{x1:g} {y1:g}" stroke="#555" fill="none" marker-end="url(#a)"/>'
    x0, y0, y1 = x0 + BOX[0], y0 + BOX[1] / 2, y1 + BOX[1] / 2
    bend = (x1 - x0) / 2
    curve = f"M{x0:g} {y0:g}C{x0 + bend:g} {y0:g} {x1 - bend:g} {y1:g} {x1:g} {y1:g}"
    return f'<path d="{curve}" stroke="#555" fill="none" marker-end="url(#a)"/>'


def _key(index: int, kind: str, top: int) -> str:
    colour, words = KINDS[kind]
    left = MARGIN + index * 230
    return (
        f'<rect x="{left}" y="{top + 4}" width="16" height="16" rx="3" fill="{colour}" stroke="#777"/>'
        f'<text x="{left + 24}" y="{top + 16}" text-anchor="start" fill="#333">{escape(words)}</text>'
    )


if __name__ == "__main__":
    sys.exit(main())

"""The body of an export of shapes: masks to shapes, shapes to files, and how well they meet the masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from vosapp.core.document import ClipRef, Document, MaskStore, ObjectId, RotoObject
from vosapp.core.edits import composite
from vosapp.core.errors import ExportError
from vosapp.core.mask import BoolImage
from vosapp.core.small_files import write_whole
from vosapp.engine.job import JobContext, Stage
from vosapp.export.place.earlier import PlaceTakenError
from vosapp.export.shapes.formats import ShapeFormat, texts_of
from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip, coverage
from vosapp.shapes.bezier import flattened
from vosapp.shapes.fitting import fit_part
from vosapp.shapes.outline import distance_map, outlines
from vosapp.shapes.parts import parts_of

# What is smaller is left out: a point of a hand-made shape covers as much.
LEAST_AREA_PX = 40.0
DEFAULT_TOLERANCE_PX = 2.0  # what a hand-drawn spline keeps to at 1080p


@dataclass(frozen=True, slots=True)
class ShapeTask:
    """Input of an export of shapes, frozen when it starts.

    Attributes:
        document, store: what the masks are taken from.
        format: for which program.
        path: the file; for SVG a folder.
        tolerance_px: 95 % of every outline keep it, as far as 64 points a shape suffice.
        object_ids: which objects; None takes all.
        pixel_aspect: of the clip.
        overwrite: whether files that are there may be replaced.
    """

    document: Document
    store: MaskStore
    format: ShapeFormat
    path: Path
    tolerance_px: float = DEFAULT_TOLERANCE_PX
    object_ids: tuple[ObjectId, ...] | None = None
    pixel_aspect: Fraction = Fraction(1)
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class ObjectFit:
    """Fit of an object's shapes to its masks.

    Attributes:
        name: of the object.
        frames: frames with a mask.
        shapes, points, keyframes: their number; points and keyframes of the shape with the most of them.
        jaccard: mean overlap of shapes and masks, 0..1.
        share_within: share of all outlines that lies within the tolerance and half a pixel.
    """

    name: str
    frames: int
    shapes: int
    points: int
    keyframes: int
    jaccard: float
    share_within: float


@dataclass(frozen=True, slots=True)
class ShapeReport:
    """Result of an export of shapes.

    Attributes:
        files: the files.
        objects: how well each object's shapes meet its masks.
    """

    files: tuple[Path, ...]
    objects: tuple[ObjectFit, ...]


def shape_body(task: ShapeTask) -> Callable[[JobContext], ShapeReport]:
    """A body for `Job`. Files appear whole, at the end; a cancelled export leaves nothing."""

    def body(context: JobContext) -> ShapeReport:
        clip = task.document.clip
        if clip is None:
            raise ExportError("There is no clip to export from.", "Open a clip first.")
        _require_free(task)
        items = [o for o in task.document.objects if task.object_ids is None or o.id in task.object_ids]
        items = [item for item in items if item.cells]
        if not items:
            raise ExportError("There are no masks to make shapes of.", "Draw or propagate first.")
        made = [_object(task, item, clip, context) for item in items]
        shapes = ShapeClip(
            name=Path(clip.path).stem,
            height=clip.height,
            width=clip.width,
            pixel_aspect=task.pixel_aspect,
            rate=clip.rate if clip.rate > 0 else Fraction(24),
            first_number=clip.first_number,
            frame_count=clip.frame_count,
            objects=[one for one, _ in made],
        )
        return ShapeReport(tuple(_written(task, shapes)), tuple(fit for _, fit in made))

    return body


def _object(task: ShapeTask, item: RotoObject, clip: ClipRef, context: JobContext) -> tuple[ObjectShapes, ObjectFit]:
    parts = parts_of(_masks(task, item, clip), LEAST_AREA_PX)
    total = sum(len(part.outlines) for part in parts)
    shapes: list[AnimatedShape] = []
    done = 0
    for part in parts:
        shapes += fit_part(part, task.tolerance_px, fixed=item.anchors(), check=context.check)
        done += len(part.outlines)
        context.progress(done, total, Stage.FITTING_SHAPES, note=item.name)
    # Holes are cut out of everything that is filled.
    shapes.sort(key=lambda shape: shape.is_hole)
    found = ObjectShapes(item.name, item.colour, shapes, item.matte_at(0).feather_px)
    return found, _fit(task, item, clip, shapes, context)


def _masks(task: ShapeTask, item: RotoObject, clip: ClipRef) -> Iterator[tuple[int, BoolImage]]:
    for frame in range(clip.frame_count):
        cell = item.cells.get(frame)
        if cell is not None:
            mask = composite(task.store, cell).array()
            if mask.any():
                yield frame, mask


def _fit(
    task: ShapeTask, item: RotoObject, clip: ClipRef, shapes: list[AnimatedShape], context: JobContext
) -> ObjectFit:
    overlaps, near, points = [], 0, 0
    for frame, mask in _masks(task, item, clip):
        context.check()
        drawn = coverage(shapes, frame, (clip.height, clip.width)) >= 0.5
        overlaps.append(int(np.count_nonzero(drawn & mask)) / int(np.count_nonzero(drawn | mask)))
        lines = [flattened(shape.at(frame)) for shape in shapes if shape.is_visible(frame)]
        maps = [distance_map(line) for line in lines]
        for outline in outlines(mask):
            distances = np.min([one.at(outline.points) for one in maps], axis=0) if maps else np.array([np.inf])
            near += int(np.count_nonzero(distances <= task.tolerance_px + 0.5))
            points += len(distances)
    return ObjectFit(
        name=item.name,
        frames=len(overlaps),
        shapes=len(shapes),
        points=max((shape.point_count for shape in shapes), default=0),
        keyframes=max((len(shape.keys) for shape in shapes), default=0),
        jaccard=float(np.mean(overlaps)) if overlaps else 1.0,
        share_within=near / points if points else 1.0,
    )


def _require_free(task: ShapeTask) -> None:
    """Refuses to replace files unless that is allowed."""
    if task.format.write is None:
        there = any(task.path.glob(f"*{task.format.suffix}")) if task.path.is_dir() else task.path.exists()
    else:
        there = task.path.exists()
    if there and not task.overwrite:
        raise PlaceTakenError(f"{task.path} is there already.", "Choose another place, or allow overwriting.")
    if task.path.is_dir() and task.format.write is not None:
        raise ExportError(f"{task.path} is a folder.", f"Name a file that ends in {task.format.suffix}.")


def _written(task: ShapeTask, clip: ShapeClip) -> Iterator[Path]:
    for frame, text in texts_of(task.format, clip).items():
        number = "" if frame is None else f"{frame + clip.first_number:05}{task.format.suffix}"
        path = task.path / number if number else task.path
        try:
            write_whole(path, text.encode())
        except OSError as error:
            raise ExportError(f"{path} cannot be written ({error.strerror}).", "Choose another place.") from error
        yield path

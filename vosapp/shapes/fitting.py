"""fit_part: fits one animated shape to the outlines of a part: as few points and keyframes as a tolerance allows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vosapp.shapes.animated import AnimatedShape, interpolated
from vosapp.shapes.bezier import Path, fitted_handles, flattened, smoothed
from vosapp.shapes.correspondence import Indices, carried
from vosapp.shapes.outline import DistanceMap, Points, distance_map, resampled
from vosapp.shapes.parts import Part

MAX_POINTS = 64  # of one shape: more cannot be edited by hand; what needs more is split in time
_FEWEST_POINTS = 4
_SPACING_PX = 1.0  # between points of a resampled outline
_PLACE_PX = 14.0  # between followed places
_MOST_PLACES = 64
_MOST_SAMPLES = 48  # of a stretch when its error is looked for
_TOO_FAR = 2.0  # times the tolerance: a shape that misses so many of its frames is split in time
_SHARE_OF_OUTLINE = 0.95  # of the outline that has to lie within the tolerance, and of frames for a single stretch
_STILL_SHARE = 0.7  # of the tolerance goes to points; the rest is left to the motion between keyframes


@dataclass(frozen=True, slots=True)
class _Track:
    """A part with places that are followed along its outlines.

    Attributes:
        lines: resampled outline of each frame.
        places: (frames, places) indices into them, in their order along the outlines.
    """

    lines: Sequence[Points]
    places: Indices

    def stretch(self, frame: int, number: int) -> Points:
        """The line of a frame from a place to the next, both ends included."""
        line = self.lines[frame]
        first, last = self.places[frame, number], self.places[frame, (number + 1) % self.places.shape[1]]
        count = int((last - first) % len(line))
        return np.asarray(line[(first + np.arange(count + 1)) % len(line)], np.float64)

    def divided(self, number: int, share: float) -> _Track:
        """With a place more, at the same share of the way from a place to the next on every frame."""
        lengths = np.array([len(line) for line in self.lines])
        first, last = self.places[:, number], self.places[:, (number + 1) % self.places.shape[1]]
        new = (first + np.round(share * ((last - first) % lengths)).astype(np.int64)) % lengths
        return _Track(self.lines, np.insert(self.places, number + 1, new, axis=1))

    def only(self, numbers: Sequence[int]) -> _Track:
        """With some of the places."""
        return _Track(self.lines, self.places[:, list(numbers)])


def fit_part(
    part: Part, tolerance_px: float, *, fixed: Collection[int] = (), check: Callable[[], None] = lambda: None
) -> list[AnimatedShape]:
    """Shapes of a part, one after the other in time; one where it can be followed with `MAX_POINTS` points.

    Args:
        part: to be fitted.
        tolerance_px: 95 % of the outline of every frame lies within it.
        fixed: frames that are to be keyframes, such as anchors.
        check: is called now and then; may raise to stop.
    """
    track = _followed(part, check)
    maps = [distance_map(line) for line in track.lines]
    track = _with_points(track, tolerance_px * _STILL_SHARE, check)
    paths = [_path(track, frame) for frame in range(len(track.lines))]
    lines = list(zip(maps, track.lines, strict=True))
    errors = [outline_error(path, *line) for path, line in zip(paths, lines, strict=True)]
    if float(np.quantile(errors, _SHARE_OF_OUTLINE)) > _TOO_FAR * tolerance_px and len(part.outlines) > 1:
        middle = len(part.outlines) // 2
        halves = (Part(part.first, part.outlines[:middle]), Part(part.first + middle, part.outlines[middle:]))
        return [shape for half in halves for shape in fit_part(half, tolerance_px, fixed=fixed, check=check)]
    wanted = {frame - part.first for frame in fixed if part.first <= frame <= part.last}
    chosen = _keyframes(lines, paths, tolerance_px, wanted=wanted, check=check)
    keys = {part.first + frame: paths[frame] for frame in chosen}
    return [AnimatedShape(keys, part.first, part.last, part.is_hole)]


def _followed(part: Part, check: Callable[[], None]) -> _Track:
    """Places at equal distances on the longest outline, carried to the frames before and after it."""
    lines = [resampled(outline.points, _SPACING_PX) for outline in part.outlines]
    longest = int(np.argmax([len(line) for line in lines]))
    # No more places than the shortest outline has points to tell apart.
    most = min(_MOST_PLACES, min(len(line) for line in lines) // 2)
    count = int(np.clip(len(lines[longest]) * _SPACING_PX / _PLACE_PX, _FEWEST_POINTS, most))
    places = np.empty((len(lines), count), np.int64)
    places[longest] = np.arange(count) * len(lines[longest]) // count
    for frames in (range(longest + 1, len(lines)), range(longest - 1, -1, -1)):
        before = longest
        for frame in frames:
            check()
            places[frame] = carried(lines[before], places[before], lines[frame])
            before = frame
    return _Track(lines, places)


def _with_points(track: _Track, tolerance_px: float, check: Callable[[], None]) -> _Track:
    """A track whose places are the points of a shape: the followed ones that are needed, and more between them."""
    count = track.places.shape[1]
    chosen = sorted({count * i // _FEWEST_POINTS for i in range(_FEWEST_POINTS)})
    known: dict[tuple[bytes, bytes], tuple[float, float]] = {}
    # First of the followed places, which stay on the same part of the object; then anything between them.
    while len(chosen) < min(count, MAX_POINTS):
        check()
        error, number, share = _worst(track.only(chosen), known)
        if error <= tolerance_px:
            return track.only(chosen)
        free = (chosen[number] + np.arange(1, (chosen[(number + 1) % len(chosen)] - chosen[number]) % count)) % count
        if not len(free):
            break
        chosen = sorted({*chosen, int(free[min(int(share * len(free)), len(free) - 1)])})
    track = track.only(chosen)
    while track.places.shape[1] < MAX_POINTS:
        check()
        error, number, share = _worst(track, known)
        if error <= tolerance_px:
            break
        track = track.divided(number, share)
    return track


def _worst(track: _Track, known: dict[tuple[bytes, bytes], tuple[float, float]]) -> tuple[float, int, float]:
    """Where a shape with these points is farthest from its outlines.

    Args:
        track: the points are its places.
        known: errors and shares of stretches looked at before, by their two ends.

    Returns:
        Pixels, exceeded on one frame in twenty; the point before, and the share of the way to the next point.
    """
    found = (0.0, 0, 0.5)
    columns = [column.tobytes() for column in track.places.T]
    for number, ends in enumerate(zip(columns, columns[1:] + columns[:1], strict=True)):
        if ends not in known:
            errors = [_stretch_error(track.stretch(frame, number)) for frame in range(len(track.lines))]
            known[ends] = (float(np.quantile([size for size, _ in errors], _SHARE_OF_OUTLINE)), max(errors)[1])
        error, share = known[ends]
        if error > found[0]:
            found = (error, number, share)
    return found


def _stretch_error(line: Points) -> tuple[float, float]:
    """How far the best cubic is from an open line, and at which share of the way, kept off the ends."""
    if len(line) < 4:
        return 0.0, 0.5
    curve = _cubic(line)
    seen = line[:: max(1, len(line) // _MOST_SAMPLES)]
    distance = _distances(curve, seen)
    worst = int(np.argmax(distance))
    return float(distance[worst]), float(np.clip(worst / (len(seen) - 1), 0.25, 0.75))


def _cubic(line: Points) -> Points:
    """The cubic that follows an open line, as points."""
    out, into = fitted_handles(line)
    count = int(np.clip(len(line) // 2, 8, 2 * _MOST_SAMPLES))
    t = np.linspace(0, 1, count)[:, None]
    curve = (1 - t) ** 3 * line[0] + 3 * (1 - t) ** 2 * t * out + 3 * (1 - t) * t**2 * into + t**3 * line[-1]
    return np.asarray(curve, np.float64)


def _distances(curve: Points, line: Points) -> Points:
    """Of each point of a line the distance to the nearest point of a curve."""
    return np.asarray(np.sqrt(np.min(np.sum((line[:, None] - curve[None]) ** 2, axis=2), axis=1)), np.float64)


def _path(track: _Track, frame: int) -> Path:
    count = track.places.shape[1]
    path = np.empty((count, 3, 2))
    for number in range(count):
        line = track.stretch(frame, number)
        path[number, 1] = line[0]
        path[number, 2], path[(number + 1) % count, 0] = fitted_handles(line)
    return smoothed(path)


def _keyframes(
    lines: Sequence[tuple[DistanceMap, Points]],
    paths: Sequence[Path],
    tolerance_px: float,
    *,
    wanted: set[int],
    check: Callable[[], None],
) -> list[int]:
    """The frames that are enough: between them every outline is met by the interpolated path."""
    # A frame whose own path misses the tolerance, by the limit of points, may be missed as far and a little more.
    own = [outline_error(path, *line) for path, line in zip(paths, lines, strict=True)]
    allowed = np.maximum(tolerance_px, np.array(own) * 1.1)
    chosen = sorted({0, len(paths) - 1, *wanted})
    spans = list(pairwise(chosen))
    while spans:
        check()
        start, end = spans.pop()
        ends = {start: paths[start], end: paths[end]}
        errors = [outline_error(interpolated(ends, frame), *lines[frame]) for frame in range(start + 1, end)]
        excess = np.array(errors) - allowed[start + 1 : end]
        if errors and excess.max() > 0:
            worst = start + 1 + int(np.argmax(excess))
            chosen.append(worst)
            spans += [(start, worst), (worst, end)]
    return sorted(chosen)


def outline_error(path: Path, distances: DistanceMap, line: Points) -> float:
    """The distance in pixels that 95 % of both lines keep to each other: of the path to the outline, and back."""
    curve = flattened(path)
    there = float(np.quantile(distances.at(curve), _SHARE_OF_OUTLINE))
    back = float(np.quantile(distance_map(curve).at(line), _SHARE_OF_OUTLINE))
    return max(there, back)

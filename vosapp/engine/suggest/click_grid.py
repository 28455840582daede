"""Object proposals from the network `select`: what it answers to a grid of clicks, where it answers the same often.

Needs no weights but those that come with the program. Clicks on one object lead to one mask, where clicks on what is
none, a floor or a wall, each find another piece; so the more alike the masks of all clicks on a candidate are, the
better it is. Clicks at the same place of frames beside show whether it stays. The best are looked at once more from
close by, as when a user clicks there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.engine.mask_prediction import doubt_of
from vosapp.engine.propagator import Probability
from vosapp.engine.select.marks import Marks, Stroke
from vosapp.engine.select.network_selector import NetworkSelector, View, load_select_network, look, view_of
from vosapp.engine.suggest.proposals import Candidate, mean_overlap
from vosapp.models.select.network import Features, SelectNetwork
from vosapp.models.select.prompts import Prompts, draw_click
from vosapp.video.source import RgbImage, VideoSource

_WIDE_PX = 256  # longer side at which the whole frame is shown: the network learnt at no more
_ACROSS = 12  # clicks along the longer side
_TOGETHER = 12  # clicks that are answered in one batch
_SAME = 0.7  # overlap (IoU) from which two clicks found the same
_SMALLEST, _LARGEST = 0.001, 0.6  # shares of the frame between which a mask may be an object
_AROUND = 0.15  # share of the frame's edge from which a mask is what surrounds the objects
_FOLLOWED = 20  # of the best that are looked for on other frames
_BESIDE = (-2, -1, 1, 2)  # frames that are looked at too, those before rather than those after
_BESIDE_COUNT = 2
_CLOSER = 10  # of the best that are looked at from close by
_FITS = 0.5  # overlap (IoU) that the closer look must have with the first, or it found something else

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Look:
    """A frame as the network saw it, for clicks in pixels of the view."""

    network: SelectNetwork
    view: View
    picture: torch.Tensor
    features: Features

    @classmethod
    def at(cls, network: SelectNetwork, rgb: RgbImage) -> _Look:
        """Looks at the whole of a frame."""
        view = view_of((0, 0, rgb.shape[1], rgb.shape[0]), _WIDE_PX)
        return cls(network, view, *look(network, rgb, view))

    def answers(self, clicks: Sequence[Point]) -> NDArray[np.float32]:
        """The mask of each click by itself, (N, h, w) in 0..1."""
        planes = torch.from_numpy(np.stack([self._planes(click) for click in clicks])).to(self.picture.device)
        count = len(clicks)
        seen = Features(*(part.expand(count, -1, -1, -1) for part in self.features))
        with torch.inference_mode():
            logits = self.network(self.picture.expand(count, -1, -1, -1), seen, planes)
        return np.asarray(logits[:, 0].sigmoid().cpu().numpy(), np.float32)

    def _planes(self, click: Point) -> NDArray[np.float32]:
        inside = np.zeros((self.view.height, self.view.width), np.uint8)
        draw_click(inside, *click)
        return Prompts(inside, np.zeros_like(inside)).planes()


def propose(
    source: VideoSource, frame_index: int, *, shot: range, device: str, check: Callable[[], None]
) -> list[Candidate]:
    """Objects that clicks all over a frame find; see `vosapp.engine.suggest.proposals.Propose`.

    Raises:
        WeightsError: there are no weights.
        EngineError: no such device.
    """
    return candidates(load_select_network(device), source, frame_index, shot=shot, check=check)


def candidates(
    network: SelectNetwork, source: VideoSource, frame_index: int, *, shot: range, check: Callable[[], None]
) -> list[Candidate]:
    """As `propose`, with a network that is loaded already."""
    rgb = source.frame(frame_index)
    here = _Look.at(network, rgb)
    clicks = grid(here.view.height, here.view.width)
    answers = _answers(here, clicks, check)
    found = [(mask, agreement(mask >= 0.5, clicks, answers)) for mask in together([m for m in answers if may_be(m)])]
    found = sorted(found, key=lambda one: -one[1] * (1 - doubt_of(one[0])))[:_FOLLOWED]
    middles = [middle_of(mask >= 0.5) for mask, _ in found]
    steady = _stability(network, source, beside(frame_index, shot), middles, [mask for mask, _ in found], check)
    stability = [agreed * stayed for (_, agreed), stayed in zip(found, steady, strict=True)]
    result = []
    for place in sorted(range(len(found)), key=lambda i: -stability[i] * (1 - doubt_of(found[i][0])))[:_CLOSER]:
        check()
        closer = _closer(network, rgb, here.view, middles[place], found[place][0])
        result.append(Candidate(closer, stability[place]))
    return result


def grid(height: int, width: int) -> list[Point]:
    """Clicks (x, y) all over a picture, in the middle of cells of equal size that are about as high as wide."""
    step = max(height, width) / _ACROSS
    rows, columns = (max(1, round(side / step)) for side in (height, width))
    return [((i + 0.5) * width / columns, (j + 0.5) * height / rows) for j in range(rows) for i in range(columns)]


def together(masks: Sequence[Probability]) -> list[Probability]:
    """Means of the masks that are the same, those first that most clicks found.

    Args:
        masks: (h, w) in 0..1, one a click.
    """
    if not masks:
        return []
    flat = np.stack([(mask >= 0.5).ravel() for mask in masks]).astype(np.float32)
    shared = flat @ flat.T
    areas = np.diagonal(shared)
    same = shared / np.maximum(areas[:, None] + areas[None] - shared, 1) >= _SAME
    left, groups = np.ones(len(masks), np.bool_), []
    while left.any():
        first = int(np.argmax((same & left).sum(1) * left))
        members = np.flatnonzero(same[first] & left)
        groups.append(np.asarray(np.mean([masks[int(i)] for i in members], axis=0), np.float32))
        left[members] = False
    return groups


def may_be(mask: Probability) -> bool:
    """Whether a mask (h, w) of the whole frame may be an object: of fitting size, and not what surrounds all."""
    inside = mask >= 0.5
    edge = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    return bool(_SMALLEST <= inside.mean() <= _LARGEST and edge.mean() < _AROUND)


def agreement(mask: BoolImage, clicks: Sequence[Point], answers: Sequence[Probability]) -> float:
    """Mean overlap (IoU) of a mask with what each click on it found, 0..1; 1 where there was no click on it."""
    own = [answer >= 0.5 for (x, y), answer in zip(clicks, answers, strict=True) if mask[int(y), int(x)]]
    return float(np.mean([mean_overlap([mask, other]) for other in own])) if own else 1.0


def beside(frame_index: int, shot: range) -> list[int]:
    """Frames of the shot around a frame by which it is seen whether a mask stays."""
    return [frame_index + step for step in _BESIDE if frame_index + step in shot][:_BESIDE_COUNT]


def middle_of(mask: BoolImage) -> Point:
    """(x, y) of the pixel of a mask that lies farthest from its border; the picture's middle without any."""
    if not mask.any():
        return (mask.shape[1] / 2, mask.shape[0] / 2)
    depth = cv2.distanceTransform(np.pad(mask.view(np.uint8), 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    return (float(x - 1), float(y - 1))


def _answers(here: _Look, clicks: Sequence[Point], check: Callable[[], None]) -> list[Probability]:
    """What each click finds."""
    found: list[Probability] = []
    for begin in range(0, len(clicks), _TOGETHER):
        check()
        found.extend(here.answers(clicks[begin : begin + _TOGETHER]))
    return found


def _stability(
    network: SelectNetwork,
    source: VideoSource,
    frames: Sequence[int],
    clicks: Sequence[Point],
    found: Sequence[Probability],
    check: Callable[[], None],
) -> list[float]:
    """Mean overlap (IoU) of each mask with what its click finds on other frames; 1 where there are none."""
    overlaps: list[list[float]] = [[] for _ in found]
    for index in frames if clicks else ():
        there = _answers(_Look.at(network, source.frame(index)), clicks, check)
        for own, before, now in zip(overlaps, found, there, strict=True):
            own.append(mean_overlap([before >= 0.5, now >= 0.5]))
    return [float(np.mean(own)) if own else 1.0 for own in overlaps]


def _closer(network: SelectNetwork, rgb: RgbImage, view: View, click: Point, found: Probability) -> Probability:
    """The mask (height, width) of the frame after a closer look at what a click found in a view of the whole frame."""
    height, width = rgb.shape[:2]
    whole = np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    across, down = width / view.width, height / view.height
    marks = Marks((Stroke((((click[0] + 0.5) * across, (click[1] + 0.5) * down),)),))
    looked = NetworkSelector(network, rgb, whole >= 0.5).propose(marks)
    return looked if mean_overlap([whole >= 0.5, looked >= 0.5]) >= _FITS else whole

"""Select with the network `select`: a look at the whole frame, then at what lies around the object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage, bounding_box
from vosapp.engine.device import choose_device
from vosapp.engine.propagator import Probability
from vosapp.engine.select.drawing import draw_stroke
from vosapp.engine.select.marks import Marks, Stroke, goes_on
from vosapp.models.loading import load_spec
from vosapp.models.picture_networks import SELECT
from vosapp.models.select.network import MULTIPLE_PX, Features, SelectNetwork
from vosapp.models.select.prompts import DISK_PX, Prompts
from vosapp.video.source import RgbImage

_EDGE = 1e-4  # variance of colours, in shares of white squared, from which a surface counts as an edge
_FINE_PX = 8  # radius from which the filter is reckoned on a smaller picture


@dataclass(frozen=True, slots=True)
class Framing:
    """How close a view is around the object.

    Attributes:
        margin: beyond the object's box, as a share of the box's longer side.
        least: of the margin, as a share of the frame's shorter side: a click has no size.
        keeps: a view is kept as long as the object with its margin fills at least this share of its longer side.
    """

    margin: float
    least: float
    keeps: float


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How the network is shown a frame.

    Attributes:
        wide_px: longer side at which the whole frame is shown.
        close_px: longer side of a view around the object.
        early: framing of the first marks, which the mask of a part of the object may come from.
        early_marks: how many marks those are.
        later: framing of those that follow; from closer by, outlines and thin parts are seen better.
        slack: a view is kept as long as it shows this share of the margin around the object.
        edge_px: reach, on the picture as the network sees it, within which the mask is drawn to the edges of the frame.
    """

    wide_px: int = 352
    close_px: int = 416
    early: Framing = Framing(margin=0.35, least=0.06, keeps=0.35)
    early_marks: int = 2
    later: Framing = Framing(margin=0.12, least=0.03, keeps=0.7)
    slack: float = 0.5
    edge_px: float = 6.0

    def framing(self, marks: Marks) -> Framing:
        """How close to look when so much is marked."""
        return self.early if len(marks.strokes) <= self.early_marks else self.later


class View(NamedTuple):
    """A part of a frame: left, top, right, bottom in pixels, and the size it is shown at."""

    left: int
    top: int
    right: int
    bottom: int
    height: int
    width: int


def view_of(box: tuple[int, int, int, int], longer_px: int) -> View:
    """A view of left, top, right, bottom in pixels of a frame, its longer side shown at about so many pixels."""
    left, top, right, bottom = box
    scale = longer_px / max(right - left, bottom - top)
    height, width = (
        max(MULTIPLE_PX, MULTIPLE_PX * round(side * scale / MULTIPLE_PX)) for side in (bottom - top, right - left)
    )
    return View(left, top, right, bottom, height, width)


def look(network: SelectNetwork, rgb: RgbImage, view: View) -> tuple[torch.Tensor, Features]:
    """The picture (1, 3, h, w) that a view shows of a frame (height, width, 3) uint8, and what the network sees."""
    part = rgb[view.top : view.bottom, view.left : view.right]
    smaller = part.shape[0] > view.height
    shown = cv2.resize(part, (view.width, view.height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    picture = torch.from_numpy(shown).to(next(network.parameters()).device).permute(2, 0, 1)[None].float() / 255
    picture = picture.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        return picture, network.encode(picture)


def load_select_network(device: str = "auto") -> SelectNetwork:
    """The network with its weights, ready on a device. Raises WeightsError, EngineError."""
    return cast(SelectNetwork, load_spec(SELECT).to(choose_device(device)))


class NetworkSelector:
    """A `Selector`."""

    def __init__(
        self,
        network: SelectNetwork,
        rgb: RgbImage,
        prediction: BoolImage | None = None,
        settings: ViewSettings | None = None,
    ) -> None:
        """Takes a network in evaluation mode, the frame, a mask that is there, and how frames are shown."""
        self._network, self._rgb, self._settings = network, rgb, settings or ViewSettings()
        self._device = next(network.parameters()).device
        self._given = None
        if prediction is not None and prediction.any():
            self._given = prediction.astype(np.float32)
        self._found, self._marks = self._given, Marks()
        self._seen: tuple[View, torch.Tensor, Features] | None = None

    def propose(self, marks: Marks) -> Probability:
        """See `Selector`."""
        if not goes_on(self._marks, marks):
            self._found = self._given
        self._marks = marks
        if not marks and self._given is None:
            self._found = None
            return np.zeros(self._rgb.shape[:2], np.float32)
        view = self._view(marks)
        found = self._ask(view, marks, self._found)
        closer = self._closer(view, found, marks)
        if closer is not None:
            view, found = closer, self._ask(closer, marks, found)
        self._found = self._drawn_to_edges(view, found)
        return self._found

    def _drawn_to_edges(self, view: View, found: Probability) -> Probability:
        """The mask with its outline on the edges of the frame: a guided filter (He, Sun and Tang, PAMI 2013)."""
        shown, area = found.copy(), (slice(view.top, view.bottom), slice(view.left, view.right))
        radius = max(2, round(self._settings.edge_px * (view.right - view.left) / view.width))
        drawn = cv2.ximgproc.guidedFilter(
            np.ascontiguousarray(self._rgb[area]),
            np.ascontiguousarray(found[area]),
            radius,
            _EDGE * 255**2,
            scale=1 / max(1, radius // _FINE_PX),
        )
        shown[area] = np.clip(drawn, 0, 1)
        return shown

    def _view(self, marks: Marks) -> View:
        """Where to look first: where it looked last, as long as all marks lie there; else around mask and marks."""
        if self._seen is not None and self._found is not None and _holds(self._seen[0], marks, self._found):
            return self._seen[0]
        if self._found is not None or marks.box is not None:
            return self._around(self._found, marks)
        return self._whole()

    def _closer(self, view: View, found: Probability, marks: Marks) -> View | None:
        """A view around a mask that fills too little of the one it was found in, or leaves it; None when it is well."""
        if not (found >= 0.5).any():
            return None
        side = max(view.right - view.left, view.bottom - view.top)
        least = self._around(found, marks, self._settings.slack)
        fits = view.left <= least.left and view.top <= least.top
        fits = fits and least.right <= view.right and least.bottom <= view.bottom
        closer = self._around(found, marks)
        wanted = max(closer.right - closer.left, closer.bottom - closer.top)
        return None if fits and wanted >= self._settings.framing(marks).keeps * side else closer

    def _whole(self) -> View:
        height, width = self._rgb.shape[:2]
        return view_of((0, 0, width, height), self._settings.wide_px)

    def _around(self, found: Probability | None, marks: Marks, share: float = 1.0) -> View:
        """A view of the box around a mask and all marks on the object, with a share of the margin that is wanted.

        The whole frame without any mask or mark.
        """
        corners = [*marks.points(inside=True)]
        if marks.box is not None:
            corners += [marks.box[:2], marks.box[2:]]
        inside = None if found is None else bounding_box(found >= 0.5)
        if inside is not None:
            corners += [inside[:2], inside[2:]]
        if not corners:
            return self._whole()
        (left, top), (right, bottom) = np.min(corners, 0), np.max(corners, 0)
        height, width = self._rgb.shape[:2]
        framing = self._settings.framing(marks)
        beyond = share * max(framing.least * min(height, width), framing.margin * max(right - left, bottom - top))
        x0, y0 = max(0, int(left - beyond)), max(0, int(top - beyond))
        x1, y1 = min(width, round(right + beyond) + 1), min(height, round(bottom + beyond) + 1)
        return view_of((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), self._settings.close_px)

    def _ask(self, view: View, marks: Marks, before: Probability | None) -> Probability:
        """The mask as the network sees it in a view; nothing of it lies outside but what was there and is not seen."""
        rgb, features = self._look(view)
        planes = torch.from_numpy(self._prompts(view, marks, before).planes())[None].to(self._device)
        with torch.inference_mode():
            logits = self._network(rgb, features, planes)[0, 0].cpu().numpy()
        size = (view.right - view.left, view.bottom - view.top)
        within = cv2.resize(logits, size, interpolation=cv2.INTER_CUBIC)
        whole = np.zeros(self._rgb.shape[:2], np.float32) if before is None else before.copy()
        whole[view.top : view.bottom, view.left : view.right] = 1 / (1 + np.exp(-within.clip(-20, 20)))
        return whole

    def _look(self, view: View) -> tuple[torch.Tensor, Features]:
        if self._seen is None or self._seen[0] != view:
            self._seen = (view, *look(self._network, self._rgb, view))
        return self._seen[1], self._seen[2]

    @staticmethod
    def _prompts(view: View, marks: Marks, before: Probability | None) -> Prompts:
        """Marks and mask as the view shows them."""
        across, down = view.width / (view.right - view.left), view.height / (view.bottom - view.top)
        planes: list[NDArray[np.uint8]] = [np.zeros((view.height, view.width), np.uint8) for _ in range(2)]
        for stroke in marks.strokes:
            points = tuple(((x - view.left) * across, (y - view.top) * down) for x, y in stroke.points)
            plane = planes[0 if stroke.is_inside else 1]
            draw_stroke(plane, Stroke(points, stroke.is_inside), radius_px=DISK_PX)
        box = None
        if marks.box is not None:
            left, top, right, bottom = marks.box
            box = np.zeros((view.height, view.width), np.uint8)
            corner = (round((left - view.left) * across), round((top - view.top) * down))
            cv2.rectangle(
                box, corner, (round((right - view.left) * across), round((bottom - view.top) * down)), 255, -1
            )
        previous = None
        if before is not None:
            part = before[view.top : view.bottom, view.left : view.right]
            size = (view.width, view.height)
            previous = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)
        return Prompts(planes[0], planes[1], box, previous)


def _holds(view: View, marks: Marks, found: Probability) -> bool:
    """Whether a view shows all marks that matter: those on the object, and others where the mask is wrong so far."""
    height, width = found.shape
    points = [*marks.points(inside=True)]
    for x, y in marks.points(inside=False):
        if 0 <= x < width and 0 <= y < height and found[int(y), int(x)] >= 0.5:
            points.append((x, y))
    return all(view.left <= x < view.right and view.top <= y < view.bottom for x, y in points)

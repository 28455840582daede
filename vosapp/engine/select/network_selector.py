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


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How the network is shown a frame.

    Attributes:
        wide_px: longer side at which the whole frame is shown.
        close_px: longer side of a view around the object.
        margin: of a view beyond the object's box, as a share of the box's longer side.
        keeps: a view is kept as long as the object fills at least this share of its longer side and lies within it.
    """

    wide_px: int = 352
    close_px: int = 320
    margin: float = 0.35
    keeps: float = 0.35


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
        found = self._ask(view, marks)
        closer = self._closer(view, found, marks)
        if closer is not None:
            found = self._ask(closer, marks, found)
        self._found = found
        return found

    def _view(self, marks: Marks) -> View:
        """Where to look first: where it looked last, as long as all marks lie there; else around mask and marks."""
        if self._seen is not None and self._found is not None and _holds(self._seen[0], marks):
            return self._seen[0]
        if self._found is not None or marks.box is not None:
            return self._around(self._found, marks)
        return self._whole()

    def _closer(self, view: View, found: Probability, marks: Marks) -> View | None:
        """A view around a mask that fills too little of the one it was found in, or leaves it; None when it is well."""
        closer = self._around(found, marks)
        side = max(view.right - view.left, view.bottom - view.top)
        wanted = max(closer.right - closer.left, closer.bottom - closer.top)
        fits = view.left <= closer.left and view.top <= closer.top
        fits = fits and closer.right <= view.right and closer.bottom <= view.bottom
        return None if (fits and wanted >= self._settings.keeps * side) or not (found >= 0.5).any() else closer

    def _whole(self) -> View:
        height, width = self._rgb.shape[:2]
        return view_of((0, 0, width, height), self._settings.wide_px)

    def _around(self, found: Probability | None, marks: Marks) -> View:
        """A view of the box around a mask and all marks on the object, with a margin; the whole frame without any."""
        corners = [*marks.points(inside=True)]
        if marks.box is not None:
            corners += [marks.box[:2], marks.box[2:]]
        inside = None if found is None else bounding_box(found >= 0.5)
        if inside is not None:
            corners += [inside[:2], inside[2:]]
        if not corners:
            return self._whole()
        (left, top), (right, bottom) = np.min(corners, 0), np.max(corners, 0)
        least = MULTIPLE_PX  # a click alone has no size
        beyond = max(least, self._settings.margin * max(right - left, bottom - top))
        height, width = self._rgb.shape[:2]
        x0, y0 = max(0, int(left - beyond)), max(0, int(top - beyond))
        x1, y1 = min(width, round(right + beyond) + 1), min(height, round(bottom + beyond) + 1)
        return view_of((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), self._settings.close_px)

    def _ask(self, view: View, marks: Marks, previous: Probability | None = None) -> Probability:
        """The mask as the network sees it in a view; nothing of it lies outside but what was there and is not seen."""
        rgb, features = self._look(view)
        before = self._found if previous is None else previous
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


def _holds(view: View, marks: Marks) -> bool:
    points = [*marks.points(inside=True), *marks.points(inside=False)]
    return all(view.left <= x < view.right and view.top <= y < view.bottom for x, y in points)

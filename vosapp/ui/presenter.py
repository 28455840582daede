"""Updates the widgets whose part of the `Display` changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import is_
from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from vosapp.core.document import Cell, Document
from vosapp.core.edits import composite
from vosapp.core.errors import MaskError
from vosapp.core.mask import BoolImage
from vosapp.core.trimap_edits import TrimapImage, trimap_image
from vosapp.matte.layers import Layer
from vosapp.presentation.display import Display, resolve
from vosapp.presentation.matte.maker import MatteKey, Wish
from vosapp.presentation.pen_display import PenDisplay
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.suggest.display import SuggestDisplay
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.view_state import Changes, Tool, ViewMode, ViewState, Wipe
from vosapp.presentation.viewer.changes import ChangesDisplay, difference_labels, flicker_labels
from vosapp.presentation.viewer.layers import Labels, LayerStack, ShownLayer, layer_on
from vosapp.presentation.viewer.onion import OnionLayer
from vosapp.presentation.viewer.overlay import MATTE_MODES, OverlayDisplay, OverlayLayer
from vosapp.presentation.viewer.raster import Point
from vosapp.presentation.viewer.readout import readout
from vosapp.presentation.viewer.trimap import TrimapDisplay
from vosapp.presentation.viewer.wipe import WipeDisplay
from vosapp.ui.jobs.live_mattes import LiveMattes
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import OverlayStyle
from vosapp.ui.viewer.wipe_item import Side
from vosapp.video.source import RgbImage


class Presenter(QObject):
    """Shows a session in a window."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        *,
        cached_picture: Callable[[int], RgbImage | None] = lambda _: None,
        parent: QObject | None = None,
    ) -> None:
        """Makes it; `cached_picture` gives pictures of frames that are decoded already, to any thread."""
        super().__init__(parent)
        self._session = session
        self._window = window
        self._coverage = CoverageCache()
        self._pointer: Point | None = None
        self._seen: tuple[Document, ViewState] | None = None
        self._layers: dict[MatteKey, Layer] = {}
        self._mattes = LiveMattes(cached_picture, self)
        self._wishes: list[Wish] = []  # mattes of the masks that are shown, and of those compared with
        self._compared_wishes: list[Wish] = []
        self._compared: tuple[object, LayerStack] | None = None
        self.display: Display | None = None
        session.changed.connect(self.refresh)
        session.opened.connect(self._mattes.forget)
        self._mattes.made.connect(self._show_mattes)
        self._mattes.failed.connect(session.fail)
        window.canvas.hovered.connect(self.show_readout)
        window.canvas.zoomed.connect(self._show_zoom)

    @property
    def mattes(self) -> LiveMattes:
        """Makes the mattes that are shown."""
        return self._mattes

    def refresh(self) -> None:
        """Shows what changed since the last time."""
        seen = self._session.document, self._session.view
        if self.display is not None and self._seen is not None and all(map(is_, seen, self._seen)):
            # A change made while another one was told has been shown; only an action may have unchecked itself.
            self._show_commands(self.display, self.display)
            return
        self._seen = seen
        display = resolve(*seen, self._coverage)
        before, self.display = self.display, display
        window = self._window
        _on_change(before, display, "title", window.setWindowTitle)
        _on_change(before, display, "has_clip", self._show_page)
        _on_change(before, display, "overlay", self._show_overlay)
        _on_change(before, display, "wipe", self._show_wipe)
        _on_change(before, display, "onion", self._show_onion)
        _on_change(before, display, "changes", self._show_changes)
        _on_change(before, display, "trimap", self._show_trimap)
        _on_change(before, display, "magnifier", window.canvas.magnifier.set_on)
        _on_change(before, display, "pen", self._show_pen)
        _on_change(before, display, "objects", window.objects.show_rows)
        _on_change(before, display, "timeline", window.timeline.show_timeline)
        _on_change(before, display, "strip", window.strip.show_strip)
        _on_change(before, display, "frame_index", window.timeline.show_frame)
        _on_change(before, display, "transport", window.transport.show_transport)
        _on_change(before, display, "propagate", window.propagate.show_propagate)
        _on_change(before, display, "suggest", self._show_suggest)
        _on_change(before, display, "matte", window.matte.show_matte)
        self._share_side(display)
        _on_change(before, display, "select", window.canvas.selection.show_selection)
        _on_change(before, display, "selector", window.view_bar.show_selector)
        _on_change(before, display, "status_hint", window.status_bar.show_hint)
        _on_change(before, display, "banner", window.banner.show_text)
        _on_change(before, display, "tour", window.guide.show_tour)
        _on_change(before, display, "notice", window.notice.show_notice)
        _on_change(before, display, "file_work", window.work.show_work)
        if before is None or (before.recent, before.unsaved) != (display.recent, display.unsaved):
            window.start_page.show_paths(display.recent, display.unsaved)
            window.recent.show_paths(display.recent)
        self._show_commands(before, display)

    def show_anew(self) -> None:
        """Shows everything again: colours or words are other ones."""
        self.display = None
        self.refresh()

    def show_picture(self, _frame_index: int, picture: RgbImage | None) -> None:
        """Shows another picture; its masks follow with the next refresh, before anything is painted."""
        if picture is None:
            self._window.canvas.clear()
        else:
            self._window.canvas.show_frame(picture)
        self.show_readout(self._pointer)

    def show_readout(self, point: Point | None) -> None:
        """Shows what is under the pointer."""
        self._pointer = point
        canvas = self._window.canvas
        names = {item.id: item.name for item in self._session.document.objects}
        self._window.status_bar.show_readout(readout(canvas.frame, canvas.stack, point, names))

    def _show_page(self, has_clip: bool) -> None:
        is_another = self._window.pages.currentIndex() != int(has_clip)
        self._window.pages.setCurrentIndex(int(has_clip))
        self._window.notice.place_over(self._window.canvas if has_clip else self._window.pages)
        if has_clip and is_another:
            self._window.canvas.setFocus()

    def _show_overlay(self, overlay: OverlayDisplay) -> None:
        canvas = self._window.canvas
        canvas.set_style(
            OverlayStyle(overlay.mode, overlay.opacity, overlay.backdrop, overlay.outlined, overlay.styles)
        )
        clip = self._session.document.clip
        if clip is None or overlay.frame_index < 0:
            return
        self._wishes = []
        order = tuple(item.id for item in self._session.document.objects)
        stack = self._stack(overlay, (clip.height, clip.width))
        canvas.show_colours(stack.own_colours(canvas.frame) if overlay.mode is ViewMode.CUTOUT else None)
        canvas.show_masks(stack, overlay.frame_index, order)
        self._mattes.want([*self._wishes, *self._compared_wishes])

    def _show_mattes(self) -> None:
        """A matte has come: shows it in place of what stood for it."""
        display = self.display
        if display is None or display.overlay.frame_index != self._window.canvas.frame_index:
            return
        self._compared = None
        self._show_wipe(display.wipe)
        self._show_overlay(display.overlay)

    def _stack(self, overlay: OverlayDisplay, shape: tuple[int, int]) -> LayerStack:
        """The masks to show. Layers that stay as they are keep what was made of them: a stroke changes one of many."""
        before, self._layers = self._layers, {}
        for layer in overlay.layers:
            key = self._key(layer, overlay.frame_index)
            known = before.get(key) or self._layer(key)
            if known is not None and known.mask.shape == shape:
                self._layers[key] = known
        softly = overlay.mode in MATTE_MODES
        shown = [self._with_matte(key, one, self._wishes) if softly else one for key, one in self._layers.items()]
        return LayerStack(shape, tuple(shown))

    def _key(self, layer: OverlayLayer, frame_index: int) -> MatteKey:
        clip = self._session.shot.clip
        source = (str(clip.path), clip.input_space) if clip is not None else ("", "")
        return MatteKey(source, frame_index, layer, self._window.canvas.frame is not None)

    def _layer(self, key: MatteKey) -> Layer | None:
        layer = key.layer
        try:
            mask = self._session.editor.mask(layer.object_id, key.frame_index)
        except MaskError as error:
            self._session.notify(error.message, error.hint, NoticeKind.ERROR)
            return None
        if mask is None:
            return None
        return self._with_others(layer, mask.array())

    def _with_others(self, layer: OverlayLayer, mask: BoolImage) -> Layer:
        """A layer with the frames and objects that go into its matte.

        Where masks of those are gone from the project it stands alone; the export will say so.
        """
        around = tuple(self._stored(one) for _, one in layer.around)
        joined = tuple((kind, other, self._stored(other)) for kind, other in layer.joined)
        made = Layer(layer.object_id, layer.colour, mask, layer.matte, trimap=self._trimap(layer, mask.shape))
        if None in around or any(alone is None for _, _, alone in joined):
            return made
        return replace(
            made,
            around=tuple(one for one in around if one is not None),
            joined=tuple((kind, self._with_others(other, a.mask)) for kind, other, a in joined if a is not None),
        )

    def _stored(self, layer: OverlayLayer) -> Layer | None:
        clip, (base, added, removed) = self._session.document.clip, layer.digests
        if clip is None:
            return None
        mask: BoolImage = np.zeros((clip.height, clip.width), np.bool_)
        if base is not None:
            try:
                mask = composite(self._session.editor.store, Cell(base, added=added, removed=removed)).array()
            except MaskError:
                return None
        if mask.shape != (clip.height, clip.width):
            return None
        return Layer(layer.object_id, layer.colour, mask, layer.matte, trimap=self._trimap(layer, mask.shape))

    def _trimap(self, layer: OverlayLayer, shape: tuple[int, ...]) -> TrimapImage | None:
        """What is painted over an edge; nothing where it is gone from the project: the export will say so."""
        try:
            return trimap_image(self._session.editor.store, layer.trimap, (shape[0], shape[1]))
        except MaskError:
            return None

    def _with_matte(self, key: MatteKey, layer: Layer, wishes: list[Wish]) -> Layer:
        """A layer with its matte, or with what stands for it while it is made."""
        if layer.is_hard:
            return layer
        made = self._mattes.known(key)
        if made is None:
            wishes.append((key, layer_on(self._window.canvas.frame, layer)))
            made = self._mattes.stand_in(key)
        alpha = made.alpha if made is not None else None
        if alpha is not None and alpha.shape != layer.mask.shape:
            made = alpha = None
        return ShownLayer(
            layer.object_id,
            layer.colour,
            layer.mask,
            layer.matte,
            joined=layer.joined,
            trimap=layer.trimap,
            made=alpha,
            colours=made.colours if made is not None else None,
        )

    def _show_wipe(self, wipe: WipeDisplay) -> None:
        canvas = self._window.canvas
        if not wipe.is_on:
            self._compared, self._compared_wishes = None, []
            canvas.show_wipe(None)
            return
        key = wipe.layers, wipe.frame_index, wipe.mode, canvas.stack.shape
        if self._compared is None or self._compared[0] != key:  # while the line is dragged the masks are the same
            self._compared_wishes = []
            self._compared = key, LayerStack(canvas.stack.shape, tuple(self._masks_before(wipe)))
            self._mattes.want([*self._wishes, *self._compared_wishes])
        canvas.show_wipe(Side(wipe.at, (wipe.left, wipe.right), self._compared[1]))

    def _masks_before(self, wipe: WipeDisplay) -> Iterator[Layer]:
        before = self._session.shot.before_run if self._session.shot.wipe is Wipe.BEFORE else self._session.document
        softly = wipe.mode in MATTE_MODES
        for layer in wipe.layers:
            cell = before.cell(layer.object_id, wipe.frame_index) if before is not None else None
            try:
                mask = composite(self._session.editor.store, cell) if cell is not None else None
            except MaskError:
                continue  # undo has forgotten it
            if mask is not None and mask.shape == self._window.canvas.stack.shape:
                shown = self._with_others(layer, mask.array())
                key = self._key(layer, wipe.frame_index)
                yield self._with_matte(key, shown, self._compared_wishes) if softly else shown

    def _show_onion(self, layers: tuple[OnionLayer, ...]) -> None:
        shown = []
        for layer in layers:
            try:
                mask = self._session.editor.mask(layer.object_id, layer.frame_index)
            except MaskError:
                continue  # it is told when that frame is shown
            if mask is not None:
                shown.append((mask, layer.frame_index < self._session.shot.picture_index))
        self._window.canvas.onion.show_masks(shown)

    def _show_changes(self, changes: ChangesDisplay) -> None:
        self._window.canvas.show_changes(self._changed_labels(changes))

    def _changed_labels(self, changes: ChangesDisplay) -> Labels | None:
        editor, before = self._session.editor, self._session.shot.before_run
        if changes.kind is Changes.OFF:
            return None
        try:
            masks = [editor.mask(changes.object_id, changes.frame_index)]
            if changes.kind is Changes.FLICKER:
                masks += [editor.mask(changes.object_id, changes.frame_index + step) for step in (-1, 1)]
            elif before is not None:
                cell = before.cell(changes.object_id, changes.frame_index)
                masks.append(composite(editor.store, cell) if cell is not None else None)
        except MaskError:
            return None  # undo has forgotten it, or it is told when that frame is shown
        arrays = [mask.array() for mask in masks if mask is not None]
        if len(arrays) != len(masks):
            return None
        return flicker_labels(*arrays) if changes.kind is Changes.FLICKER else difference_labels(*arrays)

    def _show_trimap(self, shown: TrimapDisplay) -> None:
        clip, canvas = self._session.document.clip, self._window.canvas
        if not shown.is_shown or clip is None:
            canvas.show_trimap(None)
            return
        shape = clip.height, clip.width
        try:
            labels = trimap_image(self._session.editor.store, shown.trimap, shape)
        except MaskError as error:
            self._session.notify(error.message, error.hint, NoticeKind.ERROR)
            labels = None
        canvas.show_trimap(np.zeros(shape, np.uint8) if labels is None else labels)

    def _show_suggest(self, suggest: SuggestDisplay) -> None:
        self._window.canvas.show_suggestions(suggest.outlines)
        self._window.suggest.show_suggest(suggest)
        self._window.objects.show_lack(suggest.lacks_networks)

    def _share_side(self, display: Display) -> None:
        """One panel at a time lies below the objects; a run shows how far it is beside any of them."""
        is_running = display.propagate.run is not None
        self._window.propagate.setVisible(not display.suggest.is_open and (not display.matte.is_open or is_running))

    def _show_pen(self, pen: PenDisplay) -> None:
        self._window.canvas.pen.set_settings(pen)
        self._window.view_bar.show_brush(pen.brush_px, pen.tool in (Tool.BRUSH, Tool.ERASER))
        self._window.view_bar.show_edge(pen.soft_px, has_object=pen.object_id != 0)

    def _show_zoom(self, zoom: float) -> None:
        self._window.view_bar.show_zoom(zoom * self._window.canvas.devicePixelRatioF() * 100)

    def _show_commands(self, before: Display | None, display: Display) -> None:
        window, commands = self._window, self._window.commands
        window.view_bar.show_opacity(display.overlay.opacity)
        if before is None or before.undo_text != display.undo_text:
            commands["edit.undo"].setText(display.undo_text)
        if before is None or before.redo_text != display.redo_text:
            commands["edit.redo"].setText(display.redo_text)
        commands.show_state(display.blocked, display.checked)


def _on_change(before: Display | None, display: Display, part: str, show: Any) -> None:
    value = getattr(display, part)
    if before is None or getattr(before, part) != value:
        show(value)

"""Updates the widgets whose part of the `Display` changed."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

from PySide6.QtCore import QObject

from vosapp.core.document import Document
from vosapp.presentation.display import Display, resolve
from vosapp.presentation.pen_display import PenDisplay
from vosapp.presentation.suggest.display import SuggestDisplay
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.view_state import Tool, ViewMode, ViewState
from vosapp.presentation.viewer.changes import ChangesDisplay
from vosapp.presentation.viewer.onion import OnionLayer
from vosapp.presentation.viewer.overlay import OverlayDisplay
from vosapp.presentation.viewer.raster import Point
from vosapp.presentation.viewer.readout import readout
from vosapp.presentation.viewer.trimap import TrimapDisplay
from vosapp.presentation.viewer.wipe import WipeDisplay
from vosapp.ui.jobs.live_mattes import LiveMattes
from vosapp.ui.main_window import MainWindow
from vosapp.ui.mask_layers import MaskLayers
from vosapp.ui.session import Session
from vosapp.ui.translation import tr
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
        self._mattes = LiveMattes(cached_picture, self)
        self._masks = MaskLayers(session, window.canvas, self._mattes)
        self.display: Display | None = None
        session.changed.connect(self.refresh)
        session.clip_changed.connect(self._forget)
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

    def _forget(self) -> None:
        """Another clip is open: everything is shown again, also what reads alike and has other pictures."""
        self._mattes.forget()
        self.display = None

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
        order = tuple(item.id for item in self._session.document.objects)
        stack = self._masks.shown(overlay, (clip.height, clip.width))
        canvas.show_colours(stack.own_colours(canvas.frame) if overlay.mode is ViewMode.CUTOUT else None)
        canvas.show_masks(stack, overlay.frame_index, order)

    def _show_mattes(self) -> None:
        """A matte has come: shows it in place of what stood for it."""
        display = self.display
        if display is None or display.overlay.frame_index != self._window.canvas.frame_index:
            return
        self._masks.forget_compared()
        self._show_wipe(display.wipe)
        self._show_overlay(display.overlay)

    def _show_wipe(self, wipe: WipeDisplay) -> None:
        canvas = self._window.canvas
        if not wipe.is_on:
            self._masks.compare_nothing()
            canvas.show_wipe(None)
            return
        canvas.show_wipe(Side(wipe.at, (wipe.left, wipe.right), self._masks.compared(wipe)))

    def _show_onion(self, layers: tuple[OnionLayer, ...]) -> None:
        self._window.canvas.onion.show_masks(self._masks.onion(layers))

    def _show_changes(self, changes: ChangesDisplay) -> None:
        self._window.canvas.show_changes(self._masks.changed(changes))

    def _show_trimap(self, shown: TrimapDisplay) -> None:
        self._window.canvas.show_trimap(self._masks.trimap(shown))

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
            commands["edit.undo"].setText(tr(display.undo_text))
        if before is None or before.redo_text != display.redo_text:
            commands["edit.redo"].setText(tr(display.redo_text))
        commands.show_state(display.blocked, display.checked)


def _on_change(before: Display | None, display: Display, part: str, show: Any) -> None:
    value = getattr(display, part)
    if before is None or getattr(before, part) != value:
        show(value)

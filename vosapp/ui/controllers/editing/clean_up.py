"""Cleans the mask of a frame: fills holes and removes specks, each up to a size of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vosapp.core import edits
from vosapp.core.document import Cell, RotoObject
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.presentation.viewer.cleanup import part_count, small_holes, specks
from vosapp.ui.dialogs.clean_up import CleanUpDialog
from vosapp.ui.session import Session


class CleanUpController(QObject):
    """Cleans up as strokes would: the paint layer of a prediction keeps it."""

    def __init__(self, session: Session, window: QWidget, parent: QObject | None = None) -> None:
        """Makes the controller; its dialog lies over `window`."""
        super().__init__(parent)
        self._session, self._window = session, window
        self._dialog: CleanUpDialog | None = None
        self._looked_at: tuple[Cell | None, float, float] | None = None
        holes_px, specks_px = (session.settings.get(f"tool.{name}", float) for name in ("holes_px", "specks_px"))
        session.set(app=replace(session.app, holes_px=holes_px, specks_px=specks_px))

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"edit.clean_up": self.clean_up, "edit.clean_up_sizes": self.ask}

    def clean_up(self) -> None:
        """Fills the small holes and removes the specks of the frame shown, in one step."""
        self._clean(self._session.app.holes_px, self._session.app.specks_px)

    def ask(self) -> None:
        """Lets the user set both sizes, and says what they find on the frame shown."""
        session = self._session
        if self._dialog is None:
            dialog = self._dialog = CleanUpDialog(session.app.holes_px, session.app.specks_px, self._window)
            dialog.changed.connect(self._take)
            dialog.fill_asked.connect(partial(self._clean_one, holes=True))
            dialog.remove_asked.connect(partial(self._clean_one, holes=False))
            dialog.finished.connect(self._done)
            session.changed.connect(self._follow)
        self._follow()
        self._dialog.show()
        self._dialog.raise_()

    def _take(self, holes_px: float, specks_px: float) -> None:
        session = self._session
        session.set(app=replace(session.app, holes_px=holes_px, specks_px=specks_px))
        self._follow()

    def _clean_one(self, *, holes: bool) -> None:
        app = self._session.app
        self._clean(app.holes_px if holes else 0.0, 0.0 if holes else app.specks_px)

    def _clean(self, holes_px: float, specks_px: float) -> None:
        session, found = self._session, self._here()
        if found is None:
            return
        active, mask = found
        document, store, here = session.document, session.editor.store, session.shot.frame_index
        holes, dirt = small_holes(mask.array(), holes_px), specks(mask.array(), specks_px)
        if holes.any():
            document = edits.stroke(document, store, active.id, here, Mask.from_array(holes), erase=False)
        if dirt.any():
            document = edits.stroke(document, store, active.id, here, Mask.from_array(dirt), erase=True)
        if document is session.document:
            text = f"No hole or speck of {active.name} is that small here."
            session.notify(text, f"Holes up to {holes_px:g} px, specks up to {specks_px:g} px; Shift+C changes both.")
            return
        session.editor.apply("clean up", document)

    def _here(self) -> tuple[RotoObject, Mask] | None:
        session, active = self._session, self._session.active
        mask = session.editor.mask(active.id, session.shot.frame_index) if active is not None else None
        return None if active is None or mask is None else (active, mask)

    def _follow(self) -> None:
        """Says what is found on the frame shown, which undo and the playhead change."""
        session, active = self._session, self._session.active
        if self._dialog is None or session.shot.playback.speed:
            return
        cell = active.cells.get(session.shot.frame_index) if active is not None else None
        looked_at = cell, session.app.holes_px, session.app.specks_px
        if looked_at == self._looked_at:
            return  # counting takes a moment on large pictures
        self._looked_at = looked_at
        found = self._here()
        if found is None:
            self._dialog.show_found(None)
            return
        app, pixels = session.app, found[1].array()
        self._dialog.show_found(
            (part_count(small_holes(pixels, app.holes_px)), part_count(specks(pixels, app.specks_px)))
        )

    def _done(self) -> None:
        session, self._dialog, self._looked_at = self._session, None, None
        session.changed.disconnect(self._follow)
        try:
            session.settings.set("tool.holes_px", session.app.holes_px)
            session.settings.set("tool.specks_px", session.app.specks_px)
        except UserError as error:
            session.fail(error)

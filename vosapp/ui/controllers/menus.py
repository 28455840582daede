"""Opens the menus of the right button where the hand is: on the picture, on the timeline, on an object's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from vosapp.core.document import ObjectId
from vosapp.presentation.action_tables.context_menus import FRAME_MENU, OBJECT_MENU, VIEWER_MENU
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class MenuController(QObject):
    """Fills menus with the commands of the registry, after it has gone to what was clicked on."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        *,
        go: Callable[[int], None],
        pick: Callable[[ObjectId], None],
    ) -> None:
        """Makes the controller; `go` moves the playhead, `pick` makes an object the one that the tools change."""
        super().__init__(window)
        self._session, self._window = session, window
        self._go, self._pick = go, pick
        window.canvas.menu_asked.connect(self.open_on_picture)
        window.timeline.menu_asked.connect(self.open_on_timeline)

    def open_on_picture(self, at: QPointF) -> None:
        """Opens the menu of the frame shown; another object under the pointer can be made the active one."""
        canvas = self._window.canvas
        menu = self._menu(VIEWER_MENU)
        under = canvas.stack.object_at(canvas.to_picture(at))
        active = self._session.active
        if under and (active is None or under != active.id):
            name = self._session.document.object(under).name.replace("&", "&&")
            entry = menu.addAction(f"Work on {name}")
            entry.triggered.connect(lambda: self._pick(under))
            menu.insertAction(menu.actions()[0], entry)
            menu.insertSeparator(menu.actions()[1])
        menu.popup(canvas.viewport().mapToGlobal(at.toPoint()))

    def open_on_timeline(self, frame_index: int, object_id: ObjectId, at: QPoint) -> None:
        """Goes to a frame and an object and opens their menu; frame -1 stands for the object alone."""
        if object_id:
            self._pick(object_id)
        if frame_index >= 0:
            self._go(frame_index)
        self._menu(FRAME_MENU if frame_index >= 0 else OBJECT_MENU).popup(at)

    def _menu(self, action_ids: Iterable[str]) -> QMenu:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window.commands.fill_popup(menu, action_ids)
        return menu

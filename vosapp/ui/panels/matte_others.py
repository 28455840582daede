"""What other objects do to a matte: one row each, and a menu that adds one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from vosapp.core.document import JoinKind, MatteJoin, ObjectId
from vosapp.presentation.matte.display import JOIN_TIPS, JOIN_TITLES, JoinRow
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import ElidedLabel


class MatteOthers(QWidget):
    """Rows of joins, in the order in which they are made.

    Signals:
        changed: all joins as they are now, a tuple of `MatteJoin`.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []
        self._shown: tuple[JoinRow, ...] = ()
        self._others: tuple[tuple[ObjectId, str], ...] = ()
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.add_button = QPushButton(icon("add", TOKENS.dim), "Another object…")
        self.add_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add_button.clicked.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._column)
        column.addWidget(self.add_button)

    def show_joins(self, joins: tuple[JoinRow, ...], others: tuple[tuple[ObjectId, str], ...]) -> None:
        """Shows joins, and the objects that others can be made with."""
        self._others = others
        self.add_button.setEnabled(bool(others))
        tip = "Cuts another object out, merges it, or keeps only what is inside of it"
        show_text(self.add_button, tip if others else "There is no other object", "setToolTip")
        if joins == self._shown:
            return
        self._shown = joins
        while self.rows:
            row = self.rows.pop()
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, join in enumerate(joins):
            row = _Row(place, join)
            row.held.connect(self._hold)
            row.removed.connect(self._remove)
            self._column.addWidget(row)
            self.rows.append(row)

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for kind in JoinKind:
            if not menu.isEmpty():
                menu.addSeparator()
            for object_id, name in self._others:
                action = menu.addAction(tr(JOIN_TITLES[kind]).format(name))
                action.setToolTip(tr(JOIN_TIPS[kind]))
                action.setData((object_id, kind.value))
        menu.triggered.connect(self._add)
        menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _add(self, action: QAction) -> None:
        object_id, kind = action.data()
        # What only keeps the inside of something is mostly drawn once, roughly, for the whole shot.
        join = MatteJoin(object_id, JoinKind(kind), is_held=JoinKind(kind) is JoinKind.INSIDE)
        self.changed.emit((*self._joins(), join))

    def _hold(self, place: int, is_held: bool) -> None:
        joins = self._joins()
        old = joins[place]
        self.changed.emit((*joins[:place], MatteJoin(old.object_id, old.kind, is_held=is_held), *joins[place + 1 :]))

    def _remove(self, place: int) -> None:
        joins = self._joins()
        self.changed.emit((*joins[:place], *joins[place + 1 :]))

    def _joins(self) -> tuple[MatteJoin, ...]:
        return tuple(row.join for row in self._shown)


class _Row(QWidget):
    """One join: what it does, whether it is held, and a button that takes it away.

    Signals:
        held: its place, and whether it is held now. removed: its place.
    """

    held = Signal(int, bool)
    removed = Signal(int)

    def __init__(self, place: int, row: JoinRow) -> None:
        super().__init__()
        self._place = place
        name = ElidedLabel()
        show_text(name, row.title)
        self.hold = QToolButton()
        show_text(self.hold, "Hold")
        self.hold.setCheckable(True)
        self.hold.setChecked(row.join.is_held)
        show_text(self.hold, "Where it has no mask, the one of the nearest frame before stands for it", "setToolTip")
        self.hold.clicked.connect(self._tell_held)
        self.remove = QToolButton()
        self.remove.setIcon(icon("cancel", TOKENS.dim))
        self.remove.setAutoRaise(True)
        show_text(self.remove, "Take this away", "setToolTip")
        show_text(self.remove, f"Take away: {row.title}", "setAccessibleName")
        self.remove.clicked.connect(self._tell_removed)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(name, 1)
        for button in (self.hold, self.remove):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(button)

    def _tell_held(self, is_held: bool) -> None:
        self.held.emit(self._place, is_held)

    def _tell_removed(self) -> None:
        self.removed.emit(self._place)

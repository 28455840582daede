"""Popover with the list of engines and the variants of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from vosapp.engine.variants import split_name
from vosapp.presentation.choices import EngineChoice, Speed
from vosapp.presentation.engine_list import toggled
from vosapp.ui.icons import icon
from vosapp.ui.panels.engine_details import EngineDetails
from vosapp.ui.theme import TOKENS, now
from vosapp.ui.translation import tr

WIDTH_PX, LIST_PX, ROW_PX = 740, 356, 32
MARGIN_PX, SCROLL_BAR_PX = 8, 12
_CHOICE = Qt.ItemDataRole.UserRole
SPEED_COLOURS = {Speed.FAST: TOKENS.good, Speed.MEDIUM: TOKENS.warning, Speed.SLOW: TOKENS.error}

Index = QModelIndex | QPersistentModelIndex


class EnginePicker(QFrame):
    """A popover. Engines that are not ready are folded away below those that are; they can be read about.

    Signals:
        chosen: name of an engine, with its variants.
        import_asked: of a network's weights. download_asked: of those of the engine with this name.
    """

    chosen = Signal(str)
    import_asked = Signal()
    download_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.setAccessibleName("Engines")
        self._choices: tuple[EngineChoice, ...] = ()
        self._name = ""
        self._unfolded = False
        self.list = QListWidget()
        self.list.setObjectName("PopoverList")
        self.list.setItemDelegate(_RowDelegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.details = EngineDetails()
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        row.setSpacing(MARGIN_PX)
        self.list.setFixedWidth(LIST_PX)
        row.addWidget(self.list)
        row.addWidget(self._scrolling(self.details), 1)
        self.setFixedWidth(WIDTH_PX)
        self.list.currentItemChanged.connect(self._current_changed)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take_and_close)
        self.details.variant_clicked.connect(self._toggle)
        self.details.import_asked.connect(self._ask_import)
        self.details.download_asked.connect(self._ask_download)

    def _scrolling(self, details: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidget(details)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def show_engines(self, choices: tuple[EngineChoice, ...], name: str) -> None:
        """Shows engines and which of them is chosen, in its variants."""
        if choices != self._choices:
            self._choices = choices
            self._fill()
        self._name = name
        self.list.viewport().setProperty("chosen", split_name(name)[0])
        self.list.viewport().update()
        if not self.isVisible():
            self._select_chosen()
        self._show_details()

    def open_beside(self, anchor: QWidget) -> None:
        """Opens on the left of a widget, which stays in sight, within the screen."""
        self._select_chosen()
        self._show_details()
        room = anchor.screen().availableGeometry()
        self.setFixedHeight(min(self._wanted_height(), room.height() - MARGIN_PX))
        corner = anchor.mapToGlobal(QPoint(-self.width() - 2 * MARGIN_PX, 0))
        x = min(max(corner.x(), room.left() + 4), room.right() - self.width() - 4)
        y = min(max(corner.y(), room.top() + 4), room.bottom() - self.height() - 4)
        self.move(x, y)
        self.show()
        self.list.setFocus()

    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        lacking = [choice for choice in self._choices if not choice.ready]
        for choice in (one for one in self._choices if one.ready):
            self._add(choice)
        if lacking:
            fold = QListWidgetItem(tr(lacking_text(len(lacking), unfolded=self._unfolded)))
            fold.setToolTip(tr("Engines that cannot run yet, and what each of them needs"))
            self.list.addItem(fold)
        for choice in lacking if self._unfolded else ():
            self._add(choice)
        self.list.blockSignals(False)

    def _add(self, choice: EngineChoice) -> None:
        item = QListWidgetItem(choice.title)
        item.setData(_CHOICE, choice)
        item.setToolTip(tr(choice.reason or choice.summary))
        self.list.addItem(item)

    def _wanted_height(self) -> int:
        """Enough for the list and for what is said of each engine, so that the size stays from engine to engine."""
        width = WIDTH_PX - LIST_PX - 3 * MARGIN_PX - SCROLL_BAR_PX
        heights = [self.list.count() * ROW_PX + 12]
        for place in range(self.list.count()):
            choice = self.list.item(place).data(_CHOICE)
            if choice is not None:
                self.details.show_engine(choice, (), is_chosen=False)
                heights.append(self.details.height_for(width))
        self._show_details()
        return max(heights) + 3 * MARGIN_PX

    def _toggle_fold(self) -> None:
        self._unfolded = not self._unfolded
        self._fill()
        room = self.screen().availableGeometry()
        self.setFixedHeight(min(self._wanted_height(), room.height() - MARGIN_PX))
        self.move(self.x(), max(min(self.y(), room.bottom() - self.height() - 4), room.top() + 4))
        self._select_chosen()

    def row_of(self, name: str) -> int:
        """The row of an engine, -1 when it is folded away."""
        places = range(self.list.count())
        return next((row for row in places if (one := self.list.item(row).data(_CHOICE)) and one.name == name), -1)

    def _select_chosen(self) -> None:
        self.list.setCurrentRow(self.row_of(split_name(self._name)[0]))

    def _current(self) -> EngineChoice | None:
        item = self.list.currentItem()
        return item.data(_CHOICE) if item is not None else None

    def _current_changed(self) -> None:
        self._show_details()

    def _show_details(self) -> None:
        choice = self._current()
        if choice is not None:
            base, variants = split_name(self._name)
            self.details.show_engine(choice, variants if base == choice.name else (), is_chosen=base == choice.name)

    def _take(self, item: QListWidgetItem) -> None:
        choice = item.data(_CHOICE)
        if choice is None:
            self._toggle_fold()
        elif choice.ready and choice.name != split_name(self._name)[0]:
            shared = [w for w in split_name(self._name)[1] if any(variant.name == w for variant in choice.variants)]
            self.chosen.emit("/".join([choice.name, *shared]))

    def _take_and_close(self, item: QListWidgetItem) -> None:
        choice = item.data(_CHOICE)
        self._take(item)
        if choice is not None and choice.ready:
            self.hide()

    def _toggle(self, variant: str) -> None:
        self.chosen.emit(toggled(self._name, variant))

    def _ask_import(self) -> None:
        self.hide()
        self.import_asked.emit()

    def _ask_download(self, name: str) -> None:
        self.hide()
        self.download_asked.emit(name)


def lacking_text(count: int, *, unfolded: bool) -> str:
    """What folds or unfolds the engines that cannot run."""
    some = "one more needs" if count == 1 else f"{count} more need"
    return f"{'▾' if unfolded else '▸'}  {some} weights"


class _RowDelegate(QStyledItemDelegate):
    """Draws an engine: whether it is chosen, its title, and its speed or what it lacks."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Every row has the same height."""
        return QSize(LIST_PX - 20, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws the row."""
        choice = index.data(_CHOICE)
        if not isinstance(choice, EngineChoice) or option.widget is None:
            super().paint(painter, option, index)  # what folds the others away
            return
        area = QRect(option.rect).adjusted(2, 1, -2, -1)
        is_chosen = option.widget.viewport().property("chosen") == choice.name  # type: ignore[attr-defined]
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if current or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(TOKENS.accent_soft if current else TOKENS.raised))
            painter.drawRoundedRect(area, 5, 5)
        if is_chosen:
            icon("check", TOKENS.accent_hover).paint(painter, QRect(area.left() + 7, area.center().y() - 7, 15, 15))
        quick = f"{choice.measured} here" if choice.measured else choice.speed.value if choice.speed else ""
        note = tr(quick if choice.ready else "no weights")
        note_px = painter.fontMetrics().horizontalAdvance(note) + 16
        inner = area.adjusted(29, 0, -9, 0)
        painter.setPen(QColor(TOKENS.text if choice.ready else TOKENS.dim))
        title = painter.fontMetrics().elidedText(tr(choice.title), Qt.TextElideMode.ElideRight, inner.width() - note_px)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(QColor(TOKENS.dim if choice.ready else TOKENS.faint))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)
        if choice.ready and choice.speed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now(SPEED_COLOURS[choice.speed])))
            painter.drawEllipse(QRect(inner.right() - note_px + 3, area.center().y() - 3, 7, 7))
        painter.restore()

"""Objects panel: colour, name, coverage and visibility, front to back."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from vosapp.core.document import ObjectId
from vosapp.presentation.action_tables.context_menus import OBJECT_MENU
from vosapp.presentation.display import ObjectRow
from vosapp.presentation.view_state import ObjectStyle
from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import pixmap
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import ActionButton, as_written, label, stretch, tool_button

ROW_PX = 46
ROWS_IN_SIGHT = 3
BUTTON_PX = 26
_ROW = Qt.ItemDataRole.UserRole
STYLE_ICONS = {
    None: "overlay",
    ObjectStyle.OVERLAY: "overlay",
    ObjectStyle.OUTLINE: "outline",
    ObjectStyle.BOTH: "overlay-outline",
}
STYLE_WORDS = {
    None: "",
    ObjectStyle.OVERLAY: ", always an overlay",
    ObjectStyle.OUTLINE: ", always an outline",
    ObjectStyle.BOTH: ", always overlay and outline",
}

Index = QModelIndex | QPersistentModelIndex


class _RowDelegate(QStyledItemDelegate):
    """Draws a row and takes the clicks on its eye, solo, style and colour."""

    eye_clicked = Signal(int)
    solo_clicked = Signal(int)
    style_clicked = Signal(int)
    colour_clicked = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._took_click = False

    def took_click(self) -> bool:
        """Whether the last click was on a small button, and so none on the row. Asking again gives False."""
        took, self._took_click = self._took_click, False
        return took

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Every row has the same height."""
        return QSize(180, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws colour, name, what stands here, coverage, and the buttons."""
        row = index.data(_ROW)
        if not isinstance(row, ObjectRow):
            return
        area = QRect(option.rect)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(painter, area, row, hovered=hovered)
        self._draw_text(painter, area, row, index.row())
        self._draw_buttons(painter, area, row, hovered=hovered)
        painter.restore()

    def _draw_ground(self, painter: QPainter, area: QRect, row: ObjectRow, *, hovered: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if row.active or hovered:
            painter.setBrush(QColor(TOKENS.accent_soft if row.active else TOKENS.raised))
            painter.drawRoundedRect(area.adjusted(3, 2, -3, -2), 5, 5)
        painter.setBrush(QColor(*row.colour))
        painter.drawRoundedRect(_colour_rect(area), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_text(self, painter: QPainter, area: QRect, row: ObjectRow, place: int) -> None:
        left, right = area.left() + 40, _style_rect(area).left() - 4
        font = painter.font()
        if place < 9:
            painter.setPen(QColor("#17171a"))
            small = painter.font()
            small.setPointSizeF(font.pointSizeF() - 1.5)
            small.setBold(True)
            painter.setFont(small)
            painter.drawText(_colour_rect(area), Qt.AlignmentFlag.AlignCenter, str(place + 1))
        painter.setFont(font)
        painter.setPen(QColor(TOKENS.text if row.visible else TOKENS.faint))
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, area.top() + 5, right - left, 19), Qt.AlignmentFlag.AlignVCenter, name)
        font.setPointSizeF(font.pointSizeF() - 1.5)
        painter.setFont(font)
        painter.setPen(QColor(TOKENS.dim))
        below = f"{row.here[0].upper()}{row.here[1:]} here · {row.coverage}" if row.here else row.coverage
        below = painter.fontMetrics().elidedText(tr(below), Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, area.top() + 24, right - left, 16), Qt.AlignmentFlag.AlignVCenter, below)

    def _draw_buttons(self, painter: QPainter, area: QRect, row: ObjectRow, *, hovered: bool) -> None:
        ratio = painter.device().devicePixelRatio()
        eye = "eye" if row.visible else "eye-off"
        _draw_icon(painter, _eye_rect(area), eye, TOKENS.dim if row.visible else TOKENS.faint, ratio)
        if row.style is not None or hovered:
            colour = TOKENS.faint if row.style is None else TOKENS.accent_hover
            _draw_icon(painter, _style_rect(area), STYLE_ICONS[row.style], colour, ratio)
        if row.solo or hovered:
            _draw_icon(painter, _solo_rect(area), "solo", TOKENS.accent_hover if row.solo else TOKENS.faint, ratio)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Clicks on the small buttons do not select the row."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            row, area = index.data(_ROW), QRect(option.rect)
            position = event.position().toPoint()
            for rect, signal in (
                (_eye_rect(area), self.eye_clicked),
                (_solo_rect(area), self.solo_clicked),
                (_style_rect(area), self.style_clicked),
                (_colour_rect(area), self.colour_clicked),
            ):
                if rect.contains(position):
                    if event.type() == QEvent.Type.MouseButtonRelease:
                        self._took_click = True
                        signal.emit(row.object_id)
                    return True
        return super().editorEvent(event, model, option, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """The name's editor lies over the name."""
        area = QRect(option.rect)
        editor.setGeometry(QRect(area.left() + 34, area.top() + 6, area.width() - 42, ROW_PX - 12))


class _List(QListWidget):
    """Rows that can be dragged into another order.

    Signals:
        moved: (object id, new position).
        renamed: (object id, name).
    """

    moved = Signal(int, int)
    renamed = Signal(int, str)

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.setAccessibleName("Objects")
        self.model().rowsMoved.connect(self._rows_moved)
        self.itemChanged.connect(self._item_changed)

    def show_rows(self, rows: tuple[ObjectRow, ...]) -> None:
        """Shows these rows; changes only what differs."""
        self.blockSignals(True)
        self.model().blockSignals(False)
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        while self.count() < len(rows):
            item = QListWidgetItem()
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.addItem(item)
        for place, row in enumerate(rows):
            item = self.item(place)
            if item.data(_ROW) != row:
                item.setData(_ROW, row)
                item.setText(row.name)
                item.setToolTip(as_written(f"{row.name}: {tr(row.coverage)}{tr(STYLE_WORDS[row.style])}"))
            if row.active and self.currentRow() != place:
                self.setCurrentRow(place)
        self.blockSignals(False)

    def _rows_moved(self, _parent: QModelIndex, start: int, _end: int, _to: QModelIndex, before: int) -> None:
        position = before - 1 if before > start else before
        row = self.item(position).data(_ROW)
        self.moved.emit(row.object_id, position)

    def _item_changed(self, item: QListWidgetItem) -> None:
        row = item.data(_ROW)
        if isinstance(row, ObjectRow) and item.text().strip() and item.text() != row.name:
            self.renamed.emit(row.object_id, item.text().strip())


class ObjectsPanel(QWidget):
    """Objects, front to back, with what can be done to them.

    Signals:
        picked, eye_clicked, solo_clicked, style_clicked, colour_clicked: object id.
        renamed: (object id, name).
        moved: (object id, new position, 0 in front).
        count_changed: there are more or fewer of them.
    """

    picked = Signal(int)
    eye_clicked = Signal(int)
    solo_clicked = Signal(int)
    style_clicked = Signal(int)
    colour_clicked = Signal(int)
    renamed = Signal(int, str)
    moved = Signal(int, int)
    count_changed = Signal()

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._list = _List()
        self._delegate = _RowDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.hide()  # or the window would begin with room for both
        self._empty = self._empty_state()
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 6)
        column.setSpacing(4)
        column.addLayout(self._header())
        column.addWidget(self._empty, 1)
        column.addWidget(self._list, 1)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._connect()

    def _empty_state(self) -> QWidget:
        """What stands in place of the list: how the first object comes about."""
        text = label("No objects yet.\nThe first brush stroke makes one.", "faint", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = ActionButton(self._actions["object.suggest"])
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the viewer
        result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(9, 0, 9, 0)
        column.setSpacing(6)
        column.addStretch(1)
        column.addWidget(text)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._lack = label("needs weights that you import", "faint")
        column.addWidget(self._lack, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return result

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(label("OBJECTS", "heading"))
        row.addWidget(stretch())
        for action_id in ("object.suggest", "object.raise", "object.lower", "object.delete", "object.add"):
            row.addWidget(tool_button(self._actions[action_id], 15))
        return row

    def _connect(self) -> None:
        self._list.itemClicked.connect(self._clicked)
        self._list.moved.connect(self.moved)
        self._list.renamed.connect(self.renamed)
        self._list.customContextMenuRequested.connect(self._open_menu)
        self._delegate.eye_clicked.connect(self.eye_clicked)
        self._delegate.solo_clicked.connect(self.solo_clicked)
        self._delegate.style_clicked.connect(self.style_clicked)
        self._delegate.colour_clicked.connect(self.colour_clicked)

    def show_rows(self, rows: tuple[ObjectRow, ...]) -> None:
        """Shows these objects."""
        is_other_count = len(rows) != self._list.count()
        self._empty.setVisible(not rows)
        self._list.setVisible(bool(rows))
        self._list.show_rows(rows)
        if is_other_count:
            self.count_changed.emit()

    def wanted_height(self) -> int:
        """The height at which the first objects are in sight without scrolling."""
        return self.minimumSizeHint().height() + ROW_PX * max(0, min(self._list.count(), ROWS_IN_SIGHT) - 1)

    def show_lack(self, lacks_networks: bool) -> None:
        """Says under the button for suggestions that there is nothing yet that could make some."""
        self._lack.setVisible(lacks_networks)

    def edit_name(self, object_id: ObjectId) -> None:
        """Lets the user type another name for an object."""
        for place in range(self._list.count()):
            item = self._list.item(place)
            if item.data(_ROW).object_id == object_id:
                self._list.setCurrentRow(place)
                self._list.editItem(item)

    def row_rect(self, place: int) -> QRect:
        """Rectangle of a row within the list, for tests."""
        return self._list.visualItemRect(self._list.item(place))

    @property
    def list(self) -> QListWidget:
        """The list itself."""
        return self._list

    def _clicked(self, item: QListWidgetItem) -> None:
        if not self._delegate.took_click():
            self.picked.emit(item.data(_ROW).object_id)

    def _open_menu(self, position: QPoint) -> None:
        item = self._list.itemAt(position)
        if item is None:
            return
        self.picked.emit(item.data(_ROW).object_id)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions.fill_popup(menu, OBJECT_MENU)
        menu.popup(self._list.viewport().mapToGlobal(position))


def _colour_rect(area: QRect) -> QRect:
    return QRect(area.left() + 12, area.center().y() - 9, 19, 19)


def _eye_rect(area: QRect) -> QRect:
    return QRect(area.right() - BUTTON_PX - 8, area.center().y() - BUTTON_PX // 2, BUTTON_PX, BUTTON_PX)


def _solo_rect(area: QRect) -> QRect:
    return _eye_rect(area).translated(-BUTTON_PX, 0)


def _style_rect(area: QRect) -> QRect:
    return _solo_rect(area).translated(-BUTTON_PX, 0)


def _draw_icon(painter: QPainter, rect: QRect, name: str, colour: str, ratio: float) -> None:
    picture = pixmap(name, 16, colour, ratio)
    painter.drawPixmap(rect.center().x() - 7, rect.center().y() - 7, picture)

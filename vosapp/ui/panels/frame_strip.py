"""Frame strip: frames as pictures in a row above the timeline, with what can be done to them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from vosapp.presentation.strip import Card, StripDisplay
from vosapp.presentation.view_state import StripKind
from vosapp.ui.action_set import ActionSet
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import as_written, label, tool_button
from vosapp.video.source import RgbImage

PICTURE_PX = QSize(96, 54)
CARD_PX = QSize(124, 100)
SIDE_PX = 176
_FRAME = Qt.ItemDataRole.UserRole
_MEMORY_ACTIONS = ("memory.mute", "memory.remove", "memory.go")
_REVIEW_ACTIONS = ("review.approve", "review.approve_range", "review.fix", "review.next")


class FrameStrip(QWidget):
    """Shows a `StripDisplay`.

    Signals:
        picked, opened: frame index of the card that was clicked, or clicked twice.
        pictures_wanted: there are cards whose pictures are not there yet, or out of date.
    """

    picked = Signal(int)
    opened = Signal(int)
    pictures_wanted = Signal()

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._display = StripDisplay(StripKind.OFF)
        self._heading = label("", "heading")
        self._counter = label("")
        self._hint = label("", "faint", wrap=True)
        self.list = _cards()
        self.list.itemClicked.connect(self._clicked)
        self.list.itemDoubleClicked.connect(self._double_clicked)
        self._review = _buttons(actions, _REVIEW_ACTIONS)
        self._memory = _buttons(actions, _MEMORY_ACTIONS)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._side())
        row.addWidget(self.list, 1)
        self.setFixedHeight(CARD_PX.height() + 24)
        self.hide()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE_PX - 12)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for widget in (self._heading, self._counter, self._review, self._memory):
            column.addWidget(widget)
        column.addWidget(self._hint)
        column.addStretch(1)
        return side

    @property
    def frames(self) -> list[int]:
        """The frames shown, in their order."""
        return [card.frame for card in self._display.cards]

    def show_strip(self, display: StripDisplay) -> None:
        """Shows other cards; pictures that are there stay."""
        before, self._display = self._display, display
        self.setVisible(display.kind is not StripKind.OFF)
        show_text(self._heading, display.heading)
        show_text(self._counter, display.counter)
        show_text(self._hint, display.hint)
        self._review.setVisible(display.kind is StripKind.REVIEW)
        self._memory.setVisible(display.kind is StripKind.MEMORY)
        if [card.frame for card in before.cards] != self.frames:
            self.list.clear()
            for card in display.cards:
                item = QListWidgetItem(_blank(), "")
                item.setData(_FRAME, card.frame)
                item.setSizeHint(CARD_PX)
                self.list.addItem(item)
        for place, card in enumerate(display.cards):
            _write(self.list.item(place), card)
            if card.is_here:
                self.list.setCurrentRow(place)
        if not any(card.is_here for card in display.cards):
            self.list.setCurrentRow(-1)
        if display.kind is not StripKind.OFF:
            self.pictures_wanted.emit()

    def show_pictures(self, pictures: Mapping[int, RgbImage]) -> None:
        """Puts pictures (height, width, 3) on the cards of their frames."""
        for place, frame in enumerate(self.frames):
            if frame in pictures:
                self.list.item(place).setIcon(_icon(pictures[frame]))

    def _clicked(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.data(_FRAME))

    def _double_clicked(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(_FRAME))


def _cards() -> QListWidget:
    cards = QListWidget()
    cards.setViewMode(QListWidget.ViewMode.IconMode)
    cards.setFlow(QListWidget.Flow.LeftToRight)
    cards.setWrapping(False)
    cards.setMovement(QListWidget.Movement.Static)
    cards.setIconSize(PICTURE_PX)
    cards.setGridSize(CARD_PX)
    cards.setWordWrap(False)
    cards.setTextElideMode(Qt.TextElideMode.ElideRight)
    cards.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    cards.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    cards.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the viewer
    cards.setAccessibleName("Frames to look at")
    return cards


def _buttons(actions: ActionSet, action_ids: tuple[str, ...]) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3)
    for action_id in action_ids:
        layout.addWidget(tool_button(actions[action_id], 18))
    layout.addStretch(1)
    return row


def _write(item: QListWidgetItem, card: Card) -> None:
    item.setText(f"{card.title}\n{tr(card.text)}")
    item.setToolTip(as_written(tr(f"Frame {card.title}\n{card.text}")))
    item.setForeground(QColor(TOKENS.faint if card.is_muted else TOKENS.error if card.is_bad else TOKENS.text))


def _blank() -> QIcon:
    pixmap = QPixmap(PICTURE_PX)
    pixmap.fill(QColor(TOKENS.field))
    return QIcon(pixmap)


def _icon(picture: RgbImage) -> QIcon:
    height, width = picture.shape[:2]
    image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    shown = QPixmap.fromImage(image).scaled(
        PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    icon = QIcon(shown)
    icon.addPixmap(shown, QIcon.Mode.Selected)
    return icon

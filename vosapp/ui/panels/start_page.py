"""Start page: how to begin, recent files and unsaved work."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vosapp.core.recent import UnsavedWork, picture_path
from vosapp.presentation.text.formatting import unsaved_text
from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon, pixmap
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import as_written, label

COLUMN_PX = 600
SHOWN_RECENT = 6
PICTURE = QSize(60, 34)  # of a recent file, in logical pixels
STEPS = (
    ("tool.brush", "Paint the object on one frame, or go round it with the polygon"),
    ("propagate.forward", "Propagate: the mask follows the object through the shot, or backward"),
    ("go.next_doubt", "Look where the masks are least sure, paint there, propagate again"),
    ("file.export", "Export masks, or the picture with its matte"),
)


class StartPage(QWidget):
    """Page shown before a clip is open.

    Signals:
        path_chosen: a recent clip or project as text.
        unsaved_chosen: the project file of unsaved work.
        unsaved_discarded: the same, to be deleted.
    """

    path_chosen = Signal(str)
    unsaved_chosen = Signal(str)
    unsaved_discarded = Signal(str)

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Root")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._shown: tuple[tuple[str, ...], tuple[UnsavedWork, ...]] | None = None
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addLayout(self._heading())
        column.addSpacing(14)
        column.addLayout(self._buttons(actions))
        column.addLayout(self._other_ways(actions))
        self._lists = QVBoxLayout()
        self._lists.setSpacing(6)
        column.addSpacing(10)
        column.addLayout(self._lists)
        frame = QWidget()
        frame.setFixedWidth(COLUMN_PX)
        frame.setLayout(column)
        page = QWidget()
        around = QVBoxLayout(page)
        around.addStretch(2)
        around.addWidget(frame, 0, Qt.AlignmentFlag.AlignHCenter)
        around.addStretch(3)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        logo = QLabel()
        logo.setPixmap(pixmap("vosapp", 56, ratio=self.devicePixelRatioF()))
        row.addWidget(logo)
        text = QVBoxLayout()
        text.setSpacing(3)
        text.addWidget(label("vosapp", "title"))
        text.addWidget(label("Paint an object once, propagate it through the shot, export the matte.", "dim"))
        row.addLayout(text, 1)
        return row

    def _buttons(self, actions: ActionSet) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for action_id, text, role in (
            ("file.open", "Open clip or project…", "primary"),
            ("file.open_folder", "Open folder of images…", ""),
        ):
            button = QPushButton()
            show_text(button, f"  {text}")
            colour = TOKENS.accent_text if role else TOKENS.text
            button.setIcon(icon("open" if role else "images", colour))
            button.setIconSize(QSize(18, 18))
            button.setMinimumHeight(40)
            if role:
                button.setProperty("role", role)
            button.setToolTip(actions[action_id].toolTip())
            button.clicked.connect(actions[action_id].trigger)
            row.addWidget(button, 3 if role else 2)
        return row

    def _other_ways(self, actions: ActionSet) -> QHBoxLayout:
        demo = QPushButton()
        show_text(demo, "Open the demo shot")
        demo.setProperty("role", "flat")
        demo.setIcon(icon("film", TOKENS.dim))
        demo.setToolTip(actions["help.demo"].toolTip())
        demo.clicked.connect(actions["help.demo"].trigger)
        row = QHBoxLayout()
        row.addWidget(label("or drop a clip, a folder of images or a project on this window", "faint"))
        row.addStretch(1)
        row.addWidget(demo)
        return row

    def show_paths(self, recent: tuple[str, ...], unsaved: tuple[UnsavedWork, ...]) -> None:
        """Shows recent files and unsaved work."""
        if (recent, unsaved) == self._shown:
            return
        self._shown = (recent, unsaved)
        _clear(self._lists)
        if not unsaved and not recent:
            self._lists.addWidget(label("HOW IT GOES", "heading"))
            for action_id, text in STEPS:
                key = self._actions[action_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                self._lists.addWidget(_step(key, text))
        if unsaved:
            self._lists.addWidget(label("NOT SAVED LAST TIME", "heading"))
            for work in unsaved:
                self._lists.addWidget(self._unsaved_card(work))
            self._lists.addSpacing(8)
        if recent:
            self._lists.addWidget(label("RECENT", "heading"))
            for path in recent[:SHOWN_RECENT]:
                self._lists.addWidget(self._recent_card(path))

    def _recent_card(self, text: str) -> QPushButton:
        path = Path(text)
        kind = "project" if path.suffix == ".vosapp" else "film" if path.suffix else "images"
        button = _card(card_title(path), str(path.parent), kind, _small_picture(text, self.devicePixelRatioF()))
        button.clicked.connect(_Chosen(self, text))
        return button

    def _unsaved_card(self, work: UnsavedWork) -> QWidget:
        text = str(work.path)
        frame = QWidget()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        card = _card(work.clip_name, tr(unsaved_text(work)), "project")
        card.clicked.connect(_Resumed(self, text))
        away = QPushButton()
        away.setIcon(icon("trash", TOKENS.dim))
        away.setProperty("role", "flat")
        show_text(away, "Delete this unsaved work", "setToolTip")
        away.setAccessibleName(away.toolTip())
        away.clicked.connect(_Discarded(self, text))
        row.addWidget(card, 1)
        row.addWidget(away)
        return frame


class _Chosen:
    """Says which card was pressed."""

    def __init__(self, page: StartPage, path: str) -> None:
        self._page, self._path = page, path

    def __call__(self) -> None:
        self._page.path_chosen.emit(self._path)


class _Resumed(_Chosen):
    def __call__(self) -> None:
        self._page.unsaved_chosen.emit(self._path)


class _Discarded(_Chosen):
    def __call__(self) -> None:
        self._page.unsaved_discarded.emit(self._path)


def card_title(path: Path) -> str:
    """A file's name; a folder of images, which is often called "frames", with the folder around it."""
    if path.suffix or not path.parent.name:
        return path.name or str(path)
    return f"{path.parent.name}/{path.name}"


def _step(key: str, text: str) -> QWidget:
    result = QWidget()
    row = QHBoxLayout(result)
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(12)
    cap = label(key, "key")
    cap.setFixedWidth(52)
    cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
    row.addWidget(cap)
    row.addWidget(label(text, "dim"), 1)
    return result


def _small_picture(path: str, ratio: float) -> QPixmap | None:
    """The picture of a recent file, None where there is none."""
    found = QPixmap(str(picture_path(path)))
    if found.isNull():
        return None
    wanted = QSize(round(PICTURE.width() * ratio), round(PICTURE.height() * ratio))
    shown = found.scaled(
        wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    inside = QRect(QPoint(0, 0), wanted)
    inside.moveCenter(shown.rect().center())
    shown = shown.copy(inside)
    shown.setDevicePixelRatio(ratio)
    return shown


def _card(title: str, below: str, icon_name: str, shown: QPixmap | None = None) -> QPushButton:
    button = QPushButton()
    button.setProperty("role", "card")
    button.setToolTip(as_written(below))
    button.setAccessibleName(title)
    row = QHBoxLayout(button)
    row.setContentsMargins(12, 7, 12, 7)
    row.setSpacing(10)
    picture = QLabel()
    picture.setPixmap(shown or icon(icon_name, TOKENS.dim).pixmap(18, 18))
    if shown is not None:
        row.setContentsMargins(5, 3, 12, 3)
    row.addWidget(picture)
    row.addWidget(label(title, is_name=True))
    place = label(below, "faint", is_name=True)
    place.setMinimumWidth(10)
    row.addStretch(1)
    row.addWidget(place)
    for child in button.findChildren(QLabel):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    button.setMinimumHeight(40)
    return button


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()

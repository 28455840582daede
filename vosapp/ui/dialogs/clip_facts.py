"""Dialog with the clip's facts, its layer and its input space."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLabel, QPushButton, QWidget

from vosapp.presentation.text.clip_text import DETAILS, PLAIN_LAYER, clip_details
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import button_row, dialog_column, label
from vosapp.video.input_space import AS_TAGGED, SPACES
from vosapp.video.source import ClipInfo

WIDTH_PX = 520
_CHOSEN = ("Layer", "Input space")
_EXPLANATION = (
    "The input space says what the numbers of the pictures mean. It changes what is shown and what networks see; "
    "exports keep the clip's own numbers."
)


class ClipFactsDialog(QDialog):
    """Facts of the clip, kept up to date while it is open.

    Attributes:
        layer: menu of the layers of an EXR; hidden for everything else.
        rate: button for the frame rate; hidden for movies.
        space: menu of input spaces, the data of each its name.

    Signals:
        layer_chosen: name of a layer.
        space_chosen: name of an input space, "" for what the file says.
        rate_asked: the user wants to set the frame rate of an image sequence.
    """

    layer_chosen = Signal(str)
    space_chosen = Signal(str)
    rate_asked = Signal()

    def __init__(self, studio_spaces: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """Makes the dialog, empty.

        Args:
            studio_spaces: colour spaces of the studio's own configuration, shown below ours.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle("Clip facts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.layer = _menu("Layer")
        self.space = _menu("Input space")
        self._offer(studio_spaces)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._values = {name: _text() for name in DETAILS if name not in _CHOSEN}
        for name in DETAILS:
            menu = self.layer if name == "Layer" else self.space
            self._form.addRow(label(name, "dim"), self._values.get(name, menu))
        self._notes = _text()
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = dialog_column(self, 14)
        column.addLayout(self._form)
        column.addWidget(self._notes)
        column.addWidget(label(_EXPLANATION, "dim", wrap=True))
        self.rate = QPushButton("Frame rate…")
        self.rate.clicked.connect(self.rate_asked)
        column.addLayout(button_row(close, left=(self.rate,)))
        self.setMinimumWidth(WIDTH_PX)
        self.layer.activated.connect(self._choose_layer)
        self.space.activated.connect(self._choose_space)

    def show_facts(self, info: ClipInfo, damaged: Collection[int]) -> None:
        """Shows the facts as they are now."""
        details = dict(clip_details(info, damaged))
        for name, value in self._values.items():
            show_text(value, details.get(name, ""))
            self._form.setRowVisible(value, name in details)
        self.space.setCurrentIndex(self._place_of(info.input_space))
        self._form.setRowVisible(self.layer, "Layer" in details)
        if "Layer" in details:
            self._show_layers(info)
        self.rate.setVisible(info.kind == "sequence")
        show_text(self._notes, "\n".join(info.notes))
        self._notes.setVisible(bool(info.notes))

    def value(self, name: str) -> str:
        """What is shown for a fact, "" when it is not."""
        text = self._values[name]
        return text.text() if self._form.isRowVisible(text) else ""

    def _offer(self, studio_spaces: Sequence[str]) -> None:
        self.space.addItem(tr("As the file says"), AS_TAGGED)
        for space in SPACES:
            self.space.addItem(space.title, space.name)
        if studio_spaces:
            self.space.insertSeparator(self.space.count())
        for name in studio_spaces:
            self.space.addItem(name, name)

    def _show_layers(self, info: ClipInfo) -> None:
        if [self.layer.itemData(place) for place in range(self.layer.count())] != list(info.layers):
            self.layer.clear()
            for name in info.layers:
                self.layer.addItem(name or PLAIN_LAYER, name)
        self.layer.setCurrentIndex(self.layer.findData(info.layer))
        self.layer.setEnabled(len(info.layers) > 1)

    def _place_of(self, space: str) -> int:
        """The line of a space in the menu; one that a command or another studio chose gets one."""
        place = self.space.findData(space)
        if place < 0:
            self.space.addItem(space, space)
            place = self.space.count() - 1
        return place

    def _choose_layer(self, place: int) -> None:
        self.layer_chosen.emit(self.layer.itemData(place))

    def _choose_space(self, place: int) -> None:
        self.space_chosen.emit(self.space.itemData(place))


def _menu(name: str) -> QComboBox:
    menu = QComboBox()
    menu.setAccessibleName(name)
    return menu


def _text() -> QLabel:
    text = label("", wrap=True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text

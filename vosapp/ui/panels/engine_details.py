"""What is to know of one engine, and its variants to choose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vosapp.presentation.choices import EngineChoice, VariantChoice
from vosapp.ui.icons import icon
from vosapp.ui.translation import show_text
from vosapp.ui.widgets import label, rule, set_role


class EngineDetails(QWidget):
    """What is to be known about one engine.

    Signals:
        variant_clicked: name of a variant that was ticked or unticked.
        import_asked: of weights. download_asked: of those of the engine with this name.
    """

    variant_clicked = Signal(str)
    import_asked = Signal()
    download_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "subtitle", wrap=True)
        self._state = label("", "good", wrap=True)
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._summary = label("", "", wrap=True)
        self._facts = label("", "dim", wrap=True)
        self._import = QPushButton("  Import weights…")
        self._import.setIcon(icon("open"))
        self._import.clicked.connect(self.import_asked)
        self.download = QPushButton("  Download weights…")
        self.download.setIcon(icon("export"))
        self.download.setToolTip("Shows size, licence and address first")
        self.download.clicked.connect(self._ask_download)
        self._name = ""
        self._ways_title = label("WAYS TO RUN IT", "heading")
        self._ways = QVBoxLayout()
        self._ways.setSpacing(8)
        self._variant_boxes: list[_VariantBox] = []
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._state)
        column.addWidget(self.download, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._import, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._summary)
        column.addWidget(self._facts)
        column.addWidget(rule())
        column.addWidget(self._ways_title)
        column.addLayout(self._ways)
        column.addStretch(1)

    def show_engine(self, choice: EngineChoice, variants: tuple[str, ...], *, is_chosen: bool) -> None:
        """Shows an engine and which of its ways are on; they can be ticked while it is the chosen one."""
        show_text(self._title, choice.title)
        show_text(self._state, "Ready" if choice.ready else choice.reason)
        set_role(self._state, "good" if choice.ready else "warning")
        self._import.setVisible(not choice.ready and choice.importable)
        self.download.setVisible(not choice.ready and choice.downloadable)
        self._name = choice.name
        show_text(self._summary, choice.summary)
        show_text(self._facts, "\n".join(f"{what}: {value}" for what, value in choice.facts))
        self._ways_title.setVisible(bool(choice.variants))
        self._show_variants(choice, variants, enabled=is_chosen and choice.ready)

    def _ask_download(self) -> None:
        self.download_asked.emit(self._name)

    def height_for(self, width: int) -> int:
        """The height that what is shown needs at a width."""
        for part in self.findChildren(QWidget):
            part.ensurePolished()  # the style sheet decides its size
        self._column.activate()
        return self._column.heightForWidth(width)

    def box(self, variant: str) -> QCheckBox:
        """The box of a variant, for tests."""
        return next(one.box for one in self._variant_boxes if one.name == variant)

    def _show_variants(self, choice: EngineChoice, variants: tuple[str, ...], *, enabled: bool) -> None:
        if [variant.name for variant in self._variant_boxes] != [variant.name for variant in choice.variants]:
            for shown in self._variant_boxes:
                self._ways.removeWidget(shown)
                shown.deleteLater()
            self._variant_boxes = [_VariantBox(variant) for variant in choice.variants]
            for shown in self._variant_boxes:
                shown.ticked.connect(self.variant_clicked)
                self._ways.addWidget(shown)
        for shown in self._variant_boxes:
            shown.box.setChecked(shown.name in variants)
            shown.box.setEnabled(enabled)
            shown.box.setToolTip("" if enabled else "Choose the engine first.")


class _VariantBox(QWidget):
    """A variant that can be ticked, and what it changes.

    Signals:
        ticked: its name.
    """

    ticked = Signal(str)

    def __init__(self, variant: VariantChoice) -> None:
        super().__init__()
        self.name = variant.name
        self.box = QCheckBox(f"{variant.title[0].upper()}{variant.title[1:]}")
        self.box.clicked.connect(self._tell)
        note = label(variant.summary, "dim", wrap=True)
        note.setContentsMargins(23, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.box)
        column.addWidget(note)

    def _tell(self) -> None:
        self.ticked.emit(self.name)

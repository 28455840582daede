"""Suggestions panel: what networks found on a frame, or how to get them.

It takes the place of the propagate panel until the user accepts or discards.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QProgressBar, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from vosapp.presentation.choices import NetworkHelp
from vosapp.presentation.suggest.display import SuggestDisplay, SuggestRow
from vosapp.ui.icons import icon, pixmap
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import label, rule

ROW_PX = 34
SHOWN_ROWS = 6  # before the list scrolls
HELP_PX = 200  # a window of 720 pixels has no more


class SuggestPanel(QWidget):
    """Lists suggestions and accepts or discards them.

    Signals:
        toggled: place of a suggestion that was clicked.
        hovered: place of the suggestion under the pointer, -1 for none.
        network_chosen: name of what is to be asked, "" for all.
        accepted, discarded, stopped: of everything, of everything, of the search.
        back_asked: to the frame of the search.
        import_asked: of a network's weights.
    """

    toggled = Signal(int)
    hovered = Signal(int)
    network_chosen = Signal(str)
    accepted = Signal()
    discarded = Signal()
    stopped = Signal()
    back_asked = Signal()
    import_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.networks = QComboBox()
        self.networks.setAccessibleName("Networks")
        self.networks.setToolTip("Which network looks for objects")
        self.networks.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._doing = label("", "dim", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = _button("  Stop searching", "cancel", "What was found so far stays")
        self._back = _button("", "step-back", "The suggestions belong to that frame")
        self._rows: list[_Row] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._help = QVBoxLayout()
        self._help.setSpacing(8)
        self._help_area = _scroller(self._help)
        self._help_area.setMinimumHeight(HELP_PX)
        self.accept_button = _button("", "check", "The chosen masks become anchors of new objects (Enter)")
        self.accept_button.setProperty("role", "primary")
        self.accept_button.setMinimumHeight(40)
        self.discard_button = _button("  Discard", "cancel", "Forget the suggestions (Esc)")
        self.import_button = _button("  Import weights…", "open", "Choose the file that you downloaded")
        self._hint = label("Click outlines in the picture, or rows, or press their number.", "dim", wrap=True)
        self._shown = SuggestDisplay()
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(label("SUGGESTED OBJECTS", "heading"))
        column.addWidget(self.networks)
        column.addWidget(self._doing)
        column.addWidget(self._bar)
        column.addWidget(self._stop)
        self._scroll = _scroller(self._list)
        column.addWidget(self._scroll)
        column.addWidget(self._hint)
        column.addWidget(self._help_area)
        column.addWidget(self._back)
        column.addWidget(self.accept_button)
        column.addWidget(self.import_button)
        column.addWidget(self.discard_button)

    def _connect(self) -> None:
        self.networks.activated.connect(self._choose_network)
        self._stop.clicked.connect(self.stopped)
        self._back.clicked.connect(self.back_asked)
        self.accept_button.clicked.connect(self.accepted)
        self.discard_button.clicked.connect(self.discarded)
        self.import_button.clicked.connect(self.import_asked)

    def show_suggest(self, display: SuggestDisplay) -> None:
        """Shows a search, its result, or how to get a network."""
        if display.help != self._shown.help:
            self._fill_help(display.help)
        self._show_networks(display)
        self._shown = display
        searching = bool(display.searching)
        show_text(self._doing, "Stopping…" if display.cancelling else display.searching)
        self._doing.setVisible(searching)
        self._bar.setVisible(searching)
        self._bar.setRange(0, 0 if searching else 1)  # how long a network looks is not known before
        self._stop.setVisible(searching and bool(display.rows))
        self._show_rows(display.rows)
        self._hint.setVisible(bool(display.rows) and not display.elsewhere)
        show_text(self._back, f"  {display.elsewhere}")
        self._back.setVisible(bool(display.elsewhere))
        self._help_area.setVisible(bool(display.help))
        self.accept_button.setVisible(bool(display.rows))
        self.accept_button.setEnabled(bool(display.button))
        show_text(self.accept_button, f"  {display.button or 'Add as object'}")
        self.import_button.setVisible(bool(display.help))
        show_text(self.discard_button, "  Close" if display.help else "  Cancel" if not display.rows else "  Discard")
        self.setVisible(display.is_open)

    def _show_networks(self, display: SuggestDisplay) -> None:
        if display.choices != self._shown.choices:
            self.networks.clear()
            for choice in display.choices:
                self.networks.addItem(tr(choice.title), choice.name)
        self.networks.setCurrentIndex(max(0, self.networks.findData(display.choice)))
        self.networks.setVisible(bool(display.choices))
        self.networks.setEnabled(not display.searching)

    def _choose_network(self, place: int) -> None:
        self.network_chosen.emit(self.networks.itemData(place))

    def show_hovered(self, place: int) -> None:
        """Lights the row of a suggestion, -1 for none."""
        for row in self._rows:
            row.set_lit(row.place == place)

    def row(self, place: int) -> QWidget:
        """The row of a suggestion, for tests."""
        return self._rows[place]

    def _show_rows(self, rows: tuple[SuggestRow, ...]) -> None:
        while len(self._rows) > len(rows):
            self._rows.pop().deleteLater()
        while len(self._rows) < len(rows):
            row = _Row(len(self._rows))
            row.clicked.connect(self.toggled)
            row.entered.connect(self.hovered)
            self._list.addWidget(row)
            self._rows.append(row)
        for widget, shown in zip(self._rows, rows, strict=True):
            widget.show_row(shown)
        self._scroll.setFixedHeight(min(len(rows), SHOWN_ROWS) * (ROW_PX + 2))
        self._scroll.setVisible(bool(rows))

    def _fill_help(self, networks: tuple[NetworkHelp, ...]) -> None:
        while self._help.count():
            item = self._help.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if networks:
            text = "This needs the weights of one of these networks. They are not part of vosapp; get them once:"
            self._help.addWidget(label(text, "", wrap=True))
        for place, network in enumerate(networks):
            if place:
                self._help.addWidget(rule())
            self._help.addWidget(_help_card(network))


class _Row(QWidget):
    """One suggestion: its colour, rank and network, score, and a box that is ticked when it is chosen.

    Signals:
        clicked: its place. entered: its place, or -1 when the pointer leaves.
    """

    clicked = Signal(int)
    entered = Signal(int)

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place
        self._row = SuggestRow((0, 0, 0), "", "", "", chosen=False)
        self._lit = False
        self.setFixedHeight(ROW_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_row(self, row: SuggestRow) -> None:
        """Shows another suggestion, or another choice."""
        self._row = row
        self.setToolTip(tr(row.detail))
        self.setAccessibleName(f"{row.title}, {row.score}, {'chosen' if row.chosen else 'not chosen'}")
        self.update()

    def set_lit(self, lit: bool) -> None:
        """Lights the row."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self.place)

    def enterEvent(self, _event: QEnterEvent) -> None:
        """Lights the outline too."""
        self.entered.emit(self.place)

    def leaveEvent(self, _event: QEvent) -> None:
        """Puts the light out."""
        self.entered.emit(-1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the row."""
        row, area = self._row, self.rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if row.chosen or self._lit:
            painter.setBrush(QColor(TOKENS.accent_soft if row.chosen else TOKENS.raised))
            painter.drawRoundedRect(area, 5, 5)
        box = area.adjusted(8, 9, 0, 0)
        box.setSize(box.size().boundedTo(area.adjusted(0, 0, 0, -18).size()))
        box.setWidth(box.height())
        painter.setPen(QColor(*row.colour))
        painter.setBrush(QColor(*row.colour) if row.chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        if row.chosen:
            tick = pixmap("check", 12, "#17171a", self.devicePixelRatioF())
            painter.drawPixmap(box.center().x() - 5, box.center().y() - 5, tick)
        painter.setPen(QColor(TOKENS.text))
        inner = area.adjusted(34, 0, -8, 0)
        score_px = painter.fontMetrics().horizontalAdvance(row.score) + 6
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, inner.width() - score_px)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(QColor(TOKENS.dim))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.score)
        painter.end()


def _scroller(content: QVBoxLayout) -> QScrollArea:
    """Lets a column of the panel scroll where there is too little room for it."""
    inner = QWidget()
    inner.setLayout(content)
    content.setContentsMargins(0, 0, 0, 0)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    for widget in (area.viewport(), inner):
        widget.setAutoFillBackground(False)
    return area


def _button(text: str, icon_name: str, tip: str) -> QPushButton:
    """A button that leaves the keys to the viewer, so that Enter and Esc go on to mean what the panel says."""
    button = QPushButton(text)
    button.setIcon(icon(icon_name))
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _help_card(network: NetworkHelp) -> QWidget:
    card = QWidget()
    column = QVBoxLayout(card)
    column.setContentsMargins(0, 0, 6, 0)
    column.setSpacing(3)
    column.addWidget(label(network.title))
    for text in (f"{network.strengths[0].upper()}{network.strengths[1:]}.", network.instructions, network.licence):
        line = label(text, "dim", wrap=True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(line)
    return card

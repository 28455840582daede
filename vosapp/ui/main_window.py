"""Main window: lays out the widgets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon
from vosapp.ui.panels.bars import StatusBar, ToolBar, ViewBar
from vosapp.ui.panels.frame_strip import FrameStrip
from vosapp.ui.panels.guide import GuideStrip
from vosapp.ui.panels.matte import MattePanel
from vosapp.ui.panels.notice import NoticeBox
from vosapp.ui.panels.objects import ObjectsPanel
from vosapp.ui.panels.propagate import PropagatePanel
from vosapp.ui.panels.recent_menu import RecentMenu
from vosapp.ui.panels.side import SidePanel
from vosapp.ui.panels.start_page import StartPage
from vosapp.ui.panels.suggest import SuggestPanel
from vosapp.ui.panels.transport import Transport
from vosapp.ui.panels.work_box import WorkBox
from vosapp.ui.timeline.view import TimelineView
from vosapp.ui.viewer.banner import Banner
from vosapp.ui.viewer.canvas import Canvas

SIDE_PX = 304
LEAST = (900, 455)  # (width, height) that both pages fit in: before it is shown a page asks for more than it needs


class MainWindow(QMainWindow):
    """Viewer in the middle, tools left, objects and propagation right, timeline below; or the start page.

    Attributes:
        was_maximised: while it fills the screen, whether it was maximised before and is to be again.

    Signals:
        dropped: paths that were dropped on the window, as a list of Path.
        close_asked: the user wants to close the window; whoever hears it calls `close_now` in the end.
    """

    dropped = Signal(list)
    close_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("vosapp")
        self.setWindowIcon(icon("vosapp"))
        self.setAcceptDrops(True)
        self._may_close = False
        self.commands = ActionSet(self)
        self.canvas = Canvas()
        self.tool_bar = ToolBar(self.commands)
        self.view_bar = ViewBar(self.commands)
        self.status_bar = StatusBar()
        self.guide = GuideStrip()
        self.objects = ObjectsPanel(self.commands)
        self.propagate = PropagatePanel(self.commands)
        self.suggest = SuggestPanel()
        self.matte = MattePanel(self.commands)
        self.transport = Transport(self.commands)
        self.strip = FrameStrip(self.commands)
        self.timeline = TimelineView()
        self.start_page = StartPage(self.commands)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self._shot_page())
        self.pages.setMinimumSize(*LEAST)
        self.setCentralWidget(self.pages)
        self.notice = NoticeBox(self.pages)
        self.work = WorkBox(self.pages)
        self.banner = Banner(self.pages, self.canvas)
        self.commands.fill_menu_bar(self.menuBar())
        self.recent = RecentMenu(self)
        file_menu = self.menuBar().actions()[0].menu()
        if isinstance(file_menu, QMenu):
            file_menu.insertMenu(self.commands["file.resume"], self.recent)
        self.was_maximised = False
        self._shares = (0, 0)

    def share_out(self, side_px: int, below_px: int) -> None:
        """Gives the panels beside the picture this width, the part with the timeline this height; 0 changes nothing."""
        self._shares = (side_px, below_px)
        sides = ((self._across, self.width(), side_px), (self._down, self.height(), below_px))
        for splitter, whole, px in sides:
            if px > 0:
                splitter.setSizes([max(whole - px, 1), px])

    def shares(self) -> tuple[int, int]:
        """Width of the panels beside the picture and height of the part with the timeline.

        Before a clip was open, or without panels: what they were given last, 0 for nothing.
        """
        if self._side_panel.isVisible() and self._below.isVisible():
            self._shares = (self._across.sizes()[1], self._down.sizes()[1])
        return self._shares

    def show_panels(self, on: bool) -> None:
        """Shows everything around the picture but the line below it, or the picture alone."""
        self.menuBar().setVisible(on)
        for part in (self.tool_bar, self.view_bar, self._side_panel, self._below):
            part.setVisible(on)

    def _shot_page(self) -> QWidget:
        self._side_panel = SidePanel(self.commands, self.objects, self.propagate, self.suggest, self.matte)
        middle = _column(self.view_bar, self.canvas, self.guide, self.status_bar)
        across = self._across = _splitter(Qt.Orientation.Horizontal, middle, self._side_panel)
        across.setSizes([1440 - SIDE_PX, SIDE_PX])
        above = QWidget()
        row = QHBoxLayout(above)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.tool_bar)
        row.addWidget(across, 1)
        self._below = _column(self.transport, self.strip, self.timeline)
        page = self._down = _splitter(Qt.Orientation.Vertical, above, self._below)
        page.setSizes([700, 200])
        return page

    def close_now(self) -> None:
        """Closes the window, behind which everything has ended."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Lets everything end before the window goes."""
        if not self._may_close:
            self.close_asked.emit()  # where nothing has to end, `close_now` is called meanwhile
        event.setAccepted(self._may_close)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands over what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)


def _column(*widgets: QWidget) -> QWidget:
    """Widgets below one another without gaps; the tallest by nature takes the room that is left."""
    result = QWidget()
    column = QVBoxLayout(result)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        greedy = isinstance(widget, Canvas | TimelineView)
        column.addWidget(widget, 1 if greedy else 0)
    return result


def _splitter(orientation: Qt.Orientation, main: QWidget, side: QWidget) -> QSplitter:
    result = QSplitter(orientation)
    result.setChildrenCollapsible(False)
    result.setHandleWidth(3)
    result.addWidget(main)
    result.addWidget(side)
    result.setStretchFactor(0, 1)
    result.setStretchFactor(1, 0)
    return result

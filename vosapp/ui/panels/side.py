"""Column of panels beside the picture, which folds and scrolls where the window is low."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from vosapp.ui.action_set import ActionSet
from vosapp.ui.panels.matte import MattePanel
from vosapp.ui.panels.objects import ObjectsPanel
from vosapp.ui.panels.propagate import PropagatePanel
from vosapp.ui.panels.suggest import SuggestPanel
from vosapp.ui.widgets import ActionButton, rule

NARROWEST_PX, WIDEST_PX = 270, 460
RULES_PX = 2
LOWEST_PX = 190  # the panels scroll then


class SidePanel(QWidget):
    """Objects, propagation, suggestions or a matte, and always in sight the button for the export.

    Where there is no room for all of it, three objects among it, the settings of the propagation fold, unless the
    user unfolded them; what is still too high is scrolled.
    """

    def __init__(
        self,
        actions: ActionSet,
        objects: ObjectsPanel,
        propagate: PropagatePanel,
        suggest: SuggestPanel,
        matte: MattePanel,
    ) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(NARROWEST_PX)
        self.setMaximumWidth(WIDEST_PX)
        self._objects, self._propagate = objects, propagate
        # queued: what else a change shows, such as whether runs take all objects, takes room as well
        objects.count_changed.connect(self._fold_for_room, Qt.ConnectionType.QueuedConnection)
        content = _Content()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(objects, 1)
        for part in (rule(), propagate, suggest):
            column.addWidget(part)
        column.addWidget(matte, 3)  # its numbers scroll: the more of them are seen the better
        self._area = QScrollArea()
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._area, 1)
        outer.addWidget(rule())
        self._export = _export_button(actions)
        outer.addWidget(self._export)

    def minimumSizeHint(self) -> QSize:
        """The panels scroll: their height does not count."""
        return QSize(NARROWEST_PX, LOWEST_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Folds or unfolds the settings of the propagation."""
        super().resizeEvent(event)
        self._fold_for_room()

    def _fold_for_room(self) -> None:
        panels_px = self._objects.wanted_height() + self._propagate.unfolded_height()
        needed_px = panels_px + self._export.sizeHint().height() + RULES_PX
        self._propagate.fold_for_room(needed_px > self.height())


class _Content(QWidget):
    """What is scrolled. It is as high as it must be and not as it would like to be: the list of objects gives way."""

    def heightForWidth(self, width: int) -> int:
        """The least height at a width."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


def _export_button(actions: ActionSet) -> QWidget:
    button = ActionButton(actions["file.export"])
    button.setMinimumHeight(34)
    frame = QWidget()
    row = QHBoxLayout(frame)
    row.setContentsMargins(12, 10, 12, 12)
    row.addWidget(button)
    return frame

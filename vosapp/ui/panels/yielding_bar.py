"""Bar whose least needed parts go where there is no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

_SLACK_PX = 16  # so that nothing touches where there is just enough room


class YieldingBar(QWidget):
    """A bar with a layout, some of whose parts are left out, one after the other, where it is narrow.

    What yields must be reachable in another way: by a key, a menu or a tooltip.
    """

    def __init__(self) -> None:
        super().__init__()
        self._yielding: tuple[QWidget, ...] = ()

    def let_yield(self, *parts: QWidget) -> None:
        """Names the parts that may go, the one that goes first in front. They are direct parts of the bar's layout."""
        self._yielding = parts

    def minimumSizeHint(self) -> QSize:
        """The room that is needed when all that yields is gone."""
        whole = super().minimumSizeHint()
        shown = sum(self._room_of(part) for part in self._yielding if not part.isHidden())
        return QSize(whole.width() - shown, whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out what there is no room for."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Looks again when a part needs more or less room than before."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        needed_px = _SLACK_PX + self.minimumSizeHint().width() + sum(map(self._room_of, self._yielding))
        before = [part.isHidden() for part in self._yielding]
        for part in self._yielding:
            has_room = needed_px <= self.width()
            if not has_room:
                needed_px -= self._room_of(part)
            part.setVisible(has_room)
        layout = self.layout()
        if layout is not None and before != [part.isHidden() for part in self._yielding]:
            layout.invalidate()  # or what was hidden while the layout was at work keeps its room until the next change
            layout.activate()

    def _room_of(self, part: QWidget) -> int:
        layout = self.layout()
        return part.sizeHint().expandedTo(part.minimumSize()).boundedTo(part.maximumSize()).width() + (
            layout.spacing() if layout else 0
        )

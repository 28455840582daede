"""Blocks the user's input while the window waits, without greying it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject

STAYS_OPEN = "stays_open"  # property of widgets that take input all the same

_INPUT = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.Shortcut,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.ContextMenu,
        QEvent.Type.DragEnter,
        QEvent.Type.Drop,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletRelease,
    }
)


class InputBlocker(QObject):
    """Event filter that lets input through only below widgets with the property `stays_open`."""

    def __init__(self) -> None:
        """Begins to block."""
        super().__init__()
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def release(self) -> None:
        """Lets everything through again."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes away what comes from the user."""
        # A window passes its input on to widgets, each of which is asked again.
        is_input = event.type() in _INPUT and not watched.isWindowType()
        return is_input and not _stays_open(watched)


def _stays_open(watched: QObject) -> bool:
    one: QObject | None = watched
    while one is not None:
        if one.property(STAYS_OPEN):
            return True
        one = one.parent()
    return False

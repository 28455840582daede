"""Controllers of what the user changes by hand: objects, masks, ranges and mattes, connected with their widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.ui.controllers.alpha_import import AlphaController
from vosapp.ui.controllers.mask_import import MaskImportController
from vosapp.ui.controllers.masks import MaskController
from vosapp.ui.controllers.mattes import MatteController
from vosapp.ui.controllers.objects import ObjectController
from vosapp.ui.controllers.ranges import RangeController
from vosapp.ui.io_queue import IoQueue
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session
from vosapp.ui.system_dialogs import Dialogs


class EditingControllers(QObject):
    """Makes them; all they do is undone by the same undo.

    Attributes:
        masks: of the frame shown.
        ranges: of many frames.
        objects: their list.
        mattes: how objects become mattes.
        alpha: masks from the clip's own alpha.
        imports: masks of many frames that other programs made.
    """

    def __init__(
        self, session: Session, window: MainWindow, dialogs: Dialogs, *, disk: IoQueue, parent: QObject | None = None
    ) -> None:
        """Makes the controllers; `disk` reads what they import."""
        super().__init__(parent)
        self.masks = MaskController(session, dialogs, disk, self)
        self.mattes = MatteController(session, window, self)
        self.ranges = RangeController(session, dialogs, disk, self)
        self.objects = ObjectController(session, dialogs, self)
        self.alpha = AlphaController(session, dialogs, disk, self)
        self.imports = MaskImportController(session, dialogs, disk, self)
        self.masks.connect_pen(window.canvas.pen)
        self.objects.connect_panels(window.objects, window.timeline)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What their actions do."""
        return {
            **self.masks.handlers(),
            **self.mattes.handlers(),
            **self.ranges.handlers(),
            **self.objects.handlers(),
            **self.alpha.handlers(),
            **self.imports.handlers(),
        }

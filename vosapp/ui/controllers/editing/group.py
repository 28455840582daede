"""Makes the controllers of what the user changes by hand and connects them with each other and their widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.ui.controllers.editing.alpha_import import AlphaController
from vosapp.ui.controllers.editing.backdrops import BackdropController
from vosapp.ui.controllers.editing.clean_up import CleanUpController
from vosapp.ui.controllers.editing.cuts import CutController
from vosapp.ui.controllers.editing.mask_import import MaskImportController
from vosapp.ui.controllers.editing.masks import MaskController
from vosapp.ui.controllers.editing.mattes import MatteController
from vosapp.ui.controllers.editing.objects import ObjectController
from vosapp.ui.controllers.editing.ranges import RangeController
from vosapp.ui.controllers.editing.shapes import ShapeController
from vosapp.ui.controllers.editing.transform import TransformController
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.jobs.io_queue import IoQueue
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class EditingControllers(QObject):
    """Controllers of edits by hand; all share one undo.

    Attributes:
        masks: of the frame shown.
        shapes: whose points can be moved.
        clean_up: of holes and specks.
        transform: moves, scales and turns a mask.
        ranges: of many frames.
        objects: their list.
        mattes: how objects become mattes.
        backdrops: a picture to look at them on.
        alpha: masks from the clip's own alpha.
        imports: masks of many frames that other programs made.
        cuts: finds where shots begin.
    """

    def __init__(
        self, session: Session, window: MainWindow, dialogs: Dialogs, *, io: IoQueue, parent: QObject | None = None
    ) -> None:
        """Makes the controllers; `io` reads what they import."""
        super().__init__(parent)
        self.shapes = ShapeController(session, window.canvas.pen, self)
        self.masks = MaskController(session, dialogs, io, shapes=self.shapes, parent=self)
        self.mattes = MatteController(session, io, self)
        self.backdrops = BackdropController(session, window.canvas, dialogs, io, self)
        self.ranges = RangeController(session, dialogs, io, self)
        self.transform = TransformController(session, window.canvas.pen, self)
        self.clean_up = CleanUpController(session, window, self)
        self.objects = ObjectController(session, dialogs, self)
        self.alpha = AlphaController(session, dialogs, io, self)
        self.imports = MaskImportController(session, dialogs, io, self)
        self.cuts = CutController(session, self)
        self.masks.connect_pen(window.canvas.pen)
        window.canvas.pen.edge_softened.connect(self.mattes.soften)
        self.mattes.connect_panel(window.matte)
        self.objects.connect_panels(window.objects, window.timeline)
        window.timeline.anchor_dragged.connect(self.ranges.move_anchor)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids of all its controllers to handlers."""
        return {
            **self.masks.handlers(),
            **self.shapes.handlers(),
            **self.clean_up.handlers(),
            **self.mattes.handlers(),
            **self.backdrops.handlers(),
            **self.ranges.handlers(),
            **self.objects.handlers(),
            **self.alpha.handlers(),
            **self.imports.handlers(),
            **self.cuts.handlers(),
        }

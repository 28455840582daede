"""A window under test, driven as its user would: open, paint, press, look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vosapp.core.document import Cell, Colour, Document, RotoObject
from vosapp.core.timeline import FrameRange
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.view_state import ViewState
from vosapp.ui.dialogs.import_masks import ImportChoice
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.workspace import Workspace

NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT, MIDDLE, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
PATIENCE_MS = 300_000  # a busy machine is not a failed test; less than the time limit of a whole test


class Answers(Dialogs):
    """Answers every question with what the test put here."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.colour: Colour | None = None
        self.frames: FrameRange | None = None
        self.move: tuple[FrameRange, int, int] | None = None
        self.masks: ImportChoice | None = None
        self.engine: str | None = None
        self.agrees = True
        self.weights: list[Path] = []
        self.asked: list[str] = []

    def _answer(self, question: str) -> Path | None:
        self.asked.append(question)
        return self.path

    def ask_clip_or_project(self, folder: str) -> Path | None:
        return self._answer("clip or project")

    def ask_clip_folder(self, folder: str) -> Path | None:
        return self._answer("clip folder")

    def ask_moved_clip(self, name: str, folder: str) -> Path | None:
        return self._answer(f"where is {name}")

    def ask_save(self, proposed: str) -> Path | None:
        return self._answer("save")

    def ask_mask_file(self) -> Path | None:
        return self._answer("mask file")

    def ask_backdrop(self) -> Path | None:
        return self._answer("backdrop")

    def ask_job_file(self, folder: str) -> Path | None:
        return self._answer("job file")

    def ask_folder(self, title: str, folder: str) -> Path | None:
        return self._answer("folder")

    def ask_weights(self) -> list[Path]:
        self.asked.append("weights")
        return self.weights

    def ask_colour(self, colour: Colour) -> Colour | None:
        self.asked.append("colour")
        return self.colour

    def ask_range(
        self,
        title: str,
        verb: str,
        *,
        proposed: FrameRange,
        frame_count: int,
        first_number: int,
        confirmed: Callable[[FrameRange], None],
    ) -> None:
        self.asked.append(title)
        if self.frames is not None:
            confirmed(self.frames)

    def ask_move(
        self,
        document: Document,
        mover: RotoObject,
        *,
        proposed: FrameRange,
        here: int,
        confirmed: Callable[[FrameRange, int, int], None],
    ) -> None:
        self.asked.append(f"Move masks: {mover.name}")
        if self.move is not None:
            confirmed(*self.move)

    def ask_masks(
        self, document: Document, active: int | None, *, here: int, confirmed: Callable[[ImportChoice], None]
    ) -> None:
        self.asked.append("masks")
        if self.masks is not None:
            confirmed(self.masks)

    def ask_engine(
        self,
        name: str,
        current: str,
        engines: Sequence[EngineChoice],
        *,
        usual: str,
        confirmed: Callable[[str], None],
    ) -> None:
        self.asked.append(f"engine of {name}")
        if self.engine is not None:
            confirmed(self.engine)

    def confirm(
        self,
        question: str,
        explanation: str,
        verb: str,
        *,
        agreed: Callable[[], object],
        refused: Callable[[], object] | None = None,
    ) -> None:
        self.asked.append(question)
        if self.agrees:
            agreed()
        elif refused is not None:
            refused()


class WindowDriver:
    """Opens, paints, presses and looks, as a user would."""

    def __init__(self, workspace: Workspace, answers: Answers, qtbot: QtBot) -> None:
        self.workspace = workspace
        self.window = workspace.window
        self.canvas = workspace.window.canvas
        self.answers = answers
        self.qtbot = qtbot

    # -- looking ------------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self.workspace.session.document

    @property
    def view(self) -> ViewState:
        return self.workspace.session.view

    def cell(self, frame_index: int, object_id: int = 1) -> Cell | None:
        return self.document.cell(object_id, frame_index)

    def mask(self, frame_index: int, object_id: int = 1) -> np.ndarray:
        """What stands on a frame; fails when there is no mask."""
        mask = self.workspace.session.editor.mask(object_id, frame_index)
        assert mask is not None, f"no mask on frame {frame_index}"
        return mask.array()

    @property
    def presented_review(self) -> tuple[int, ...]:
        """The doubtful frames that the screen counts."""
        display = self.workspace.presenter.display
        assert display is not None
        return display.timeline.review

    @property
    def notice(self) -> str:
        """The message on the screen, "" for none."""
        notice = self.view.shot.notice
        return f"{notice.text} {notice.hint}".strip() if notice else ""

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    # -- opening ------------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Opens a clip or project and waits for its first picture and for the lists of files."""
        self.settle()
        self.workspace.files.projects.open_path(path)
        self.wait(lambda: self.view.app.opening == "" and self.view.shot.picture_index == self.view.shot.frame_index)
        self.settle()

    def try_to_open(self, path: Path) -> str:
        """Opens something that will not open, and returns the message."""
        self.workspace.session.dismiss()
        self.workspace.files.projects.open_path(path)
        self.wait(lambda: self.view.app.opening == "" and self.view.shot.notice is not None)
        return self.notice

    def go(self, frame_index: int) -> None:
        """Goes to a frame and waits for its picture."""
        self.workspace.viewing.playback.go(frame_index)
        self.wait(lambda: self.view.shot.picture_index == frame_index)

    def trigger(self, action_id: str) -> None:
        """Uses a command as its menu entry would; fails when it is greyed."""
        action = self.window.commands[action_id]
        assert action.isEnabled(), f"{action_id} is greyed"
        action.trigger()
        self.settle()

    def settle(self) -> None:
        """Waits until nothing waits for a disk."""
        self.wait(lambda: not self.workspace.files.projects.is_busy)

    def finish_run(self) -> None:
        self.wait(lambda: not self.workspace.networks.runs.is_running)

    # -- the mouse ----------------------------------------------------------------------------------------------

    def mouse(
        self,
        kind: QEvent.Type,
        at: tuple[float, float],
        *,
        button: Qt.MouseButton = LEFT,
        held: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NO_KEY,
    ) -> None:
        """Sends a mouse event at a point of the picture."""
        send_mouse(self.canvas.viewport(), kind, self.canvas.to_view(at), button=button, held=held, keys=keys)

    def drag(
        self,
        points: list[tuple[float, float]],
        *,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NO_KEY,
        lift: bool = True,
    ) -> None:
        """Presses at the first picture point, moves through the others, and lifts."""
        self.mouse(QEvent.Type.MouseButtonPress, points[0], button=button, held=button, keys=keys)
        for point in points[1:]:
            self.mouse(QEvent.Type.MouseMove, point, button=NONE, held=button, keys=keys)
        if lift:
            self.lift(points[-1], button=button, keys=keys)

    def lift(
        self, at: tuple[float, float], *, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEY
    ) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, button=button, held=NONE, keys=keys)

    def click(self, at: tuple[float, float], *, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        self.drag([at], keys=keys)

    def close(self) -> None:
        """Closes the window and waits until it is gone."""
        self.window.close()
        self.wait(lambda: not self.window.isVisible())

    def close_clip(self) -> None:
        """Goes back to the start page and waits for it."""
        self.workspace.files.projects.close_clip()
        self.wait(lambda: self.document.clip is None)

    def put_away(self) -> None:
        """Closes the window and deletes it with everything behind it."""
        self.answers.agrees = True
        self.close()
        self.window.deleteLater()
        self.workspace.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def send_mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    *,
    button: Qt.MouseButton = LEFT,
    held: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NO_KEY,
) -> None:
    """Sends a mouse event at a point of a widget."""
    event = QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at.toPoint())), button, held, keys)
    QCoreApplication.sendEvent(widget, event)

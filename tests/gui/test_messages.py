"""Messages stay until they can have been read, can be read again and copied, and go into a diagnostics file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.window_driver import WindowDriver
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.engine.run_context import RunContext
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.ui.app import ErrorReporter
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.dialogs.doctor import DoctorBox
from vosapp.ui.dialogs.messages import MessagesDialog
from vosapp.ui.panels import notice


class Pointer:
    """Stands in for the pointer of the screen, which an offscreen one does not have."""

    at = QPoint(5, 5)

    @classmethod
    def pos(cls) -> QPoint:
        return cls.at


@pytest.fixture
def pointer(monkeypatch: pytest.MonkeyPatch) -> type[Pointer]:
    Pointer.at = QPoint(5, 5)
    monkeypatch.setattr(notice, "QCursor", Pointer)
    return Pointer


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "SHOWN_MS", 1)


def count_rounds(driver: WindowDriver) -> Callable[[], int]:
    rounds: list[None] = []
    driver.window.notice._timer.timeout.connect(partial(rounds.append, None))
    return rounds.__len__


def test_a_message_waits_for_somebody_to_read_it(driver: WindowDriver, pointer: type[Pointer], soon: None) -> None:
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    rounds = count_rounds(driver)
    driver.workspace.session.notify("Done.")
    driver.wait(lambda: rounds() > 3)
    assert driver.window.notice.isVisible()
    pointer.at = QPoint(50, 50)
    driver.wait(lambda: not driver.window.notice.isVisible())
    assert driver.view.shot.notice is None


def test_an_error_stays_also_where_it_offers_something(
    driver: WindowDriver, pointer: type[Pointer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice, "OFFERED_MS", 1)
    driver.workspace.session.show_notice(Notice("Bad.", kind=NoticeKind.ERROR, action="file.open", verb="Open"))
    assert not driver.window.notice._timer.isActive()


def test_messages_can_be_read_again(driver: WindowDriver) -> None:
    driver.workspace.session.notify("First.", "Hint of the first.")
    driver.workspace.session.notify("Second.")
    driver.trigger("help.messages")
    dialog = driver.window.findChild(MessagesDialog)
    assert dialog is not None and dialog.list.count() == 2
    assert dialog.list.item(0).text().endswith("Second.")
    dialog.list.setCurrentRow(1)
    assert "Hint of the first." in dialog.text.toPlainText()
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert "First." in QApplication.clipboard().text()
    dialog.reject()


def test_an_error_of_the_program_has_details(driver: WindowDriver) -> None:
    errors = ErrorReporter(driver.workspace)
    try:
        raise KeyError("fish")
    except KeyError as error:
        errors.take(KeyError, error, error.__traceback__)
    box = driver.window.notice
    assert box.details_button.isVisible()
    QTest.mouseClick(box.details_button, Qt.MouseButton.LeftButton)
    dialog = driver.window.findChild(MessagesDialog)
    assert dialog is not None
    assert "Traceback" in dialog.text.toPlainText() and "test_messages.py" in dialog.text.toPlainText()
    dialog.reject()


@pytest.mark.parametrize("name", ["canvas", "timeline"])
def test_an_error_in_what_the_mouse_does_is_told_and_the_program_lives(shot: WindowDriver, name: str) -> None:
    def broken(_event: object) -> None:
        raise KeyError("fish")

    shot.canvas.pen.press = broken  # type: ignore[method-assign]
    shot.window.timeline._handle_at = broken  # type: ignore[method-assign, assignment]
    widget = {"canvas": shot.canvas.viewport(), "timeline": shot.window.timeline}[name]
    at = QPointF(widget.rect().center())
    left = Qt.MouseButton.LeftButton
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, left, left, Qt.KeyboardModifier.NoModifier)
    with shot.qtbot.captureExceptions() as caught:
        QCoreApplication.postEvent(widget, press)  # as the screen does; one that is sent raises where it is sent
        shot.wait(lambda: bool(caught))
    assert "fish" in {str(error).strip("'") for _, error, _ in caught}


def _broken(_run: RunContext) -> object:
    raise ZeroDivisionError("no such thing")


class TestRun:
    @pytest.fixture
    def make_body(self) -> MakeBody:
        return partial(propagation_body, build=_broken)  # type: ignore[arg-type]

    def test_a_run_that_breaks_has_details(self, shot: WindowDriver) -> None:
        shot.workspace.viewing.view.set_brush(24)
        shot.click((50, 55))
        shot.trigger("propagate.forward")
        shot.finish_run()
        shown = shot.view.shot.notice
        assert shown is not None and "error in the program" in shown.text and "_broken" in shown.details
        assert shot.window.notice.details_button.isVisible()


def test_a_diagnostics_file_tells_what_helps_and_no_names(driver: WindowDriver, tmp_path: Path) -> None:
    driver.workspace.shell.settings.set("tool.brush_px", 61.0)
    driver.workspace.shell.keys.bind("tool.hand", ["Y"])
    driver.workspace.session.notify("/secret/place/film.mov ends early.")
    driver.trigger("help.doctor")
    box = driver.window.findChild(DoctorBox)
    assert box is not None
    assert not box.save_button.isEnabled()
    driver.wait(lambda: not box.is_looking)
    box.save(tmp_path / "d.txt")
    text = (tmp_path / "d.txt").read_text(encoding="utf-8")
    for wanted in ("H.264", "tool.brush_px = 61.0", "tool.hand: Y", "ends early"):
        assert wanted in text
    assert "secret" not in text and "film.mov" not in text
    assert "Read it before you send it" in box.text
    box.save(tmp_path / "d.txt" / "x.txt")
    assert "cannot be written" in box.text
    box.reject()

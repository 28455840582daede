"""An engine of its own for an object: chosen in the Object menu, used by runs, undone, and kept in the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tests.gui.window_driver import WindowDriver
from vosapp.core.edits import set_engine
from vosapp.ui.dialogs.object_engine import ObjectEngineDialog
from vosapp.ui.dialogs.system import Dialogs


def opened(driver: WindowDriver) -> ObjectEngineDialog:
    driver.workspace.editing.objects._dialogs = Dialogs(driver.window)  # the real ones
    driver.trigger("object.engine")
    dialog = driver.window.findChild(ObjectEngineDialog)
    assert dialog is not None
    return dialog


def press(driver: WindowDriver, dialog: ObjectEngineDialog, text: str) -> None:
    button = next(one for one in dialog.findChildren(QPushButton) if one.text() == text)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_object_takes_an_engine_of_its_own(shot: WindowDriver, tmp_path: Path) -> None:
    runs = shot.workspace.networks.runs
    runs.choose(replace(shot.view.app.propagate, engine="flow"))
    shot.drag([(50, 50)])
    shot.trigger("object.add")
    shot.drag([(110, 50)])
    dialog = opened(shot)
    assert dialog.windowTitle() == "Engine of Object 2" and dialog.field.currentText() == "The shot's: Optical flow"
    dialog.field.setCurrentIndex(dialog.field.findData("hybrid"))
    press(shot, dialog, "Set")
    assert shot.document.object(2).engine == "hybrid"
    display = shot.workspace.presenter.display
    assert display is not None and "2 engines" in display.propagate.summary
    assert display.objects[1].coverage.endswith("Hybrid")
    shot.trigger("propagate.forward")
    shot.finish_run()
    engines = [cell.engine for one in (1, 2) if (cell := shot.cell(3, one)) is not None]
    assert engines == ["flow", "hybrid"]
    shot.trigger("edit.undo")
    assert shot.cell(3, 2) is None, "both engines are one step"
    shot.trigger("edit.undo")
    assert shot.document.object(2).engine == ""
    shot.trigger("edit.redo")
    shot.answers.path = tmp_path / "shot.vosapp"
    shot.trigger("file.save")
    shot.close_clip()
    shot.open(tmp_path / "shot.vosapp")
    assert shot.document.object(2).engine == "hybrid"


def test_an_engine_that_is_not_here_is_said(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    editor = shot.workspace.session.editor
    editor.apply("from elsewhere", set_engine(shot.document, 1, "invented"))
    display = shot.workspace.presenter.display
    assert display is not None and not display.propagate.possible
    assert "Object 1 is set to invented, which cannot run here." in display.propagate.summary
    dialog = opened(shot)
    assert dialog.field.currentText() == "invented, which cannot run here"
    dialog.field.setCurrentIndex(0)
    press(shot, dialog, "Set")
    assert shot.document.object(1).engine == ""

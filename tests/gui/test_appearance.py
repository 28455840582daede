"""Another theme or language holds at once: what is shown already follows, and goes back without a trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget

from tests.gui.window_driver import WindowDriver
from vosapp.ui import style, theme, translation
from vosapp.ui.icons import icon_folder
from vosapp.ui.theme import DARK, LIGHT


@pytest.fixture
def looks(shot: WindowDriver, qapp: QApplication) -> Iterator[WindowDriver]:
    """A window with an object whose look the other tests get back."""
    shot.drag([(50, 50)])
    yield shot
    translation.install(qapp, "en")
    if theme.TOKENS.window != DARK.window:
        theme.take("dark")
        style.apply(qapp, icon_folder())


def choose(driver: WindowDriver, name: str, value: str) -> QComboBox:
    """Opens the settings and takes a value there."""
    driver.trigger("edit.settings")
    dialog = driver.workspace.shell.settings.dialog
    assert dialog is not None
    box = dialog.field(name)
    assert isinstance(box, QComboBox)
    box.setFocus()
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())
    return box


def texts(driver: WindowDriver) -> list[str]:
    """Everything that the window says, with its tooltips and menus; the settings dialog is a window of its own."""
    window = driver.window
    root = window.centralWidget()
    shown = [action.text() for action in window.menuBar().actions()]
    for action_id in ("tool.brush", "view.overlay", "edit.undo", "object.lock", "propagate.forward"):
        shown += [window.commands[action_id].text(), window.commands[action_id].toolTip()]
    for kind in (QLabel, QPushButton):
        shown += [widget.text() for widget in root.findChildren(kind)]
    shown += [widget.toolTip() for widget in root.findChildren(QWidget)]
    return shown


def picture(driver: WindowDriver) -> QImage:
    driver.wait(lambda: driver.workspace.editing.cuts.task is None or not driver.workspace.editing.cuts.task.is_running)
    return driver.window.grab().toImage()


def test_another_language_holds_at_once_and_goes_without_a_trace(looks: WindowDriver) -> None:
    before = texts(looks)
    languages = choose(looks, "view.language", "de")
    window, dialog = looks.window, looks.workspace.shell.settings.dialog
    assert looks.workspace.session.settings.get("view.language", str) == "de"
    assert dialog is not None and dialog.field("view.language") is not languages, "the dialog speaks it, too"
    assert dialog.windowTitle() == "Einstellungen"
    assert window.menuBar().actions()[0].text() == "Datei" and window.commands["tool.brush"].text() == "Pinsel"
    assert "OBJEKTE" in [label.text() for label in window.objects.findChildren(QLabel)]
    assert window.status_bar.hint.startswith("Jetzt mit F vorwärts propagieren")
    looks.workspace.session.notify("Object 1 is locked and stays as it is.", "Object > Lock unlocks it.")
    assert window.notice.text == "Object 1 ist gesperrt und bleibt, wie es ist."
    looks.workspace.session.dismiss()
    dialog.close()
    choose(looks, "view.language", "en")
    assert [text for text in texts(looks) if text not in before and "sperrt" not in text] == [], "but the old message"


def test_another_theme_holds_at_once_and_goes_without_a_trace(looks: WindowDriver) -> None:
    def at(x: int, y: int) -> QColor:
        return looks.window.grab().toImage().pixelColor(x, y)

    bar = looks.window.menuBar()
    corner = bar.width() - 3, bar.height() // 2
    assert at(*corner) == QColor(DARK.window)
    icon_before = looks.window.commands["tool.brush"].icon().pixmap(20, 20).toImage()
    looks.go(3)
    before = picture(looks)
    choose(looks, "view.theme", "light")
    assert at(*corner) == QColor(LIGHT.window)
    assert looks.canvas.viewport().grab().toImage().pixelColor(2, 2) == QColor(LIGHT.viewer)
    assert looks.window.timeline.grab().toImage().pixelColor(2, looks.window.timeline.height() - 3) == QColor(
        LIGHT.window
    )
    assert looks.window.commands["tool.brush"].icon().pixmap(20, 20).toImage() != icon_before
    choose(looks, "view.theme", "dark")
    dialog = looks.workspace.shell.settings.dialog
    assert dialog is not None
    dialog.close()
    after = picture(looks)
    assert after == before

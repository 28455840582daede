"""Names from files are shown as they are written: never as HTML, which could open files that it mentions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QListWidget, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import WindowDriver
from vosapp.core import edits
from vosapp.ui.widgets import ElidedLabel, as_written

HOSTILE = "<b>fish</b><img src='file:///etc/passwd'>\n<a href='file:///'>x</a>"


def shown(text: str) -> str:
    """What Qt shows of a tooltip."""
    if not GuiQt.mightBeRichText(text):
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


@pytest.mark.parametrize("text", [HOSTILE, "a & b", "fish", "<i>\na", "1 < 2 > 0", "&lt;b&gt;"])
def test_a_text_is_shown_as_it_is_written(qapp: object, text: str) -> None:
    assert shown(as_written(text)) == text


def test_a_hostile_name_in_the_window(shot: WindowDriver) -> None:
    editor = shot.workspace.session.editor
    editor.apply("Add object", edits.add_object(editor.document, HOSTILE)[0])
    tips = [widget.toolTip() for widget in shot.window.findChildren(QWidget)]
    for listing in shot.window.findChildren(QListWidget):
        tips += [listing.item(row).toolTip() for row in range(listing.count())]
    named = [tip for tip in tips if "img" in tip]
    assert named and all("<b>fish</b>" in shown(tip) for tip in named)
    labels = shot.window.findChildren(QLabel)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels if label.text())


def test_labels_and_questions_show_plain_text(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setInformativeText(as_written(HOSTILE))
    assert "<img" in shown(box.informativeText())

"""The Qt binding keeps count of its references."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal and not counted from Python 3.12 on")
def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
    action = QAction("a")
    action.setEnabled(False)
    before = sys.getrefcount(None)
    for turn in range(2000):
        action.setEnabled(turn % 2 == 0)
    assert sys.getrefcount(None) > before - 200, "this PySide6 ends the program after some thousand calls"

"""Renders every state of the window and every dialog on each size of screen, to be looked at by a person.

Usage: python packaging/window_states.py [FOLDER [SCREEN ...]]; the default is build/states and every screen. Each
screen has a folder of its own with one picture for each state. Texts that are cut off, and windows that are larger than
their screen, are listed and make the exit code 1. The masks are the demo shot's true ones, as in screenshots.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

    from vosapp.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Screen:
    """(width, height) in device pixels, how many of them a logical pixel is wide, and the theme and language."""

    size: tuple[int, int]
    scale: int = 1
    theme: str = "dark"
    language: str = "en"


SCREENS = {
    "1280x720": Screen((1280, 720)),
    "1366x768": Screen((1366, 768)),
    "1920x1080": Screen((1920, 1080)),
    "1920x1080-2x": Screen((1920, 1080), 2),
    "1366x768-light": Screen((1366, 768), theme="light"),
    "1280x720-de": Screen((1280, 720), language="de"),
}


def main() -> int:
    """Renders each screen in a process of its own, because Qt asks for the screen once. Returns the exit code."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/states").absolute()
    code = 0
    for name in sys.argv[2:] or SCREENS:
        screen = SCREENS[name]
        with tempfile.TemporaryDirectory() as data:
            described = {"name": name, "x": 0, "y": 0, "width": screen.size[0], "height": screen.size[1], "dpr": 1}
            described |= {"logicalDpi": 96, "logicalBaseDpi": 96}
            file = Path(data) / "screen.json"
            file.write_text(json.dumps({"screens": [described]}))
            (Path(data) / "settings.json").write_text(
                json.dumps({"view.theme": screen.theme, "view.language": screen.language})
            )
            platform = {
                "QT_LOGGING_RULES": "qt.qpa.*=false",
                "QT_QPA_PLATFORM": f"offscreen:configfile={file}",
                "QT_SCALE_FACTOR": str(screen.scale),
            }
            own = {"VOSAPP_DATA_DIR": data, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, __file__, "--one", str(folder / name)]
            code |= subprocess.run(command, env={**os.environ, **platform, **own}, check=False).returncode
    return code


def render(folder: Path) -> int:
    """Renders all states on the screen of this process. Returns 1 when something is cut off."""
    platform = os.environ["QT_QPA_PLATFORM"]
    from screenshots import settle, wait  # which sets the platform to one without a screen of its own

    os.environ["QT_QPA_PLATFORM"] = platform
    from vosapp.core.settings import Settings
    from vosapp.presentation.window_memory import FRAME
    from vosapp.ui.app import make_application
    from vosapp.ui.workspace import Workspace

    folder.mkdir(parents=True, exist_ok=True)
    application = make_application(language=Settings().get("view.language", str))
    room = application.primaryScreen().availableSize()
    workspace = Workspace()
    workspace.window.resize(room.width() - FRAME[0], room.height() - FRAME[1])
    workspace.window.show()
    settle()
    states = States(workspace, folder)
    try:
        states.all()
    finally:
        workspace.window.close()
        wait(lambda: not workspace.window.isVisible())
    lines = (f"{folder.name}: {states.count} pictures, {len(states.faults)} faults", *states.faults)
    sys.stdout.write("\n  ".join(lines) + "\n")
    return 1 if states.faults else 0


class States:
    """Brings one window into each of its states and keeps a picture of it.

    Attributes:
        count: pictures so far.
        faults: sentences on what is cut off.
    """

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.workspace, self.folder = workspace, folder
        self.count = 0
        self.faults: list[str] = []

    def all(self) -> None:
        """Every state, in the order of a working session."""
        self._before_a_clip()
        self._shot()
        self._palette()
        self._dialogs()

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        """Keeps a picture of a widget, by default of the window, and looks for what is cut off in it."""
        from screenshots import settle

        settle()
        shown = widget or self.workspace.window
        shown.grab().save(str(self.folder / f"{name}.png"))
        self.count += 1
        self.faults += [f"{name}: {fault}" for fault in cut_off(shown)]

    # -- the window ---------------------------------------------------------------------------------------------

    def _before_a_clip(self) -> None:
        from vosapp.core.recent import UnsavedWork

        session = self.workspace.session
        self.picture("start")
        work = UnsavedWork(Path("/home/unsaved/a.vosapp"), "plate_v012.mov", datetime(2026, 3, 4, 17, 5), 31, "paint")
        recent = ("/shots/reef/reef.vosapp", "/shots/sq010/sh0040/plates/sh0040_bg01_v003", "/shots/b/runner_v002.mov")
        self._keep_pictures(recent)
        session.set(app=replace(session.app, recent=recent * 2, unsaved=(work, replace(work, clip_name="b.mov"))))
        self.picture("start-lists")

    def _keep_pictures(self, paths: tuple[str, ...]) -> None:
        from vosapp.core.recent import picture_path
        from vosapp.data.demo.files import demo_clip
        from vosapp.video.open import open_video
        from vosapp.video.stills.images import write_png

        source = open_video(demo_clip())
        for path in paths[:2]:
            picture_path(path).parent.mkdir(parents=True, exist_ok=True)
            write_png(picture_path(path), source.frame(33)[::8, ::8].copy())
        source.close()

    def _shot(self) -> None:
        from screenshots import fill, go, settle, suggest, wait

        from vosapp.core.document import MatteSettings
        from vosapp.data.demo.files import demo_clip
        from vosapp.presentation.status import NoticeKind, WorkStatus
        from vosapp.presentation.view_state import ObjectStyle

        workspace, session, window = self.workspace, self.workspace.session, self.workspace.window
        workspace.files.projects.open_path(demo_clip())
        wait(lambda: session.shot.picture_index == 0)
        self.picture("opened")
        suggest(workspace)
        self.picture("suggest")
        workspace.networks.suggest.discard()
        go(workspace, 0)
        engines = window.propagate.picker
        engines.open_beside(window.propagate.engine_button)
        self.picture("engines", engines)
        engines.hide()
        fill(workspace, last=83)
        self._five_objects()
        self._tools()
        go(workspace, 33)
        self.picture("finished")
        run = WorkStatus("Propagate forward", 34, 84, 8.4, 6.0, "Frame 34", note="Memory ran short: smaller steps.")
        session.set(shot=replace(session.shot, run=run))
        self.picture("running")
        session.set(shot=replace(session.shot, run=None))
        session.set(app=replace(session.app, tour=4))
        self.picture("tour")
        session.set(app=replace(session.app, tour=0))
        for mode in ("outline", "matte", "cutout", "source", "overlay"):
            window.commands[f"view.{mode}"].trigger()
            self.picture(f"view-{mode}")
        session.set(shot=replace(session.shot, styles=dict(zip(range(1, 4), ObjectStyle, strict=True))))
        window.commands["tool.brush"].trigger()
        self.picture("object-styles")
        session.set(shot=replace(session.shot, styles={}))
        workspace.editing.mattes.set_matte(1, MatteSettings(grow_px=-1, feather_px=6))
        window.commands["view.wipe"].trigger()
        self.picture("wipe")
        window.commands["view.wipe"].trigger()
        window.commands["object.matte"].trigger()
        self.picture("matte-panel")
        window.commands["object.matte"].trigger()
        session.notify("plate_v003.mov ends in the middle of frame 412.", "Copy the file again.", NoticeKind.ERROR)
        self.picture("message")
        session.dismiss()
        for title, menu in ((one.text().lower(), one.menu()) for one in window.menuBar().actions()):
            menu.popup(window.mapToGlobal(window.rect().topLeft()))
            settle()
            self.picture(f"menu-{title}", menu)
            menu.hide()

    def _tools(self) -> None:
        from screenshots import SUGGESTED_ON, go, scribble, transform

        from vosapp.presentation.pen_shapes import ellipse

        workspace, window = self.workspace, self.workspace.window
        go(workspace, SUGGESTED_ON)
        scribble(workspace)
        self.picture("tool-scribble")
        workspace.networks.select.drop()
        transform(workspace)
        self.picture("tool-transform")
        workspace.editing.transform.drop()
        window.commands["tool.ellipse"].trigger()
        window.canvas.pen.shapes.paste(ellipse((300, 120), (620, 400)))
        self.picture("tool-ellipse")
        window.canvas.pen.shapes.drop()
        window.commands["tool.brush"].trigger()

    def _palette(self) -> None:
        from vosapp.ui.dialogs.palette import CommandPalette

        window = self.workspace.window
        palette = CommandPalette(window.commands, window)
        palette.open_over(window)
        palette.field.setText("ma")
        self.picture("palette", palette)
        palette.close()

    def _five_objects(self) -> None:
        from vosapp.core import edits

        editor = self.workspace.session.editor
        for name in ("Kelp in front", "Other clownfish", "Garbage mask of the camera's shadow", "Diver"):
            editor.apply("Add object", edits.add_object(editor.document, name)[0])

    # -- the dialogs --------------------------------------------------------------------------------------------

    def _dialogs(self) -> None:
        for name in (
            "edit.settings",
            "edit.keys",
            "file.clip_facts",
            "help.shortcuts",
            "help.about",
            "help.messages",
            "file.batch",
            "file.export",
            "edit.clean_up_sizes",
            "edit.approve_range",
            "edit.move_range",
            "file.import_masks",
            "file.relink",
        ):
            self.command(name)
        self._made_dialogs()

    def command(self, action_id: str) -> None:
        """Keeps a picture of the dialog that a command opens."""
        before = set(dialogs())
        self.workspace.window.commands[action_id].trigger()
        self._finish(f"dialog-{action_id.replace('.', '-')}", before)

    def _finish(self, name: str, before: set[QWidget]) -> None:
        from screenshots import settle, wait

        wait(lambda: bool(set(dialogs()) - before), name)
        opened = (set(dialogs()) - before).pop()
        if isinstance(getattr(opened, "size_text", None), str):
            wait(lambda: bool(opened.size_text))
        if hasattr(opened, "is_looking"):
            wait(lambda: not opened.is_looking)
        self.picture(name, opened)
        opened.close()
        settle()

    def open(self, name: str, show: Callable[[], object]) -> None:
        """Keeps a picture of a dialog that a call opens."""
        before = set(dialogs())
        show()
        self._finish(f"dialog-{name}", before)

    def _made_dialogs(self) -> None:
        from vosapp.core.storage.backup import Backup
        from vosapp.ui.dialogs.backups import BackupDialog
        from vosapp.ui.dialogs.doctor import DoctorBox
        from vosapp.ui.dialogs.rate import RateDialog
        from vosapp.ui.dialogs.system import Dialogs

        window = self.workspace.window
        self.open("doctor", DoctorBox(window).open)
        self.open("rate", RateDialog(Fraction(24000, 1001), window).open)
        made = datetime(2026, 3, 4, 17, 5)
        backups = [Backup(Path(f"/b/{n}.vosapp"), "reef", made.replace(minute=n), 4_700_000) for n in range(5, 55, 10)]
        self.open("backups", BackupDialog(backups, window).open)
        question = "Delete the unsaved work on plate_v012.mov?"
        explanation = "31 steps, the last on 4 March at 17:05. Its masks are gone then and cannot be brought back."
        self.open("confirm", lambda: Dialogs(window).confirm(question, explanation, "Delete", agreed=_nothing))


def _nothing() -> None:
    pass


def dialogs() -> list[QWidget]:
    """The dialogs that are on the screen."""
    from PySide6.QtWidgets import QApplication, QDialog

    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def cut_off(shown: QWidget) -> list[str]:
    """Sentences on the texts in a widget that need more room than they have, and on a widget larger than its screen."""
    from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea

    from vosapp.ui.widgets import ElidedLabel

    room = shown.screen().availableSize()
    faults = []
    if shown.width() > room.width() or shown.height() > room.height():
        faults.append(f"{shown.width()}x{shown.height()} on a screen of {room.width()}x{room.height()}")
    for one in (*shown.findChildren(QLabel), *shown.findChildren(QAbstractButton)):
        if not one.isVisible() or not one.text() or isinstance(one, ElidedLabel):
            continue
        wraps = isinstance(one, QLabel) and one.wordWrap()
        wanted_px = one.heightForWidth(one.width()) if wraps else one.minimumSizeHint().height()
        too_narrow = not wraps and one.width() < _least_px(one)
        if too_narrow or one.height() < wanted_px:
            faults.append(f"“{one.text()}” has {one.width()}x{one.height()} and wants {one.sizeHint().toTuple()}")
        elif not any(
            area.isAncestorOf(one) for area in shown.findChildren(QScrollArea)
        ) and not one.window().rect().contains(one.mapTo(one.window(), one.rect().center())):
            faults.append(f"“{one.text()}” is outside of its window")
    return faults


def _least_px(one: QLabel | QAbstractButton) -> int:
    """Width that the text of a widget needs; a button may give up some of the room around it."""
    from PySide6.QtWidgets import QLabel, QToolButton

    if isinstance(one, QLabel | QToolButton):  # tool buttons show their icon alone
        return one.minimumSizeHint().width()
    beside = 0 if one.icon().isNull() else one.iconSize().width() + 4
    return one.fontMetrics().horizontalAdvance(one.text()) + beside + 8


if __name__ == "__main__":
    sys.exit(render(Path(sys.argv[2])) if sys.argv[1:2] == ["--one"] else main())

"""`vosapp demo`: plays the main job in the real window on the demo shot, with mouse and commands as a user would.

Without a display the same story plays offscreen. It leaves a project, masks, a ProRes 4444 matte and screenshots,
prints where they are, and how near the masks came to the true ones before and after the correction.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vosapp.core.errors import UserError
from vosapp.ui.app import end, make_application, use_offscreen_without_display
from vosapp.ui.demo.qt_messages import silence_offscreen
from vosapp.ui.demo.ui_driver import DemoDialogs, UiDriver

CORRECTION_STEP = 4  # frames between those among which the correction is made on the worst
_SMALLEST_PX = 60  # a correction leaves smaller faults alone, as a person would


def main(argv: Sequence[str]) -> int:
    """Plays the story and returns the exit code."""
    parser = argparse.ArgumentParser("vosapp demo", description="Play the main job on the demo shot.")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("demo-output"), help="default: %(default)s")
    parser.add_argument("--engine", metavar="NAME", default="", help="engine to propagate with; default: vosapp's own")
    arguments = parser.parse_args(argv)
    use_offscreen_without_display()
    folder = arguments.out.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vosapp-demo-") as data:
        os.environ["VOSAPP_DATA_DIR"] = data  # the user's settings and recent files stay as they are
        code = 0
        try:
            _Story(folder, arguments.engine).play()
        except UserError as error:
            print(f"vosapp: {error}", file=sys.stderr)  # noqa: T201 - this is a command
            code = 1
    return end(code)


class _Story:
    """The scenes of the demo, in order."""

    def __init__(self, folder: Path, engine: str) -> None:
        from vosapp.ui.workspace import Workspace

        application = make_application()
        if application.platformName() == "offscreen":
            silence_offscreen()
        self.folder = folder
        self.dialogs = DemoDialogs(folder)
        self.workspace = Workspace(dialogs=self.dialogs)
        self.driver = UiDriver(self.workspace)
        self.engine = engine
        self._pictures = 0
        self.is_watched = application.platformName() != "offscreen"

    def play(self) -> None:
        """Plays the whole story; whoever watches it keeps the window afterwards."""
        window = self.workspace.window
        window.resize(1440, 900)
        window.show()
        try:
            self._open()
            self._draw()
            before = self._propagate("propagated")
            self._correct()
            after = self._propagate("corrected")
            self._export()
            _say(f"J against the true masks: {before:.3f} after the first run, {after:.3f} after one correction")
            _say(f"Everything is in {self.folder}")
            if self.is_watched:
                _say("The window stays open: go on with it, or close it.")
                self.driver.wait(lambda: not window.isVisible(), seconds=24 * 3600)
        finally:
            window.close()
            self.driver.wait(lambda: not window.isVisible())

    def _open(self) -> None:
        from vosapp.data.demo.files import demo_clip

        _say("Opening the demo shot")
        self.driver.wait(lambda: True)
        self._picture("start")
        self.workspace.files.projects.open_path(demo_clip())
        session = self.workspace.session
        self.driver.wait(lambda: session.app.opening == "" and session.shot.picture_index == 0)
        if self.engine:
            self.workspace.networks.runs.choose_engine(self.engine)
        self.driver.trigger("file.save")

    def _draw(self) -> None:
        from vosapp.data.demo.files import demo_mask

        _say("Drawing the fish on the first frame")
        self.driver.trigger("tool.polygon")
        for outline in self.driver.outlines(demo_mask(0)):
            self.driver.lasso(outline)
        self._picture("drawn")

    def _propagate(self, name: str) -> float:
        """Propagates forward from here and returns the mean J of all frames but the first and the last."""
        _say("Propagating")
        session, runs = self.workspace.session, self.workspace.networks.runs
        self.driver.trigger("propagate.forward")
        self.driver.wait(lambda: not runs.is_running or (session.shot.run is not None and session.shot.run.done >= 12))
        self._picture(f"{name}-running")
        self.driver.wait(lambda: not runs.is_running)
        self._picture(name)
        return float(np.mean([self._jaccard(index) for index in range(1, self.workspace.session.last_frame)]))

    def _correct(self) -> None:
        """Repairs the worst frame: takes out what is too much, puts in what is missing."""
        from vosapp.data.demo.files import demo_mask

        candidates = range(CORRECTION_STEP, self.workspace.session.last_frame, CORRECTION_STEP)
        worst = min(candidates, key=self._jaccard)
        _say(f"Correcting frame {worst}")
        self.workspace.viewing.playback.go(worst)
        self.driver.wait(lambda: self.workspace.session.shot.picture_index == worst)
        self._picture("wrong")
        true = demo_mask(worst)
        self.driver.trigger("tool.polygon")
        for outline in self.driver.outlines(self._mask(worst) & ~true, _SMALLEST_PX):
            self.driver.lasso(outline, erase=True)
        for outline in self.driver.outlines(true & ~self._mask(worst), _SMALLEST_PX):
            self.driver.lasso(outline)
        self._picture("repaired")

    def _export(self) -> None:
        from vosapp.export.formats import ExportFormat

        exports = self.workspace.exports
        self.driver.trigger("file.export")
        for chosen, place in ((ExportFormat.PNG_INDEXED, "masks"), (ExportFormat.PRORES_4444, "matte")):
            _say(f"Exporting {chosen.value}")
            self.dialogs.export_folder = self.folder / place
            self.dialogs.export_folder.mkdir(exist_ok=True)
            exports.choose_format(chosen)
            exports.choose_folder()
            exports.start()
            self.driver.wait(lambda: not exports.is_running)
            shown = exports.display()
            if not shown.result_path:
                raise UserError(shown.result.text if shown.result else "The export did not start.")
            _say(f"  {shown.result_path}")
        dialog = self.workspace.exports.dialog
        if dialog is not None:
            self._picture("exported")
            dialog.grab().save(str(self.folder / "screenshots" / "export-dialog.png"))
            dialog.close()

    def _mask(self, frame_index: int) -> np.ndarray:
        mask = self.workspace.session.editor.mask(1, frame_index)
        if mask is None:
            raise UserError(f"Frame {frame_index} has no mask: the run did not reach it.")
        return mask.array()

    def _jaccard(self, frame_index: int) -> float:
        from vosapp.data.demo.files import demo_mask
        from vosapp.metrics.davis import jaccard

        return jaccard(self._mask(frame_index), demo_mask(frame_index))

    def _picture(self, name: str) -> None:
        self.driver.settle()
        folder = self.folder / "screenshots"
        folder.mkdir(exist_ok=True)
        self._pictures += 1
        self.workspace.window.grab().save(str(folder / f"{self._pictures:02d}-{name}.png"))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is a command

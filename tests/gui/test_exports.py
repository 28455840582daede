"""The export dialog: what it says before, while and after."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gui.window_driver import WindowDriver
from vosapp.core.document import MatteSettings
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import JobContext
from vosapp.export.export_job import ExportReport, ExportTask, export_body
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks
from vosapp.export.shapes.formats import SHAPE_FORMATS
from vosapp.export.targets.png_family import PngFamily
from vosapp.presentation.requests.export import products
from vosapp.presentation.requests.export_choice import Scope
from vosapp.presentation.status import NoticeKind
from vosapp.ui.dialogs.export import ExportDialog
from vosapp.video.stills.images import read_image


@pytest.fixture
def masked(shot: WindowDriver, tmp_path: Path) -> WindowDriver:
    """Masks on frames 0 to 7 of 12, and the export dialog open on an empty folder."""
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 55)])
    shot.workspace.viewing.playback.set_in_out(FrameRange(0, 7))
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.answers.frames = FrameRange(8, 11)
    shot.trigger("edit.delete_range")
    shot.workspace.viewing.playback.set_in_out(None)
    shot.trigger("file.export")
    shot.answers.path = tmp_path
    shot.workspace.exports.choose_folder()
    return shot


def dialog(driver: WindowDriver) -> ExportDialog:
    assert driver.workspace.exports.dialog is not None
    return driver.workspace.exports.dialog


def export(driver: WindowDriver) -> None:
    dialog(driver).export_button.click()
    driver.wait(lambda: not driver.workspace.exports.is_running)


def test_the_list_before_says_what_is_missing(masked: WindowDriver) -> None:
    findings = dialog(masked).findings
    assert findings[0].kind is NoticeKind.GOOD and "12 frames (0 to 11), 1 object" in findings[0].text
    assert any("no mask on 4 frames: 8 to 11" in finding.text for finding in findings)
    masked.go(9)
    masked.drag([(60, 60)])
    assert any("3 frames: 8, 10 to 11" in finding.text for finding in dialog(masked).findings), "it follows the work"


def test_the_list_says_what_becomes_of_a_matte_edge(masked: WindowDriver) -> None:
    def told() -> list[tuple[NoticeKind, str]]:
        return [(found.kind, found.text) for found in dialog(masked).findings if "matte edge" in found.text]

    assert told() == []
    masked.workspace.editing.mattes.set_matte(1, MatteSettings(feather_px=4))
    assert told() == [(NoticeKind.INFO, "With the matte edge that is set for Object 1, so the masks have greys.")]
    masked.workspace.exports.choose_format(ExportFormat.PNG_INDEXED)
    assert told()[0][0] is NoticeKind.WARNING and "leaves the matte edge out" in told()[0][1]


def images_in(folder: Path) -> list[Path]:
    """The PNGs of an export; the user's own data lies in the same temporary folder, with pictures of recent files."""
    return sorted(path for path in folder.rglob("*.png") if path.relative_to(folder).parts[0] != "data")


def test_png_masks_are_as_many_as_frames_and_as_drawn(masked: WindowDriver, tmp_path: Path) -> None:
    export(masked)
    assert "Done: 12 frames" in dialog(masked).result_text
    files = images_in(tmp_path)
    assert len(files) == 12
    assert np.array_equal(read_image(files[3]) > 0, masked.mask(3))
    assert not read_image(files[10]).any()


def test_frames_without_masks_can_be_left_out(masked: WindowDriver, tmp_path: Path) -> None:
    masked.workspace.exports.choose_missing(MissingMasks.SKIP)
    masked.workspace.exports.choose_format(ExportFormat.PNG_INDEXED)
    export(masked)
    assert len(images_in(tmp_path)) == 8


def test_only_in_to_out(masked: WindowDriver, tmp_path: Path) -> None:
    masked.workspace.viewing.playback.set_in_out(FrameRange(2, 4))
    export(masked)
    assert sorted(int(path.stem) for path in images_in(tmp_path)) == [2, 3, 4]


def test_prores(masked: WindowDriver, tmp_path: Path) -> None:
    dialog(masked).select(ExportFormat.PRORES_4444)
    export(masked)
    assert "read back" in dialog(masked).result_text
    assert [path.suffix for path in tmp_path.glob("*.mov")] == [".mov"]


def test_other_files_are_replaced_only_after_asking(masked: WindowDriver, tmp_path: Path) -> None:
    masked.workspace.exports.choose_format(ExportFormat.PRORES_4444)
    target = Path(masked.workspace.exports.display().target)
    target.write_bytes(b"precious")
    masked.answers.agrees = False
    export(masked)
    assert target.read_bytes() == b"precious"
    masked.answers.agrees = True
    export(masked)
    assert target.stat().st_size > 1000


def test_cancelling_says_what_stays(masked: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def patient_body(task: ExportTask) -> Callable[[JobContext], ExportReport]:
        """The real body, held until the user has cancelled: twelve frames are written too quickly to hit."""
        real = export_body(task)

        def body(context: JobContext) -> ExportReport:
            while not context.cancelled():
                time.sleep(0.01)
            return real(context)

        return body

    monkeypatch.setattr("vosapp.export.export_job.export_body", patient_body)
    dialog(masked).export_button.click()
    masked.workspace.exports.cancel()
    masked.wait(lambda: not masked.workspace.exports.is_running)
    assert "Stopped" in dialog(masked).result_text


def test_a_stopped_export_of_images_goes_on_where_it_stopped(
    masked: WindowDriver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written: list[str] = []
    real_write = PngFamily.write

    def write(self: PngFamily, path: Path, picture: Any) -> None:
        if tmp_path in path.parents:  # and not the one that the dialog writes for a try
            written.append(path.name)
            if len(written) == 5:
                exports.task.cancel()
        real_write(self, path, picture)

    monkeypatch.setattr(PngFamily, "write", write)
    exports = masked.workspace.exports
    dialog(masked).select(ExportFormat.PNG)
    options = dialog(masked).options
    assert options.resume.isVisible() and not options.resume.isChecked()
    options.resume.click()
    export(masked)
    assert "Export goes on from there" in dialog(masked).result_text
    export(masked)
    assert "12 frames" in dialog(masked).result_text
    assert len(written) == len(set(written)) == 12, "none was written twice"
    assert not list(tmp_path.rglob(".vosapp-export-*"))


def test_a_folder_that_cannot_be_written_is_one_sentence(masked: WindowDriver, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    exports = masked.workspace.exports
    exports.choose(replace(exports.choice, folder=str(blocker)))
    export(masked)
    text = dialog(masked).result_text
    assert "file" in text and "Errno" not in text


def test_nothing_to_export_is_said(shot: WindowDriver) -> None:
    assert not shot.window.commands["file.export"].isEnabled()
    shot.trigger("object.add")
    shot.trigger("file.export")
    assert not dialog(shot).export_button.isEnabled()
    assert "no mask to export" in dialog(shot).findings[0].text


def test_the_window_stays_usable_and_closing_it_stops_the_export(masked: WindowDriver) -> None:
    dialog(masked).export_button.click()
    masked.go(5)
    masked.drag([(100, 40)])
    assert masked.mask(5)[40, 100]
    masked.close()
    assert not masked.workspace.exports.is_running


def test_every_format_is_offered_and_its_fields_with_it(masked: WindowDriver) -> None:
    shown = dialog(masked)
    offered = [choice for _, group in products() for choice in (product.choice for product in group)]
    assert {choice for choice in offered if isinstance(choice, ExportFormat)} == set(ExportFormat)
    for choice in offered:
        shown.select(choice)
        display = masked.workspace.exports.display()
        assert (display.choice.shapes or display.choice.format) == choice
        assert display.possible and Path(display.target).name, choice
    shown.select(ExportFormat.EXR_LAYERS)
    assert shown.options.parts.isVisible() and not shown.options.alpha.isVisible()
    shown.options.parts.chosen.emit(True)
    shown.select(ExportFormat.PRORES_4444)
    assert shown.options.alpha.isVisible() and not shown.options.parts.isVisible()
    assert masked.workspace.exports.choice.exr.multipart


def test_names_and_numbers_are_typed(masked: WindowDriver, tmp_path: Path) -> None:
    options = dialog(masked).options
    options.name.setText("{clip}_{object}_{frame:04}")
    options.name.textEdited.emit(options.name.text())
    options.number.setValue(1001)
    export(masked)
    stem = Path(masked.document.clip.path if masked.document.clip else "").stem
    assert sorted(p.name for p in images_in(tmp_path))[0] == f"{stem}_Object 1_1001.png"
    options.name.setText("{nonsense}")
    options.name.textEdited.emit(options.name.text())
    export(masked)
    assert "token" in dialog(masked).result_text or "no pattern" in dialog(masked).result_text


def test_the_current_frame_is_shown_with_the_size_of_the_whole(masked: WindowDriver) -> None:
    masked.go(2)
    masked.wait(lambda: "free there" in dialog(masked).size_text)
    assert dialog(masked).size_text.startswith("About")
    dialog(masked).select(ExportFormat.H264)
    masked.wait(lambda: dialog(masked).size_text.startswith("At most"))


def test_what_is_asked_for_meanwhile_waits_and_keeps_its_masks(masked: WindowDriver, tmp_path: Path) -> None:
    exports = masked.workspace.exports
    dialog(masked).export_button.click()
    assert exports.is_running
    dialog(masked).select(ExportFormat.PNG_INDEXED)
    dialog(masked).export_button.click()
    dialog(masked).select(ExportFormat.PNG_16)
    dialog(masked).export_button.click()
    dialog(masked).select("svg")
    dialog(masked).export_button.click()
    assert len(exports.display().waiting) == 3
    exports.remove_waiting(1)
    masked.trigger("object.delete")
    masked.wait(lambda: not exports.is_running and not exports.display().waiting)
    written = {folder.name: sorted(folder.rglob("*.*g")) for folder in tmp_path.glob("shot *")}
    assert {name: len(files) for name, files in written.items()} == {
        "shot masks": 12,
        "shot indexed masks": 12,
        "shot svg": 12,
    }
    assert read_image(written["shot indexed masks"][3]).any(), "the object was deleted after it was asked for"


def test_each_object_by_itself_where_none_has_a_mask(shot: WindowDriver) -> None:
    shot.trigger("object.add")
    shot.trigger("object.add")
    exports = shot.workspace.exports
    exports.choose_scope(Scope.EACH)
    display = exports.display()
    assert not display.possible and any("mask" in finding.text for finding in display.findings)
    for kind in SHAPE_FORMATS:
        exports.choose_product(kind.name)
        assert not exports.display().possible


def test_each_object_has_an_export_of_its_own(masked: WindowDriver, tmp_path: Path) -> None:
    masked.trigger("object.add")
    masked.go(3)
    masked.drag([(100, 40)])
    exports = masked.workspace.exports
    exports.choose_scope(Scope.EACH)
    dialog(masked).select(ExportFormat.PRORES_422_HQ)
    dialog(masked).export_button.click()
    masked.wait(lambda: not exports.is_running and not exports.display().waiting)
    assert len({p.name for p in tmp_path.glob("*.mov")}) == 2

"""The main job from beginning to end: open, draw, propagate, correct, undo, save, export, and read the files back.

The window is driven by mouse and commands; the command line then does the same job and has to give the same masks.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.clips import make_clip
from tests.gui.window_driver import WindowDriver
from tests.shared import shared_dir
from vosapp.__main__ import main
from vosapp.core.document import Origin
from vosapp.core.project import Project
from vosapp.core.timeline import Direction, FrameRange
from vosapp.export.formats import ExportFormat
from vosapp.presentation.view_state import Reach, Tool
from vosapp.video.open import open_video
from vosapp.video.stills.images import read_image

FRAMES = 16
SIZE = (120, 200)
CORRECTED = 8


def disc(index: int) -> tuple[int, int, int]:
    """(x, y, radius) of the moving object of the generated clip."""
    return 50 + 5 * index, 60, 24


def picture(index: int) -> NDArray[np.uint8]:
    """A textured disc that moves over a textured ground."""
    rng = np.random.default_rng(5)
    ground = cv2.GaussianBlur(rng.integers(0, 110, (*SIZE, 3)).astype(np.uint8), (5, 5), 0)
    skin = cv2.GaussianBlur(rng.integers(120, 255, (60, 60, 3)).astype(np.uint8), (5, 5), 0)
    x, y, radius = disc(index)
    inside = cv2.circle(np.zeros((60, 60), np.uint8), (30, 30), radius, 1, -1).astype(bool)
    window = ground[y - 30 : y + 30, x - 30 : x + 30]
    window[inside] = skin[inside]
    return ground


def truth(index: int) -> NDArray[np.bool_]:
    x, y, radius = disc(index)
    return cv2.circle(np.zeros(SIZE, np.uint8), (x, y), radius, 1, -1).astype(bool)


def jaccard(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("story") / "disc.mp4"
    return make_clip(path, frames=FRAMES, size=SIZE, rate=Fraction(24000, 1001), content=picture)


def draw_disc(driver: WindowDriver) -> None:
    """Draws the object of frame 0 as a polygon with the mouse."""
    driver.trigger("tool.polygon")
    x, y, radius = disc(0)
    corners = [(x + radius * np.cos(t), y + radius * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 24, endpoint=False)]
    for corner in corners:
        driver.click((float(corner[0]), float(corner[1])))
    driver.trigger("edit.anchor")
    assert driver.view.app.tool is Tool.POLYGON
    assert jaccard(driver.mask(0), truth(0)) > 0.9


def propagate_forward(driver: WindowDriver) -> None:
    driver.workspace.networks.runs.choose_engine("flow")
    driver.workspace.networks.runs.choose_direction(Direction.FORWARD)
    driver.trigger("propagate.forward")
    driver.finish_run()


def all_masks(driver: WindowDriver, frames: int) -> list[NDArray[np.bool_]]:
    return [driver.mask(index) for index in range(frames)]


def export(driver: WindowDriver, chosen: ExportFormat, folder: Path) -> Path:
    """Exports from the window's dialog into a folder and returns what was written."""
    driver.answers.path = folder
    driver.trigger("file.export")
    exports = driver.workspace.exports
    exports.choose_format(chosen)
    exports.choose_folder()
    exports.start()
    driver.wait(lambda: not exports.is_running)
    shown = exports.display()
    assert shown.result is not None
    assert "read back" in shown.result.text
    assert driver.workspace.exports.dialog is not None
    driver.workspace.exports.dialog.close()
    return Path(shown.result_path)


def read_masks(folder: Path, frames: int) -> list[NDArray[np.bool_]]:
    files = sorted(folder.glob("*.png"))
    assert [file.name for file in files] == [f"{index:05d}.png" for index in range(frames)]
    return [read_image(file) == 1 for file in files]


def same(a: list[NDArray[np.bool_]], b: list[NDArray[np.bool_]]) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_main_job_in_the_window_and_on_the_command_line(driver: WindowDriver, clip: Path, tmp_path: Path) -> None:
    driver.open(clip)
    draw_disc(driver)
    drawn = driver.mask(0)
    propagate_forward(driver)
    first_run = all_masks(driver, FRAMES)
    assert np.mean([jaccard(m, truth(i)) for i, m in enumerate(first_run)]) > 0.85
    assert np.array_equal(first_run[0], drawn)

    # A correction on a later frame: what is painted stays as painted, and the next run starts from it.
    driver.go(CORRECTED)
    driver.trigger("tool.eraser")
    x, y, _radius = disc(CORRECTED)
    driver.drag([(x - 6.0, y - 40.0), (x - 6.0, y + 40.0)])
    corrected = driver.mask(CORRECTED)
    assert corrected.sum() < first_run[CORRECTED].sum()
    propagate_forward(driver)
    cell = driver.cell(CORRECTED)
    assert cell is not None
    assert cell.origin is not Origin.PREDICTED
    assert np.array_equal(driver.mask(CORRECTED), corrected)
    second_run = all_masks(driver, FRAMES)
    assert same(second_run[:CORRECTED], first_run[:CORRECTED])
    assert not np.array_equal(second_run[CORRECTED + 1], first_run[CORRECTED + 1])
    erased = first_run[CORRECTED] & ~corrected
    for index in (CORRECTED + 1, CORRECTED + 3, CORRECTED + 6):  # the disc moves on by 5 px a frame
        assert (second_run[index] & np.roll(erased, 5 * (index - CORRECTED), axis=1)).sum() < 0.3 * erased.sum()

    # The run is one step.
    driver.trigger("edit.undo")
    assert same(all_masks(driver, FRAMES)[CORRECTED + 1 :], first_run[CORRECTED + 1 :])
    driver.trigger("edit.redo")
    assert same(all_masks(driver, FRAMES), second_run)

    # Exports of the window read back as the masks of the document.
    masks = export(driver, ExportFormat.PNG_INDEXED, tmp_path / "masks")
    assert same(read_masks(masks, FRAMES), second_run)
    binary = export(driver, ExportFormat.PNG, tmp_path / "binary")
    for index, file in enumerate(sorted(binary.rglob("*.png"))):
        assert np.array_equal(read_image(file) == 255, second_run[index])
    matte = open_video(export(driver, ExportFormat.PRORES_4444, tmp_path / "matte"))
    assert (matte.info.frame_count, matte.info.rate) == (FRAMES, Fraction(24000, 1001))
    alpha = matte.native(CORRECTED)[..., 3].astype(float)
    assert np.array_equal(alpha > np.iinfo(matte.native(CORRECTED).dtype).max / 2, second_run[CORRECTED])
    matte.close()

    # Saved, closed and opened again, nothing has changed.
    driver.answers.path = saved = tmp_path / "story.vosapp"
    driver.trigger("file.save")
    driver.trigger("file.close")
    project = Project.open(saved)
    assert same([project.editor.mask(1, i).array() for i in range(FRAMES)], second_run)  # type: ignore[union-attr]
    project.close()

    # The command line gives the same masks: from the drawn mask alone, and with the correction.
    frame_0, frame_8 = masks / "00000.png", masks / f"{CORRECTED:05d}.png"
    common = ["propagate", str(clip), "--engine", "flow", "--direction", "forward", "--mask", str(frame_0), "--at", "0"]
    assert main([*common, "--out", str(tmp_path / "cli-1")]) == 0
    assert same(read_masks(tmp_path / "cli-1", FRAMES), first_run)
    both = [*common, "--mask", str(frame_8), "--at", str(CORRECTED)]
    assert main([*both, "--out", str(tmp_path / "cli-2")]) == 0
    assert same(read_masks(tmp_path / "cli-2", FRAMES)[CORRECTED:], second_run[CORRECTED:])
    assert main(["export", str(saved), "--format", "png-indexed", "--out", str(tmp_path / "cli-3")]) == 0
    assert same(read_masks(tmp_path / "cli-3", FRAMES), second_run)


def test_a_real_shot_in_the_window_and_on_the_command_line(driver: WindowDriver, tmp_path: Path) -> None:
    shot = shared_dir("clips", "blackswan")
    last = 6
    driver.open(shot / "frames")
    driver.workspace.editing.masks.import_mask(shot / "masks" / "00000.png")
    driver.settle()
    driver.workspace.viewing.playback.set_in_out(FrameRange(0, last))
    driver.workspace.networks.runs.choose_reach(Reach.IN_OUT)
    propagate_forward(driver)
    masks = all_masks(driver, last + 1)
    for index, mask in enumerate(masks):
        assert jaccard(mask, read_image(shot / "masks" / f"{index:05d}.png") == 1) > 0.85
    arguments = ["propagate", str(shot / "frames"), "--mask", str(shot / "masks" / "00000.png"), "--engine", "flow"]
    assert main([*arguments, "--range", f"0:{last}", "--direction", "forward", "--out", str(tmp_path / "out")]) == 0
    assert same([read_image(tmp_path / "out" / f"{index:05d}.png") == 1 for index in range(last + 1)], masks)

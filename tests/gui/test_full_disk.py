"""A disk that runs full while somebody paints: said at once, nothing lost, and Save As leads out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.disks import small_disk_in
from tests.gui.window_driver import WindowDriver
from vosapp.core import edits
from vosapp.core.mask import Mask
from vosapp.core.project import Project


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a third of a megabyte."""
    with small_disk_in(tmp_path, "340k") as folder:
        yield folder


def paint_noise(driver: WindowDriver, seed: int) -> None:
    """A mask of 2 kB on the frame shown."""
    pixels = np.random.default_rng(seed).random((96, 160)) < 0.5
    editor = driver.workspace.session.editor
    made = edits.set_mask(editor.document, editor.store, 1, seed % 12, Mask.from_array(pixels))
    editor.apply("noise", made)


def test_a_full_disk_is_said_and_the_work_can_be_saved_elsewhere(
    shot: WindowDriver, small_disk: Path, tmp_path: Path
) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = small_disk / "a.vosapp"
    shot.trigger("file.save_as")
    shot.workspace.session.dismiss()
    seed = 0
    while not shot.notice and seed < 400:
        seed += 1
        paint_noise(shot, seed)
        shot.qtbot.wait(1)
    shot.wait(lambda: "no space left to save a.vosapp" in shot.notice)
    frames = list(shot.document.object(1).cells)
    painted = [shot.mask(frame) for frame in frames]
    shot.answers.agrees = False
    shot.window.close()
    shot.wait(lambda: "Leave without saving?" in shot.answers.asked)
    assert shot.window.isVisible()
    shot.answers.path = tmp_path / "rescued.vosapp"
    shot.trigger("file.save_as")
    assert shot.view.shot.project.name == "rescued"
    shot.trigger("file.close")
    project = Project.open(tmp_path / "rescued.vosapp", read_only=True)
    for frame, expected in zip(frames, painted, strict=True):
        mask = project.editor.mask(1, frame)
        assert mask is not None and np.array_equal(mask.array(), expected)
    assert len(project.editor.history.steps) == seed + 2
    project.close()

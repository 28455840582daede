"""Recent files: their menu, their pictures on the first page, and unsaved work that a clip offers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QPushButton

from tests.clips import make_clip
from tests.gui.window_driver import WindowDriver
from vosapp.core.recent import picture_path, unsaved_dir
from vosapp.ui.panels.start_page import PICTURE


def entries(driver: WindowDriver) -> list[str]:
    return [action.text() for action in driver.window.recent.actions() if not action.isSeparator()]


def test_the_menu_opens_what_was_opened_before(driver: WindowDriver, clip_path: Path, tmp_path: Path) -> None:
    assert not driver.window.recent.menuAction().isEnabled()
    other = make_clip(tmp_path / "a & b.mp4", frames=3)
    driver.open(clip_path)
    driver.open(other)
    driver.wait(lambda: len(entries(driver)) == 3)
    assert entries(driver)[0].startswith("&1  a && b.mp4") and "shot.mp4" in entries(driver)[1]
    driver.window.recent.actions()[1].trigger()
    driver.wait(lambda: driver.view.app.opening == "" and driver.document.clip is not None)
    driver.settle()
    assert driver.document.clip is not None and driver.document.clip.path == str(clip_path.absolute())
    driver.window.recent.actions()[-1].trigger()
    driver.settle()
    assert entries(driver) == [] and not list(picture_path("x").parent.glob("*.png"))


def test_the_first_page_shows_a_picture_of_each(driver: WindowDriver, clip_path: Path) -> None:
    driver.open(clip_path)
    assert picture_path(str(clip_path.absolute())).exists()
    driver.close_clip()
    driver.settle()
    (card,) = [b for b in driver.window.start_page.findChildren(QPushButton) if b.accessibleName() == "shot.mp4"]
    sizes = [one.pixmap().deviceIndependentSize().toSize() for one in card.findChildren(QLabel) if one.pixmap()]
    assert PICTURE in sizes


def test_pictures_of_files_that_left_the_list_go(driver: WindowDriver, clip_path: Path, tmp_path: Path) -> None:
    driver.workspace.shell.settings.set("project.recent_count", 1)
    driver.open(clip_path)
    driver.open(make_clip(tmp_path / "b.mp4", frames=3))
    names = [path.name for path in picture_path("x").parent.glob("*.png")]
    assert names == [picture_path(str((tmp_path / "b.mp4").absolute())).name]


def test_a_clip_with_unsaved_work_offers_it(driver: WindowDriver, clip_path: Path, tmp_path: Path) -> None:
    driver.open(clip_path)
    assert not driver.window.commands["file.resume"].isEnabled()
    driver.workspace.viewing.view.set_brush(24)
    driver.click((50, 55))
    driver.trigger("file.close")
    driver.open(make_clip(tmp_path / "other.mp4", frames=3))
    assert "unsaved work" not in driver.notice
    driver.open(clip_path)
    assert "There is unsaved work on shot.mp4." in driver.notice
    driver.window.notice.button.click()
    driver.wait(lambda: len(driver.document.objects) == 1)
    driver.settle()
    assert driver.cell(0) is not None
    assert len(list(unsaved_dir().glob("*.vosapp"))) == 1  # the empty one that the clip began is gone
    assert not driver.window.commands["file.resume"].isEnabled()

"""The matte panel: settings take effect at once, are seen as they are exported, and are undone in steps."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton

from tests.gui.window_driver import LEFT, WindowDriver
from vosapp.cli.app import main
from vosapp.core.document import JoinKind, MatteCurve, MatteJoin, MatteSettings
from vosapp.export.formats import ExportFormat
from vosapp.matte.alpha import alpha_of
from vosapp.matte.foreground import own_colours
from vosapp.matte.layers import Layer
from vosapp.matte.refiner import loaded_refiner
from vosapp.presentation.matte.presets import PRESETS
from vosapp.presentation.view_state import Backdrop, ViewMode, Wipe
from vosapp.ui.panels.matte import MattePanel
from vosapp.ui.translation import install, retranslate, translate_widgets
from vosapp.video.stills.images import read_image


def drawn(driver: WindowDriver) -> WindowDriver:
    """With a mask on frame 0, and the panel open."""
    driver.drag([(50, 50), (70, 50)])
    driver.trigger("object.matte")
    return driver


def panel_of(driver: WindowDriver) -> MattePanel:
    return driver.window.matte


def shown(driver: WindowDriver) -> np.ndarray:
    """The overlay, once the mattes of the frame are there."""
    driver.wait(lambda: not driver.workspace.presenter.mattes.is_busy)
    return driver.canvas.overlay.labels


def export(driver: WindowDriver, folder: Path) -> None:
    """Exports PNG masks into a folder, and waits for them."""
    exports = driver.workspace.exports
    driver.answers.path = folder
    exports.choose_format(ExportFormat.PNG)
    exports.choose_folder()
    exports.start()
    driver.wait(lambda: not exports.is_running)


def export_both_ways(driver: WindowDriver, folder: Path) -> None:
    """Saves the project, and exports it from the window into `window`, by the command line into `command`."""
    driver.answers.path = folder / "project.vosapp"
    driver.trigger("file.save")
    (folder / "window").mkdir()
    export(driver, folder / "window")
    command = ["export", str(folder / "project.vosapp"), "--format", "png", "--out", str(folder / "command")]
    assert main(command) == 0


def export_rgba(driver: WindowDriver, folder: Path) -> np.ndarray:
    """Exports PNG pictures with alpha, and returns the one of frame 0."""
    exports = driver.workspace.exports
    folder.mkdir()
    driver.answers.path = folder
    exports.choose_format(ExportFormat.PNG_RGBA)
    exports.choose_folder()
    exports.start()
    driver.wait(lambda: not exports.is_running)
    return np.asarray(read_image(sorted(folder.rglob("00000.png"))[0]))


def set_by_key(driver: WindowDriver, name: str, text: str) -> None:
    """Types a number into a field of the panel."""
    spin = panel_of(driver).numbers[name].spin
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, text)
    QTest.keyClick(spin, Qt.Key.Key_Return)


def choose(driver: WindowDriver, button: QPushButton, text: str) -> None:
    """Opens a button's menu and clicks an entry."""
    QTest.mouseClick(button, LEFT)
    driver.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = [one for one in menu.actions() if one.text() == text]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_the_panel_takes_the_place_of_the_propagate_panel(shot: WindowDriver) -> None:
    drawn(shot)
    assert panel_of(shot).isVisible() and not shot.window.propagate.isVisible()
    assert shot.view.shot.mode is ViewMode.MATTE and shot.window.commands["object.matte"].isChecked()
    shot.trigger("object.matte")
    assert not panel_of(shot).isVisible() and shot.window.propagate.isVisible()
    assert shot.view.shot.mode is ViewMode.OVERLAY


def test_the_panel_speaks_german_names_objects_as_they_are_and_its_sliders_can_be_dragged(shot: WindowDriver) -> None:
    drawn(shot)
    shot.workspace.editing.objects.rename(1, "White")
    application = QApplication.instance()
    assert isinstance(application, QApplication) and install(application, "de") == "de"
    try:
        translate_widgets(shot.window)
        shot.workspace.presenter.show_anew()
        panel = panel_of(shot)
        texts = [one.text() for one in panel.findChildren(QLabel)]
        assert {"MATTE", "Löcher", "innen", "Kante", "White"} <= set(texts) and "Weiß" in texts  # the number's name
        assert panel.edge.button("fast").text() == "Schnell" and "Bild" in panel.edge.button("fast").toolTip()
        assert "Keyframe" in (panel.numbers["grow_px"].key or panel).toolTip()
        assert min(number.slider.width() for number in panel.numbers.values()) >= 60
    finally:
        install(application, "en")
        retranslate()


def test_the_panel_of_an_object_with_an_edge_from_the_picture_opens_again(shot: WindowDriver) -> None:
    drawn(shot)
    QTest.mouseClick(panel_of(shot).edge.button("fast"), LEFT)
    soft = shown(shot).copy()
    for _ in range(2):
        shot.trigger("object.matte")
        assert set(np.unique(shot.canvas.overlay.labels)) <= {0, 1}  # masks again
        shot.workspace.presenter.mattes.forget()
        shot.trigger("object.matte")
        assert panel_of(shot).isVisible() and np.array_equal(shown(shot), soft)


@pytest.mark.parametrize("edge", ["drawn", "fast"])
def test_what_is_seen_is_what_is_exported_to_the_level(shot: WindowDriver, tmp_path: Path, edge: str) -> None:
    drawn(shot)
    QTest.mouseClick(panel_of(shot).edge.button(edge), LEFT)
    set_by_key(shot, "smooth_px", "1.5")
    set_by_key(shot, "grow_px", "-0.7")
    set_by_key(shot, "feather_px", "4.3")
    set_by_key(shot, "gamma", "1.2")
    settings = shot.document.object(1).matte
    assert settings == MatteSettings(-0.7, 4.3, smooth_px=1.5, gamma=1.2, edge=edge)
    seen = shown(shot).copy()
    assert shot.canvas.frame is not None and len(np.unique(seen)) > 4
    assert np.array_equal(seen, alpha_of(shot.mask(0), settings, shot.canvas.frame))
    export(shot, tmp_path)
    assert np.array_equal(read_image(sorted(tmp_path.rglob("00000.png"))[0]), seen)


def test_a_slider_dragged_is_one_step_and_two_settings_are_two(shot: WindowDriver) -> None:
    drawn(shot)
    numbers = panel_of(shot).numbers
    for tick in (3, 8, 20):
        numbers["feather_px"].slider.setValue(tick)
    set_by_key(shot, "grow_px", "2")
    assert shot.document.object(1).matte == MatteSettings(2.0, 10.0)
    shot.trigger("edit.undo")
    assert shot.document.object(1).matte == MatteSettings(0.0, 10.0) and numbers["grow_px"].spin.value() == 0
    shot.trigger("edit.undo")
    assert shot.document.object(1).matte == MatteSettings() and numbers["feather_px"].slider.value() == 0
    assert shot.view.shot.project.undo_label == "paint"
    shot.trigger("edit.redo")
    assert np.array_equal(shown(shot), alpha_of(shot.mask(0), MatteSettings(feather_px=10.0)))


def test_while_a_slider_moves_the_matte_before_stays_until_the_new_one_is_there(shot: WindowDriver) -> None:
    drawn(shot)
    set_by_key(shot, "feather_px", "6")
    before = shown(shot).copy()
    panel_of(shot).numbers["feather_px"].slider.setValue(30)
    assert np.array_equal(shot.canvas.overlay.labels, before), "no hard mask flashes up in between"
    assert not np.array_equal(shown(shot), before)


def test_painting_on_a_soft_matte_shows_the_mask_and_then_the_matte_again(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.workspace.editing.mattes.set_matte(1, MatteSettings(grow_px=3.0, feather_px=6.0))
    shot.trigger("view.cutout")
    shot.drag([(60, 50), (90, 50)], lift=False)
    assert set(np.unique(shot.canvas.overlay.labels)) == {0, 1}
    shot.lift((90, 50))
    assert np.array_equal(shown(shot), alpha_of(shot.mask(0), MatteSettings(3.0, 6.0)))


def test_the_matte_follows_the_playhead(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.trigger("object.matte")
    QTest.mouseClick(panel_of(shot).edge.button("fast"), LEFT)
    for frame in (3, 4, 3):
        shot.go(frame)
        expected = alpha_of(shot.mask(frame), MatteSettings(edge="fast"), shot.canvas.frame)
        assert np.array_equal(shown(shot), expected), frame


def test_matte_and_band_show_the_active_object_alone(shot: WindowDriver) -> None:
    drawn(shot)
    shot.trigger("object.add")
    shot.drag([(120, 60), (130, 60)])
    set_by_key(shot, "feather_px", "5")
    assert np.array_equal(shown(shot), alpha_of(shot.mask(0, 2), MatteSettings(feather_px=5.0)))
    shot.trigger("object.select_1")
    assert panel_of(shot).numbers["feather_px"].spin.value() == 0
    assert np.array_equal(shown(shot) > 0, shot.mask(0))
    shot.trigger("view.cutout")
    assert shown(shot).any() and (shot.canvas.overlay.labels[shot.mask(0) | shot.mask(0, 2)] > 0).all()


def test_the_band_is_what_is_neither_in_nor_out(shot: WindowDriver) -> None:
    drawn(shot)
    set_by_key(shot, "feather_px", "16")
    shot.trigger("view.band")
    alpha = shown(shot)
    picture = shot.canvas.grab().toImage()
    soft = np.argwhere((alpha > 100) & (alpha < 150))[0]
    pixel = shot.canvas.to_view((soft[1] + 0.5, soft[0] + 0.5)).toPoint() * picture.devicePixelRatio()
    red, green, blue, _ = picture.pixelColor(pixel).getRgb()
    assert red > 150 and red > green > blue, "the band is amber"


def test_presets_copies_and_reset_are_steps(shot: WindowDriver) -> None:
    drawn(shot)
    shot.trigger("object.add")
    shot.trigger("object.add")
    shot.trigger("object.select_1")
    panel = panel_of(shot)

    wanted = "Hair and fur"
    choose(shot, panel.preset_button, wanted)
    (preset,) = [one for one in PRESETS if one.title == wanted]
    assert shot.document.object(1).matte == preset.settings and panel.preset_button.text() == wanted
    choose(shot, panel.copy_button, "All of them")
    assert all(item.matte == preset.settings for item in shot.document.objects) and "2 objects" in shot.notice
    QTest.mouseClick(panel.reset_button, LEFT)
    assert [item.matte for item in shot.document.objects] == [MatteSettings(), preset.settings, preset.settings]
    shot.trigger("edit.undo")
    shot.trigger("edit.undo")
    assert [item.matte for item in shot.document.objects] == [preset.settings, MatteSettings(), MatteSettings()]


def test_quality_is_offered_only_where_the_refiner_has_weights(
    shot: WindowDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path)
    loaded_refiner.cache_clear()
    drawn(shot)
    button = panel_of(shot).edge.button("quality")
    assert not button.isEnabled() and "weights" in button.toolTip()
    shot.workspace.editing.mattes.set_edge("quality")  # as a project of another computer has it
    shot.wait(lambda: bool(shot.notice))
    assert "Matte refiner" in shot.notice
    assert np.array_equal(shown(shot) > 0, shot.mask(0)), "the mask stands for the matte that cannot be made"


def test_the_wipe_compares_the_matte_with_its_mask(shot: WindowDriver) -> None:
    drawn(shot)
    set_by_key(shot, "grow_px", "6")
    shot.trigger("view.wipe_matte")
    assert shot.view.shot.wipe is Wipe.MASK and shot.canvas.other_overlay.isVisible()
    assert (shown(shot) > 0).sum() > shot.mask(0).sum()
    assert np.array_equal(shot.canvas.other_overlay.labels > 0, shot.mask(0))
    shot.trigger("view.wipe_matte")
    assert shot.view.shot.wipe is Wipe.OFF


def test_the_cutout_lies_on_a_checkerboard_or_on_a_picture(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    path = tmp_path / "background.png"
    cv2.imwrite(str(path), np.full((40, 60, 3), (20, 60, 250), np.uint8))
    shot.answers.path = path
    shot.trigger("view.backdrop_picture")
    assert shot.view.app.backdrop is Backdrop.PICTURE and shot.view.shot.mode is ViewMode.CUTOUT
    assert colours_outside(shot) == {(250, 60, 20)}
    while shot.view.app.backdrop is not Backdrop.CHECKER:
        shot.trigger("view.backdrop")
    assert colours_outside(shot) == {(104, 104, 104), (152, 152, 152)}


def colours_outside(driver: WindowDriver) -> set[tuple[int, int, int]]:
    """Colours of the canvas along a line through the picture, away from the mask."""
    image = driver.canvas.grab().toImage()
    points = [driver.canvas.to_view((x, 85.0)).toPoint() * image.devicePixelRatio() for x in range(20, 140, 2)]
    return {image.pixelColor(point).getRgb()[:3] for point in points}


def test_letters_typed_into_a_number_reach_nothing_behind_it(shot: WindowDriver) -> None:
    drawn(shot)
    before = shot.view.app.tool, dict(shot.document.object(1).cells)
    spin = panel_of(shot).numbers["grow_px"].spin
    spin.setFocus()
    QTest.keyClicks(spin, "pegnbfcjklwio")
    QTest.keyClick(spin, Qt.Key.Key_Delete)
    assert (shot.view.app.tool, dict(shot.document.object(1).cells)) == before
    assert not shot.workspace.networks.runs.is_running


def test_keys_change_the_matte_over_time_in_window_timeline_and_export(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.trigger("object.matte")
    grow = panel_of(shot).numbers["grow_px"]
    assert grow.key is not None and panel_of(shot).numbers["gamma"].key is None
    QTest.mouseClick(grow.key, LEFT)
    shot.go(4)
    set_by_key(shot, "grow_px", "6")
    assert shot.document.object(1).curves == (MatteCurve("grow_px", ((0, 0.0), (4, 6.0))),)
    shot.go(2)
    assert grow.spin.value() == 3.0 and "Set a key" in grow.key.toolTip()
    expected = alpha_of(shot.mask(2), MatteSettings(grow_px=3.0))
    assert np.array_equal(shown(shot), expected)
    display = shot.workspace.presenter.display
    assert display is not None and display.timeline.lanes[0].matte_keys == (0, 4)
    export(shot, tmp_path)
    assert np.array_equal(read_image(sorted(tmp_path.rglob("00002.png"))[0]), expected)


def test_keys_are_gone_to_taken_away_and_undone(shot: WindowDriver) -> None:
    drawn(shot)
    feather = panel_of(shot).numbers["feather_px"]
    assert feather.key is not None and not shot.window.commands["go.next_key"].isEnabled()
    set_by_key(shot, "feather_px", "4")
    QTest.mouseClick(feather.key, LEFT)
    shot.go(5)
    QTest.mouseClick(feather.key, LEFT)
    shot.trigger("go.previous_key")
    assert shot.view.shot.frame_index == 0
    shot.trigger("go.next_key")
    assert shot.view.shot.frame_index == 5 and "away" in feather.key.toolTip()
    QTest.mouseClick(feather.key, LEFT)
    shot.trigger("go.previous_key")
    QTest.mouseClick(feather.key, LEFT)
    assert shot.document.object(1).curves == () and shot.document.object(1).matte.feather_px == 4
    shot.trigger("edit.undo")
    shot.trigger("edit.undo")
    assert shot.document.object(1).curves[0].keys == ((0, 4.0), (5, 4.0))


def test_another_object_is_cut_out_as_in_the_export(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    set_by_key(shot, "feather_px", "4")
    shot.trigger("object.add")
    shot.drag([(70, 50), (80, 50)])
    shot.trigger("object.select_1")
    others = panel_of(shot).others
    choose(shot, others.add_button, "Cut out Object 2")
    assert shot.document.object(1).joins == (MatteJoin(2, JoinKind.SUBTRACT),)
    seen = shown(shot).copy()
    own = alpha_of(shot.mask(0), MatteSettings(feather_px=4))
    assert np.array_equal(seen, np.where(shot.mask(0, 2), 0, own)) and (own > seen).any()
    export(shot, tmp_path)
    assert np.array_equal(read_image(sorted(tmp_path.rglob("00000.png"))[0]), seen)


def test_a_garbage_matte_is_drawn_once_held_and_taken_away(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.trigger("object.add")
    shot.go(0)
    shot.drag([(70, 50), (70, 80)])
    shot.trigger("object.select_1")
    shot.trigger("object.matte")
    others = panel_of(shot).others
    choose(shot, others.add_button, "Keep only inside Object 2")
    shot.go(3)
    assert np.array_equal(shown(shot) > 0, shot.mask(3) & shot.mask(0, 2)), "it holds on frames without a mask of it"
    QTest.mouseClick(others.rows[0].hold, LEFT)
    assert not shown(shot).any()
    shot.trigger("edit.undo")
    assert shot.document.object(1).joins == (MatteJoin(2, JoinKind.INSIDE, is_held=True),)
    QTest.mouseClick(others.rows[0].remove, LEFT)
    assert shot.document.object(1).joins == () and not others.rows


def test_a_steady_matte_is_the_same_in_window_export_and_command(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.trigger("object.matte")
    set_by_key(shot, "feather_px", "3")
    before = shown(shot).copy()
    set_by_key(shot, "steady", "1")
    seen = []
    for frame in (5, 4, 0):
        shot.go(frame)
        seen.append(shown(shot).copy())
    assert not np.array_equal(seen[-1], before), "the masks shift by three pixels over a picture that stands still"
    export_both_ways(shot, tmp_path)
    for frame, alpha in zip((5, 4, 0), seen, strict=True):
        for place in ("window", "command"):
            assert np.array_equal(read_image(sorted((tmp_path / place).rglob(f"0000{frame}.png"))[0]), alpha), place


def test_spill_is_taken_out_of_the_cutout_as_out_of_the_export(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    set_by_key(shot, "feather_px", "9")
    set_by_key(shot, "decontaminate", "1")
    shot.trigger("view.cutout")
    alpha, frame = shown(shot).copy(), shot.canvas.frame
    assert frame is not None
    seen = np.array(shot.canvas.frame_item.picture)
    mixed = (alpha > 0) & (alpha < 255)
    assert (seen != frame)[mixed].any() and np.array_equal(seen[~mixed], frame[~mixed])
    cleaned = export_rgba(shot, tmp_path / "clean")
    set_by_key(shot, "decontaminate", "0")
    plain = export_rgba(shot, tmp_path / "plain")  # decoded at its own depth, a level or two off what is shown
    layer = Layer(1, (0, 0, 0), shot.mask(0), MatteSettings(feather_px=9, decontaminate=1))
    expected = np.round(own_colours(plain[..., :3].astype(np.float32), [layer]))
    assert np.array_equal(cleaned[..., 3], alpha) and np.array_equal(cleaned[..., :3], expected)
    assert (cleaned != plain).any()
    set_by_key(shot, "decontaminate", "1")
    shot.trigger("view.matte")
    assert np.array_equal(np.array(shot.canvas.frame_item.picture), frame)


def test_a_movie_behind_the_cutout_runs_along_and_begins_again(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    frames, levels = 4, (40, 90, 140, 190)
    path = tmp_path / "behind.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 24, (64, 40))
    for level in levels:
        writer.write(np.full((40, 64, 3), level, np.uint8))
    writer.release()
    shot.answers.path = path
    shot.trigger("view.backdrop_picture")
    shot.wait(lambda: shot.view.app.backdrop is Backdrop.PICTURE)
    for frame in (0, 2, 5, 3, 0):
        shot.go(frame)
        shot.wait(lambda level=levels[frame % frames]: is_grey(colours_outside(shot), level))
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), np.full((40, 60, 3), (20, 60, 250), np.uint8))
    shot.answers.path = still
    shot.trigger("view.backdrop_picture")
    shot.wait(lambda: colours_outside(shot) == {(250, 60, 20)})
    shot.go(2)
    assert colours_outside(shot) == {(250, 60, 20)}, "the movie is gone"


def is_grey(colours: set[tuple[int, int, int]], level: int) -> bool:
    return all(abs(part - level) <= 6 for colour in colours for part in colour)


def test_a_background_that_is_no_movie_says_so(shot: WindowDriver, tmp_path: Path) -> None:
    drawn(shot)
    path = tmp_path / "behind.mov"
    path.write_bytes(b"no movie at all")
    shot.answers.path = path
    shot.trigger("view.backdrop_picture")
    shot.wait(lambda: bool(shot.notice))
    assert "behind.mov" in shot.notice and shot.view.app.backdrop is not Backdrop.PICTURE

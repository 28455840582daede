"""The About box tells the version and leads to what works here; faults leave a report and are told of once."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import PATIENCE_MS, WindowDriver
from vosapp import __version__
from vosapp.core import paths
from vosapp.core.crash_reports import crash_folder, crash_reports
from vosapp.engine.job import Job
from vosapp.ui.app import ErrorReporter, logger
from vosapp.ui.dialogs.about import AboutBox
from vosapp.ui.dialogs.doctor import DoctorBox
from vosapp.ui.jobs.job_thread import JobThread


def test_about_leads_to_what_works_here(driver: WindowDriver, qtbot: QtBot) -> None:
    driver.trigger("help.about")
    about = driver.window.findChild(AboutBox)
    assert about is not None and __version__ in about.text() and "Qt" in about.informativeText()
    about.doctor.click()
    box = driver.window.findChild(DoctorBox)
    assert box is not None
    qtbot.waitUntil(lambda: not box.is_looking, timeout=PATIENCE_MS)
    assert "Qt" in box.text and "draws with offscreen" in box.text and "H.264" in box.text
    assert "Looking" not in box.text
    box._copy.click()
    assert QApplication.clipboard().text() == box.text
    box.reject()


def test_the_box_may_be_closed_while_it_looks(driver: WindowDriver) -> None:
    box = DoctorBox(driver.window)
    box.open()
    box.reject()
    assert not box.is_looking


def test_a_bundle_shows_its_licences(driver: WindowDriver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    about = AboutBox(driver.window)
    assert "GPL, version 3" not in about.informativeText()
    about.reject()
    (tmp_path / "_licences").mkdir()
    (tmp_path / "_licences" / "THIRD-PARTY-NOTICES.txt").write_text("notices")
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    about = AboutBox(driver.window)
    assert "GPL, version 3" in about.informativeText()
    assert any("Licences" in button.text() for button in about.buttons())
    about.reject()


def test_an_error_nobody_caught_leaves_a_report_that_the_message_names(driver: WindowDriver) -> None:
    errors = ErrorReporter(driver.workspace)
    logger.addHandler(errors.reports)
    try:
        errors.take(KeyError, KeyError(5), None)
    finally:
        logger.removeHandler(errors.reports)
    (report,) = crash_reports()
    notice = driver.workspace.session.shot.notice
    assert notice is not None and report.name in f"{notice.text} {notice.hint}"


def test_an_error_that_ends_a_thread_is_told_in_the_window(
    driver: WindowDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", ErrorReporter(driver.workspace).take_from_thread)
    for what in (_leave, partial(_fault, None)):
        thread = threading.Thread(target=what)
        thread.start()
        thread.join()
    driver.wait(lambda: driver.workspace.session.shot.notice is not None)
    notice = driver.workspace.session.shot.notice
    assert notice is not None and "ZeroDivisionError" in notice.text + notice.details
    assert len(driver.workspace.session.messages) == 1, "a thread that leaves is no error"


def _leave() -> None:
    raise SystemExit


def test_a_job_that_fails_by_a_fault_of_ours_leaves_a_report(driver: WindowDriver, qtbot: QtBot) -> None:
    errors = ErrorReporter(driver.workspace)
    logger.addHandler(errors.reports)
    try:
        thread = JobThread(driver.window)
        with qtbot.waitSignal(thread.ended, timeout=PATIENCE_MS):
            thread.start_job(Job(_fault, "Fault"))
        thread.wait()
        thread.put_away()
    finally:
        logger.removeHandler(errors.reports)
    (report,) = crash_reports()
    assert "ZeroDivisionError" in report.read_text()


def _fault(_context: object) -> None:
    raise ZeroDivisionError


def test_a_fault_of_the_last_time_is_told(driver: WindowDriver) -> None:
    crash_folder().mkdir(parents=True)
    # no process has this number: it is above what systems give
    (crash_folder() / "99999999.running").write_text("Fatal Python error: Segmentation fault\n")
    ErrorReporter(driver.workspace).tell_of_last_time()
    notice = driver.workspace.session.shot.notice
    assert notice is not None and "ended by a fault the last time" in notice.text
    assert len(crash_reports()) == 1

"""Whatever is given to the command line, it ends with one sentence: no traceback, no waiting, nothing obeyed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip
from tests.shared import REPOSITORY
from vosapp.cli import app
from vosapp.cli.app import EXIT_CANCELLED, EXIT_DONE, EXIT_USER_ERROR, main
from vosapp.cli.frame_batch import FrameBatch
from vosapp.cli.outputs import require_writable_file, require_writable_folder
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video
from vosapp.video.stills.images import write_png

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
SIZE = (48, 64)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("border") / "shot.mp4", frames=6, size=SIZE, indexed=False)


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    square = np.zeros(SIZE, np.uint8)
    square[10:30, 10:40] = 255
    write_png(tmp_path / "mask.png", square)
    return tmp_path / "mask.png"


def project_of(clip: Path, path: Path, name: str = "fish") -> Path:
    source = open_video(clip)
    document, one = edits.add_object(Document(clip=clip_ref(source.info)), name)
    source.close()
    editor = Editor(document)
    square = np.ones(SIZE, np.bool_)
    editor.apply("Paint", edits.stroke(document, editor.store, one, 0, Mask.from_array(square)))
    Project.create(path, editor).close()
    return path


def end_of(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Runs a command that must fail, and returns its one sentence."""
    assert main([str(word) for word in words]) == EXIT_USER_ERROR
    error = capsys.readouterr().err
    assert error.startswith("vosapp: ") and "Traceback" not in error
    return error


@UNIX
def test_pipes_and_devices_are_refused_at_once(
    clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    frames = tmp_path / "frames"
    frames.mkdir()
    os.mkfifo(frames / "0001.png")
    end_of(capsys, "info", pipe)
    end_of(capsys, "info", frames)
    end_of(capsys, "info", "/dev/zero")
    end_of(capsys, "propagate", clip, "--mask", pipe, "--out", tmp_path / "out", "--engine", "flow")
    end_of(capsys, "propagate", clip, "--mask", "/dev/zero", "--out", tmp_path / "out", "--engine", "flow")
    end_of(capsys, "weights", "import", pipe)
    end_of(capsys, "train", pipe, "--out", tmp_path / "run")
    end_of(capsys, "export", pipe, "--format", "png", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists() and mask.exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(5, "Input/output error", "/disk/file"), "/disk/file: Input/output error"),
        (MemoryError(), "not enough memory"),
        (RecursionError(), "nested too deeply"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "Rename the file"),
    ],
)
def test_errors_of_the_system_become_sentences(
    error: Exception, said: str, clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr("vosapp.video.open.open_video", fail)
    assert said in end_of(capsys, "info", clip)


@UNIX
def test_names_are_shown_and_not_obeyed(clip: Path, tmp_path: Path) -> None:
    strange = project_of(clip, tmp_path / "p.vosapp", name="\x1b]0;owned\x07\x1b[2J\u202e")
    odd = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.mov"))
    for path, code in ((strange, 0), (odd, 1), (tmp_path / "a\x1b[2J.mov", 1)):
        command = [sys.executable, "-m", "vosapp", "info", str(path)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        assert b"\x1b" not in done.stdout + done.stderr and b"Traceback" not in done.stderr


def test_a_reader_that_goes_away_does_not_end_the_run(clip: Path, mask: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["propagate", clip, "--mask", mask, "--out", out, "--engine", "flow", "--json"]
    command = [sys.executable, "-m", "vosapp", *map(str, words)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read().decode()
        assert run.wait() == EXIT_DONE, said
    assert len(list(out.glob("*.png"))) == 6 and "broke" not in said


@UNIX
@pytest.mark.parametrize("milliseconds", [60, 120, 200, 300])
def test_ctrl_c_while_the_program_starts_is_no_traceback(clip: Path, milliseconds: int) -> None:
    started = (
        "import sys; sys.stdout.write('here'); sys.stdout.flush(); from vosapp.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", started, "info", str(clip)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stderr is not None
        run.stdout.read(4)
        time.sleep(milliseconds / 1000)
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()
        run.stdout.close()
        code = run.wait()
    assert code in (EXIT_DONE, EXIT_CANCELLED, -signal.SIGINT), said  # the last while it is already leaving
    assert "Traceback" not in said


def test_outputs_are_checked_before_the_work(
    clip: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")

    def too_late(*_: object, **__: object) -> None:
        raise AssertionError("the work began")

    monkeypatch.setattr("vosapp.engine.run.propagation_job.propagation_body", too_late)
    monkeypatch.setattr("vosapp.evaluation.evaluate.evaluate", too_late)
    monkeypatch.setattr("vosapp.engine.suggest.proposals.suggest", too_late)
    monkeypatch.setattr("vosapp.engine.suggest.proposals.why_not", lambda: "")
    monkeypatch.setattr("vosapp.training.run.train", too_late)
    end_of(capsys, "propagate", clip, "--mask", mask, "--engine", "flow", "--out", taken / "masks")
    end_of(capsys, "suggest", clip, "--at", 0, "--out", taken)
    end_of(capsys, "evaluate", "synthetic", "--engine", "flow", "--json", taken / "scores.json")
    end_of(capsys, "evaluate", "synthetic", "--engine", "flow", "--markdown", tmp_path)
    end_of(capsys, "evaluate", "synthetic", "--engine", "flow", "--html", taken)
    end_of(capsys, "evaluate", "synthetic", "--engine", "flow", "--save-masks", taken)
    end_of(capsys, "train", "rgmp", "--out", taken)
    end_of(capsys, "train", "rgmp", "--out", tmp_path / "run", "--export-weights", tmp_path)
    assert taken.read_text() == "a file"


def test_looking_whether_a_place_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    require_writable_folder(tmp_path / "new" / "deep")
    require_writable_file(tmp_path / "new" / "file.json")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="it is a folder"):
        require_writable_file(tmp_path / "folder")


def test_a_project_that_cannot_be_saved_is_told_of_and_the_masks_are_kept(
    clip: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project, out = tmp_path / "p.vosapp", tmp_path / "out"
    create = Project.create.__func__

    def replaced(cls: type[Project], path: Path, editor: Editor) -> Project:
        made: Project = create(cls, path, editor)
        path.unlink()
        path.write_bytes(b"of a sync client")
        return made

    monkeypatch.setattr(Project, "create", classmethod(replaced))
    words = ["propagate", clip, "--mask", mask, "--out", out, "--engine", "flow", "--project", project]
    assert main([str(word) for word in words]) == EXIT_USER_ERROR
    said = capsys.readouterr().err
    assert "note: p.vosapp was replaced by another program" in said and "Traceback" not in said
    assert len(list(out.glob("*.png"))) == 6 and project.read_bytes() == b"of a sync client"


def test_finished_frames_do_not_wait_long() -> None:
    now = [0.0]
    batch = FrameBatch(32, 2.0, clock=lambda: now[0])
    frames: list[object] = []
    kept = 0
    for number in range(50):  # a frame takes 2.4 s
        now[0] += 2.4
        frames.append(number)
        if batch.add(number):  # type: ignore[arg-type]
            kept += len(batch.take())
        assert len(frames) - kept <= 1
    quick = FrameBatch(32, 2.0, clock=lambda: 0.0)
    assert [quick.add(n) for n in range(32)] == [False] * 31 + [True]  # type: ignore[arg-type]


def test_the_border_lets_usage_errors_pass() -> None:
    with pytest.raises(SystemExit):
        app.main(["info"])

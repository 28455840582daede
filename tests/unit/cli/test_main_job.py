"""The main job on the command line: info, propagate, export; and every bad input with one clear sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip, truncated
from vosapp.cli.app import EXIT_CANCELLED, EXIT_DONE, EXIT_USAGE, EXIT_USER_ERROR, main
from vosapp.core.project import Project
from vosapp.engine import engines
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.video.av.file_source import FileSource
from vosapp.video.stills.images import read_image, write_png
from vosapp.video.stills.label_png import davis_palette

SIZE = (96, 160)
FRAMES = 12


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("main_job") / "Schuß 1.mp4", frames=FRAMES, size=SIZE, indexed=False)


def disc(frame: int) -> np.ndarray:  # type: ignore[type-arg]
    """The disc of `moving_picture`."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return (x - SIZE[1] * (0.3 + 0.4 * frame / 48)) ** 2 + (y - SIZE[0] * 0.65) ** 2 < (SIZE[0] * 0.2) ** 2


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    path = tmp_path / "mask.png"
    write_png(path, np.where(disc(0), 255, 0).astype(np.uint8))
    return path


def call(*words: object) -> int:
    """Runs a command; runs take the quick engine unless a test names another."""
    named = [str(word) for word in words]
    if named[0] == "propagate" and "--engine" not in named:
        named += ["--engine", "flow"]
    try:
        return main(named)
    except SystemExit as end:  # argparse ends like this on wrong usage
        return int(end.code or 0)


def overlap(found: np.ndarray, truth: np.ndarray) -> float:  # type: ignore[type-arg]
    return float((found & truth).sum() / (found | truth).sum())


def test_propagate_writes_one_indexed_png_for_every_frame(clip: Path, mask: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("propagate", clip, "--mask", mask, "--out", out) == EXIT_DONE
    assert sorted(p.name for p in out.glob("*.png")) == [f"{i:05}.png" for i in range(FRAMES)]
    assert np.array_equal(read_image(out / "00000.png"), disc(0).astype(np.uint8))
    for frame in range(1, FRAMES):
        assert overlap(read_image(out / f"{frame:05}.png") == 1, disc(frame)) > 0.85


def test_masks_on_several_frames_carry_ids_and_stay_as_given(clip: Path, tmp_path: Path) -> None:
    labels = [np.where(disc(f), 5, 0).astype(np.uint8) for f in (2, 9)]
    labels[1][:6, :6] = 2
    for number, image in enumerate(labels):
        write_png(tmp_path / f"{number}.png", image, np.array(davis_palette(), np.uint8))
    out = tmp_path / "out"
    words = ["--mask", tmp_path / "0.png", "--at", 2, "--mask", tmp_path / "1.png", "--at", 9]
    assert call("propagate", clip, *words, "--out", out) == EXIT_DONE
    assert np.array_equal(read_image(out / "00009.png"), labels[1])
    found = read_image(out / "00002.png")
    assert np.array_equal(found == 5, labels[0] == 5)
    assert set(np.unique(read_image(out / "00011.png"))) <= {0, 2, 5}
    assert overlap(read_image(out / "00000.png") == 5, disc(0)) > 0.8


def test_a_range_is_written_and_nothing_else(clip: Path, mask: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("propagate", clip, "--mask", mask, "--range", "3:5", "--out", out) == EXIT_DONE
    assert sorted(p.name for p in out.glob("*.png")) == ["00003.png", "00004.png", "00005.png"]


def test_numbers_of_an_image_sequence_name_frames_and_files(tmp_path: Path) -> None:
    folder = tmp_path / "shot"
    folder.mkdir()
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (40, 60, 3), dtype=np.uint8)
    for number in range(1001, 1005):
        write_png(folder / f"shot.{number}.png", picture)
    area = np.zeros((40, 60), np.uint8)
    area[10:30, 20:40] = 1
    write_png(tmp_path / "m.png", area)
    out = tmp_path / "out"
    words = ["propagate", folder, "--mask", tmp_path / "m.png", "--out", out]
    assert call(*words, "--at", 1003, "--range", "1002:") == EXIT_DONE
    assert sorted(p.name for p in out.glob("*.png")) == ["01002.png", "01003.png", "01004.png"]
    assert call(*words, "--at", 3) == EXIT_USER_ERROR


def test_a_project_keeps_the_work_and_exports_the_same_masks(
    clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, out = tmp_path / "shot.vosapp", tmp_path / "out"
    assert call("propagate", clip, "--mask", mask, "--project", project, "--out", out) == EXIT_DONE
    again = tmp_path / "again"
    assert call("export", project, "--format", "png-indexed", "--out", again) == EXIT_DONE
    for frame in range(FRAMES):
        name = f"{frame:05}.png"
        assert (again / name).read_bytes() == (out / name).read_bytes()
    capsys.readouterr()
    assert call("info", project, "--json") == EXIT_DONE
    facts = json.loads(capsys.readouterr().out)
    assert facts["objects"] == [
        {"id": 1, "name": "Object 1", "masks": FRAMES, "anchors": [0], "approved": 0, "stale": 0}
    ]
    assert call("info", project) == EXIT_DONE
    assert "Object 1: 12 masks, anchors on 0" in capsys.readouterr().out


def test_going_on_in_a_project_uses_its_anchors(clip: Path, mask: Path, tmp_path: Path) -> None:
    project = tmp_path / "shot.vosapp"
    words = ["propagate", clip, "--project", project]
    assert call(*words, "--mask", mask, "--range", "0:4", "--out", tmp_path / "a") == EXIT_DONE
    assert call(*words, "--out", tmp_path / "b") == EXIT_DONE
    assert len(list((tmp_path / "b").glob("*.png"))) == FRAMES
    whole = tmp_path / "whole"
    assert call("propagate", clip, "--mask", mask, "--out", whole) == EXIT_DONE
    assert (whole / "00011.png").read_bytes() == (tmp_path / "b" / "00011.png").read_bytes()
    opened = Project.open(project)
    assert opened.editor.undo_label == "propagate"
    opened.close()


def test_a_clip_that_was_moved_is_gone_on_with_where_it_is_now(clip: Path, mask: Path, tmp_path: Path) -> None:
    there, here = tmp_path / "there.mp4", tmp_path / "here.mp4"
    there.write_bytes(clip.read_bytes())
    words = ["--engine", "flow", "--range", "0:1", "--project", tmp_path / "a.vosapp", "--out", tmp_path / "out"]
    assert call("propagate", there, "--mask", mask, *words) == EXIT_DONE
    there.rename(here)
    assert call("propagate", here, *words) == EXIT_DONE
    opened = Project.open(tmp_path / "a.vosapp")
    assert opened.editor.document.clip is not None and opened.editor.document.clip.path == str(here)
    opened.close()


def test_a_project_of_another_clip_is_refused(
    clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "shot.vosapp"
    assert call("propagate", clip, "--mask", mask, "--range", "0:1", "--project", project, "--out", tmp_path / "a") == 0
    other = make_clip(tmp_path / "other.mp4", frames=3, size=SIZE)
    assert call("propagate", other, "--project", project, "--out", tmp_path / "b") == EXIT_USER_ERROR
    assert "another clip" in capsys.readouterr().err


def test_prores_comes_out_of_a_project(clip: Path, mask: Path, tmp_path: Path) -> None:
    project, movie = tmp_path / "shot.vosapp", tmp_path / "matte.mov"
    assert call("propagate", clip, "--mask", mask, "--project", project, "--out", tmp_path / "out") == EXIT_DONE
    assert call("export", project, "--format", "prores4444", "--out", movie) == EXIT_DONE
    source = FileSource(movie)
    assert source.info.frame_count == FRAMES
    alpha = source.native(7)[..., 3]
    assert np.array_equal(alpha > 30000, read_image(tmp_path / "out" / "00007.png") == 1)
    source.close()


def test_frames_without_masks_are_noted(
    clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "shot.vosapp"
    assert call("propagate", clip, "--mask", mask, "--range", "0:3", "--project", project, "--out", tmp_path / "a") == 0
    capsys.readouterr()
    assert call("export", project, "--format", "png", "--out", tmp_path / "b") == EXIT_DONE
    assert capsys.readouterr().err == 'vosapp: note: "Object 1" has no mask on 8 frames: 4 to 11.\n'
    assert len(list((tmp_path / "b").glob("*.png"))) == FRAMES
    words = ["export", project, "--format", "png", "--out", tmp_path / "c", "--missing", "refuse"]
    assert call(*words) == EXIT_USER_ERROR


def test_json_lines_tell_progress_and_result(
    clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["propagate", clip, "--mask", mask, "--engine", "flow", "--out", tmp_path / "out", "--json"]
    assert call(*words) == EXIT_DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == {
        "event": "result",
        "frames": FRAMES,
        "out": str(tmp_path / "out"),
        "engine": "flow",
        "project": None,
    }
    progress = [line for line in lines if line["event"] == "progress"]
    assert {"done", "total", "fps", "seconds_left", "message"} <= set(progress[0])
    assert any(line["done"] == line["total"] == FRAMES for line in progress)


def test_info_of_a_clip(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("info", clip, "--json") == EXIT_DONE
    facts = json.loads(capsys.readouterr().out)
    assert (facts["kind"], facts["frames"], facts["width"], facts["height"]) == ("video", FRAMES, 160, 96)
    assert Fraction(facts["rate"]) == 24
    assert call("info", clip) == EXIT_DONE
    assert "h264" in capsys.readouterr().out


# -- bad input: one clear sentence each ------------------------------------------------------------------------------


def bad_clips(folder: Path, clip: Path) -> dict[str, Path]:
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "text.mp4").write_text("this is no film\n" * 50)
    (folder / "images").mkdir()
    import av

    with av.open(str(folder / "sound.m4a"), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48000, layout="mono")
        for start in range(0, 9600, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return {
        "missing": folder / "missing.mp4",
        "empty": folder / "empty.mp4",
        "truncated": truncated(clip, folder / "truncated.mp4", 0.5),
        "text": folder / "text.mp4",
        "audio only": folder / "sound.m4a",
        "empty folder": folder / "images",
    }


@pytest.mark.parametrize("kind", ["missing", "empty", "truncated", "text", "audio only", "empty folder"])
@pytest.mark.parametrize("command", ["info", "propagate"])
def test_a_bad_clip_is_one_sentence_that_names_it(
    command: str, kind: str, clip: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bad_clips(tmp_path, clip)[kind]
    words = ["--mask", mask, "--out", tmp_path / "out"] if command == "propagate" else []
    assert call(command, path, *words) == EXIT_USER_ERROR
    shown = capsys.readouterr()
    assert shown.err.startswith("vosapp: ")
    assert shown.err.count("\n") == 1
    assert path.name in shown.err
    assert not (tmp_path / "out").exists()


def test_a_mask_of_another_size_is_named(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_png(tmp_path / "small.png", np.full((20, 30), 255, np.uint8))
    assert call("propagate", clip, "--mask", tmp_path / "small.png", "--out", tmp_path / "out") == EXIT_USER_ERROR
    assert capsys.readouterr().err == (
        f"vosapp: {tmp_path / 'small.png'} has 30x20 pixels, the clip 160x96. Use a mask of the clip's size.\n"
    )


@pytest.mark.parametrize("content", ["missing", "text", "empty mask", "colour"])
def test_a_bad_mask_is_one_sentence(
    content: str, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mask.png"
    if content == "text":
        path.write_text("no picture")
    elif content == "empty mask":
        write_png(path, np.zeros(SIZE, np.uint8))
    elif content == "colour":
        write_png(path, np.random.default_rng(0).integers(0, 255, (*SIZE, 3), dtype=np.uint8))
    assert call("propagate", clip, "--mask", path, "--out", tmp_path / "out") == EXIT_USER_ERROR
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["missing", "text", "empty"])
@pytest.mark.parametrize("command", ["info", "export"])
def test_a_bad_project_is_one_sentence(
    command: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.vosapp"
    if kind != "missing":
        path.write_text("no project" if kind == "text" else "")
    words = ["--format", "png", "--out", tmp_path / "out"] if command == "export" else []
    assert call(command, path, *words) == EXIT_USER_ERROR
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "bad.vosapp" in shown


def test_an_engine_that_raises_on_the_way_is_named_with_the_frame(
    clip: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(FlowPropagator):
        def step(self, frame_index, rgb, given=None):  # type: ignore[no-untyped-def]
            if frame_index == 5:
                raise RuntimeError("the engine broke")
            return super().step(frame_index, rgb, given)

    monkeypatch.setattr("vosapp.engine.flow.propagator.build", lambda device, context: Broken())
    project = tmp_path / "shot.vosapp"
    words = ["propagate", clip, "--mask", mask, "--engine", "flow", "--project", project, "--out", tmp_path / "out"]
    assert call(*words) == EXIT_USER_ERROR
    assert capsys.readouterr().err.splitlines() == [
        "vosapp: mask.png: 1 object, hard mask",
        "vosapp: The engine flow broke after frame 4: RuntimeError: the engine broke",
    ]
    assert not (tmp_path / "out").exists()
    opened = Project.open(project)
    assert sorted(opened.editor.document.object(1).cells) == [0, 1, 2, 3, 4]  # what was finished stays
    opened.close()


# The program with an engine that waits at frame 5 until a file appears, so that the run cannot end too soon.
HELD = """
import sys, time
from pathlib import Path
from vosapp.__main__ import main
from vosapp.engine.flow import propagator as flow
class Held(flow.FlowPropagator):
    def step(self, frame_index, rgb, given=None):
        while frame_index == 5 and not Path(sys.argv[1]).exists():
            time.sleep(0.01)
        return super().step(frame_index, rgb, given)
flow.build = lambda *_, **__: Held()
sys.exit(main(sys.argv[2:]))
"""


def test_ctrl_c_cancels_and_keeps_finished_frames(mask: Path, clip: Path, tmp_path: Path) -> None:
    long = make_clip(tmp_path / "long.mp4", frames=240, size=SIZE, indexed=False)
    project, go_on = tmp_path / "shot.vosapp", tmp_path / "go on"
    words = ["propagate", long, "--mask", mask, "--engine", "flow", "--project", project, "--out", tmp_path / "out"]
    command = [sys.executable, "-c", HELD, go_on, *words, "--json"]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("done", 0) >= 3:
            break
    os.kill(process.pid, signal.SIGINT)
    go_on.touch()
    _, errors = process.communicate(timeout=240)
    assert process.returncode == EXIT_CANCELLED
    assert errors.endswith("vosapp: cancelled\n")
    assert not (tmp_path / "out").exists()
    opened = Project.open(project)
    cells = opened.editor.document.object(1).cells
    assert 3 <= len(cells) < 20, "it stopped at its next frame"
    assert sorted(cells) == list(range(len(cells)))
    opened.close()


@pytest.mark.parametrize(
    "words",
    [
        ["propagate"],
        ["propagate", "clip.mp4", "--out", "x"],
        ["propagate", "clip.mp4", "--mask", "a.png", "--mask", "b.png", "--at", "1", "--out", "x"],
        ["propagate", "clip.mp4", "--mask", "a.png", "--range", "9:3", "--out", "x"],
        ["propagate", "clip.mp4", "--mask", "a.png", "--device", "abacus", "--out", "x"],
        ["export", "a.vosapp", "--format", "gif", "--out", "x"],
        ["no-such-command"],
    ],
)
def test_wrong_usage_ends_with_two(words: list[str]) -> None:
    assert call(*words) == EXIT_USAGE


def test_an_unknown_engine_and_one_without_weights_are_sentences(
    clip: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    assert call("propagate", clip, "--mask", mask, "--out", tmp_path / "out", "--engine", "magic") == EXIT_USER_ERROR
    assert 'no engine "magic"' in capsys.readouterr().err
    missing = next(spec.name for spec in engines.engines() if not spec.is_ready)
    assert call("propagate", clip, "--mask", mask, "--out", tmp_path / "out", "--engine", missing) == EXIT_USER_ERROR
    assert "weights" in capsys.readouterr().err


def test_a_folder_with_other_files_is_refused_before_the_run(
    clip: Path, mask: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vosapp.engine.flow.propagator.build", lambda device: pytest.fail("an engine was built"))
    out = tmp_path / "out"
    out.mkdir()
    write_png(out / "holiday.png", np.zeros((2, 2), np.uint8))
    assert call("propagate", clip, "--mask", mask, "--out", out) == EXIT_USER_ERROR
    assert "other files" in capsys.readouterr().err

"""Job files: what they mean, and the sentence for what they cannot mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vosapp.batch.job_file import JobFileError, read_job_file
from vosapp.batch.own_list import add_project
from vosapp.batch.settings import Machine
from vosapp.batch.shots import filled, shots_of, tokens_of, unmatched
from vosapp.core.timeline import Direction
from vosapp.export.formats import ExportFormat

WHOLE = """
[defaults]
engine = "flow"
export = { format = "png", path = "out/{name}" }

[limits]
threads = 2
memory = "4 GB"

[[machine]]
host = "render*"
paths = { "/shots" = "/mnt/a", "/shots/big" = "/mnt/b" }
footage = ["/shots/big"]

[[override]]
match = "sh02*"
direction = "forward"
range = "3:"

[[job]]
clip = "sh*/plate.mov"
name = "{parent}"
masks = "{folder}/mask.*.png"
matte = { feather_px = 2 }

[[job]]
project = "extra/*.vosapp"
export = []
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "jobs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_globs_tokens_defaults_and_overrides(tmp_path: Path) -> None:
    for name in ("sh010/plate.mov", "sh010/mask.0012.png", "sh010/mask.0003.png", "sh020/plate.mov", "extra/a.vosapp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    file = read_job_file(written(tmp_path, WHOLE))
    first, second, third = shots_of(file)
    assert (first.name, first.clip) == ("sh010", str(tmp_path / "sh010/plate.mov"))
    assert [(mask.path.name, mask.number) for mask in first.masks] == [("mask.0003.png", 3), ("mask.0012.png", 12)]
    assert first.project == tmp_path / "sh010.vosapp"
    assert first.exports == (tmp_path / "out/sh010",)
    assert first.settings.exports[0].format is ExportFormat.PNG
    assert (first.settings.direction, first.settings.ends) == (Direction.BOTH, (None, None))
    assert (second.settings.direction, second.settings.ends) == (Direction.FORWARD, (3, None))
    assert first.settings.matte is not None
    assert first.settings.matte.feather_px == 2
    assert (third.name, third.clip, third.exports) == ("a", "", ())
    assert (file.limits.threads, file.limits.memory_bytes) == (2, 4 * 10**9)
    assert unmatched(file) == []


def test_machines_write_paths_their_own_way() -> None:
    machine = Machine("render*", (("/shots", "/mnt/a"), ("/shots/big", "/mnt/b")))
    assert machine.path_there("/shots/x/1.mov") == "/mnt/a/x/1.mov"
    assert machine.path_there("/shots/big/1.mov") == "/mnt/b/1.mov"
    assert machine.path_there("/shots2/1.mov") == "/shots2/1.mov"
    assert machine.goes_by(("box", "render07"))
    assert not machine.goes_by(("box",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[job]]", "needs either project or clip"),
        ('[[job]]\nclip = "a.mov"', "a clip needs masks"),
        ('[[job]]\nproject = "a"\nmasks = "b"', "leave masks out"),
        ('[[job]]\nproject = "a"\nengin = "flow"', "knows no 'engin'"),
        ('[[job]]\nproject = "a"\nrange = "9:3"', "ends before it begins"),
        ('[[job]]\nproject = "a"\ndirection = "up"', "forward, backward, both, not 'up'"),
        ('[[job]]\nproject = "a"\nexport = {format = "gif", path = "x"}', "format is one of"),
        ('[[job]]\nproject = "a"\nmatte = {feather = 2}', "knows no 'feather'"),
        ('[limits]\nmemory = "much"', 'a size such as "4 GB"'),
        ("[limits]\nthreads = true", "whole number"),
        ("jobs = 3", "knows no 'jobs'"),
        ("[[job]", "is no TOML"),
    ],
)
def test_what_cannot_be_is_one_sentence_that_names_the_file(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(JobFileError) as error:
        read_job_file(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_two_shots_of_one_name_are_refused(tmp_path: Path) -> None:
    text = '[[job]]\nproject = "a/x.vosapp"\n[[job]]\nproject = "b/x.vosapp"\n'
    with pytest.raises(JobFileError, match="2 shots have the same name: x"):
        shots_of(read_job_file(written(tmp_path, text)))
    assert len(shots_of(read_job_file(written(tmp_path, '[defaults]\nname = "{parent}"\n' + text)))) == 2


def test_unknown_tokens_and_sequences() -> None:
    with pytest.raises(JobFileError, match="a token that is not known"):
        filled("{shot}", tokens_of(Path("a/b.mov")), "jobs.toml")
    assert tokens_of(Path("/x/plates/shot.%04d.exr"))["clip"] == "shot"
    assert tokens_of(Path("/x/plates/shot.####.exr"))["parent"] == "plates"


def test_projects_are_added_once(tmp_path: Path) -> None:
    project = tmp_path / 'a "b".vosapp'
    project.touch()
    target = tmp_path / "list" / "jobs.toml"
    assert add_project(target, project, engine="flow")
    assert not add_project(target, project)
    (shot,) = shots_of(read_job_file(target))
    assert (shot.project, shot.settings.engine) == (project, "flow")
    with pytest.raises(JobFileError, match="does not exist"):
        add_project(target, tmp_path / "none.vosapp")


def test_brackets_in_the_names_of_files_and_folders_are_no_wildcards(tmp_path: Path) -> None:
    folder = tmp_path / "[final] *"
    for name in ("sh [v2].vosapp", "a.vosapp", "sh[1]/plate.mov", "sh[1]/mask.0003.png", "sh[1]/mask.0004.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert add_project(tmp_path / "list.toml", folder / "sh [v2].vosapp")
    (added,) = shots_of(read_job_file(tmp_path / "list.toml"))
    assert added.project == folder / "sh [v2].vosapp"
    jobs = """
[[job]]
project = "a.vosapp"
name = "one"

[[job]]
project = "*.vosapp"
name = "{parent}-{project}"

[[job]]
clip = "sh*/plate.mov"
masks = "{folder}/mask.*.png"
"""
    file = read_job_file(written(folder, jobs))
    assert unmatched(file) == []
    *projects, clip = shots_of(replace(file, jobs=file.jobs[1:]))
    assert [shot.project.name for shot in projects] == ["a.vosapp", "sh [v2].vosapp"]
    assert [(mask.path, mask.number) for mask in clip.masks] == [
        (folder / "sh[1]/mask.0003.png", 3),
        (folder / "sh[1]/mask.0004.png", 4),
    ]

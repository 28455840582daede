"""Where an export goes: what was there before stays until the new one is whole, and what is not ours stays always."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.disks import small_disk_in
from tests.unit.engine.fakes import ArraySource
from tests.unit.export.test_export import FRAMES, Stopping, numbers, pictures, run, shot
from tests.unprivileged import as_unprivileged
from vosapp.core.errors import ExportError, UserError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job, Outcome
from vosapp.export.export_job import ExportReport, ExportTask, export_body
from vosapp.export.formats import ExportFormat
from vosapp.export.place import staging
from vosapp.export.place.earlier import PlaceTakenError
from vosapp.export.place.names import FileNames, names_of_objects
from vosapp.export.place.staging import Staging
from vosapp.export.recipe import Recipe
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video

KINDS = [
    ExportFormat.PNG,
    ExportFormat.PNG_INDEXED,
    ExportFormat.TIFF_16,
    ExportFormat.EXR_LAYERS,
    ExportFormat.PRORES_4444,
    ExportFormat.FFV1,
]
"""One format of each way of writing."""


def recipe_for(kind: ExportFormat, folder: Path) -> Recipe:
    return Recipe(kind, folder / ("out" if kind.is_folder else f"out{kind.facts.suffix}"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("break_it", [False, True])
@pytest.mark.parametrize("stop_at", [2, FRAMES + 2], ids=["writing", "checking"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_re_export_leaves_the_earlier_one(
    tmp_path: Path, kind: ExportFormat, stop_at: int, break_it: bool
) -> None:
    document, masks = shot()
    recipe = recipe_for(kind, tmp_path)
    run(document, masks, recipe)
    before, jobs = snapshot(tmp_path), []
    task = ExportTask(document, Stopping(masks, jobs, stop_at, break_it=break_it), recipe)
    jobs.append(Job(export_body(task, open_source=lambda: ArraySource(pictures()))))
    assert jobs[0].run().outcome is (Outcome.FAILED if break_it else Outcome.CANCELLED)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_the_earlier_export(tmp_path: Path, kind: ExportFormat) -> None:
    document, masks = shot()
    with small_disk_in(tmp_path, "600k") as disk:
        recipe = recipe_for(kind, disk)
        run(document, masks, recipe)
        before = snapshot(disk)
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(b"x" * 4096)
        with pytest.raises(UserError):
            run(document, masks, recipe)
        filler.unlink()
        assert snapshot(disk) == before
        run(document, masks, recipe)


class Dying(MemoryMaskStore):
    """A store that ends the program when the third mask is asked for."""

    def __init__(self, masks: MemoryMaskStore) -> None:
        super().__init__()
        self._inner, self._left = masks, 3

    def get(self, digest: str) -> Mask:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._inner.get(digest)


def export_and_die(kind: str, folder: str) -> None:
    """What the next test runs in a process of its own."""
    document, masks = shot()
    run(document, Dying(masks), recipe_for(ExportFormat(kind), Path(folder)))


@pytest.mark.parametrize("kind", [ExportFormat.PNG, ExportFormat.PRORES_4444])
def test_a_killed_re_export_leaves_the_earlier_one_and_can_be_repeated(tmp_path: Path, kind: ExportFormat) -> None:
    document, masks = shot()
    recipe = recipe_for(kind, tmp_path)
    run(document, masks, recipe)
    before = snapshot(tmp_path)
    code = "import sys; from tests.unit.export.test_place import export_and_die as d; d(*sys.argv[1:])"
    ended = subprocess.run([sys.executable, "-c", code, kind.value, str(tmp_path)], check=False, timeout=300)
    assert ended.returncode == -signal.SIGKILL
    assert {name: data for name, data in snapshot(tmp_path).items() if ".vosapp-export-" not in name} == before
    run(document, masks, recipe)
    assert set(snapshot(tmp_path)) == set(before), "what the killed one left is gone"


@pytest.mark.parametrize("kind", [ExportFormat.PNG, ExportFormat.PRORES_4444])
def test_what_another_export_is_writing_or_the_user_put_there_stays(tmp_path: Path, kind: ExportFormat) -> None:
    document, masks = shot()
    recipe = recipe_for(kind, tmp_path)
    run(document, masks, recipe)
    living = Staging(recipe.place)
    (living.files / "half").write_text("half")
    linked = tmp_path / ".vosapp-export-abc"
    linked.mkdir()
    (linked / "for").symlink_to(living.files / "half")
    unnamed = tmp_path / ".vosapp-export-notes"
    unnamed.mkdir()
    run(document, masks, recipe)
    assert (living.files / "half").exists() and linked.exists() and unnamed.exists()
    living.discard()


class Dead(BaseException):
    """Stands for the end of the program: nothing runs after it."""


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_a_kill_while_files_are_put_in_place_can_be_repeated(
    tmp_path: Path, dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, masks = shot()
    recipe = recipe_for(ExportFormat.PNG, tmp_path)
    run(document, masks, recipe)
    rename, left = Path.rename, [dies_at]

    def dying(path: Path, goal: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise Dead
        return rename(path, goal)

    with monkeypatch.context() as patch, pytest.raises(Dead):
        patch.setattr(Path, "rename", dying)
        patch.setattr(staging._Undo, "all", do_nothing)
        patch.setattr(staging.Staging, "discard", do_nothing)
        run(document, masks, replace(recipe, frames=FrameRange(2, 5)))
    assert json.loads(recipe.place.manifest.read_text())["complete"] is False
    run(document, masks, recipe)
    assert numbers(recipe.path) == [f"{i:05}.png" for i in range(FRAMES)]
    assert json.loads(recipe.place.manifest.read_text())["complete"] is True


def do_nothing(_: object, *, unless_resumable: bool = False) -> None:
    """In place of what a dead program does not do."""


@pytest.mark.parametrize("fails_at", range(1, 12))
def test_a_failure_while_files_are_put_in_place_puts_everything_back(
    tmp_path: Path, fails_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, masks = shot(objects=2)
    recipe = recipe_for(ExportFormat.PNG, tmp_path)
    run(document, masks, recipe)
    before, rename, left = snapshot(tmp_path), Path.rename, [fails_at]

    def failing(path: Path, goal: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            raise PermissionError(13, "Permission denied")
        return rename(path, goal)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(ExportError, match="Permission denied"):
        run(document, masks, replace(recipe, object_ids=(2,)))
    assert snapshot(tmp_path) == before


def write_manifest(recipe: Recipe, files: dict[str, str]) -> None:
    recipe.place.manifest.parent.mkdir(exist_ok=True)
    recipe.place.manifest.write_text(json.dumps({"kind": "vosapp export", "files": files}))


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_manifest_of_another_program_stays(tmp_path: Path, kind: ExportFormat, overwrite: bool) -> None:
    document, masks = shot()
    recipe = replace(recipe_for(kind, tmp_path), overwrite=overwrite)
    recipe.place.manifest.parent.mkdir(exist_ok=True)
    recipe.place.manifest.write_text('{"name": "my site"}')
    with pytest.raises(ExportError, match="not written by vosapp"):
        run(document, masks, recipe)
    assert recipe.place.manifest.read_text() == '{"name": "my site"}'


def test_a_forged_manifest_deletes_nothing(tmp_path: Path) -> None:
    document, masks = shot()
    recipe = recipe_for(ExportFormat.PNG, tmp_path)
    write_manifest(recipe, {"holiday.jpg": "0" * 64, "00000.png": "0" * 64})
    (recipe.path / "holiday.jpg").write_bytes(b"dear")
    (recipe.path / "00000.png").write_bytes(b"dear too")
    with pytest.raises(PlaceTakenError):
        run(document, masks, recipe)
    assert (recipe.path / "00000.png").read_bytes() == b"dear too"
    assert (recipe.path / "holiday.jpg").read_bytes() == b"dear"


def test_a_file_changed_since_it_was_exported_is_not_ours(tmp_path: Path) -> None:
    document, masks = shot()
    recipe = recipe_for(ExportFormat.PNG, tmp_path)
    run(document, masks, recipe)
    (recipe.path / "00001.png").write_bytes(b"retouched")
    with pytest.raises(PlaceTakenError, match=r"00001\.png"):
        run(document, masks, recipe)
    assert (recipe.path / "00001.png").read_bytes() == b"retouched"


def test_a_listed_link_is_not_followed(tmp_path: Path) -> None:
    document, masks = shot()
    precious = tmp_path / "precious.png"
    precious.write_bytes(b"dear")
    recipe = recipe_for(ExportFormat.PNG, tmp_path)
    write_manifest(recipe, {"00000.png": hashlib.sha256(b"dear").hexdigest()})
    (recipe.path / "00000.png").symlink_to(precious)
    with pytest.raises(PlaceTakenError):
        run(document, masks, recipe)
    run(document, masks, replace(recipe, overwrite=True))
    assert precious.read_bytes() == b"dear"
    assert not (recipe.path / "00000.png").is_symlink()


def test_a_folder_of_an_object_that_is_a_link_is_refused(tmp_path: Path) -> None:
    document, masks = shot(objects=2)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    recipe = replace(recipe_for(ExportFormat.PNG, tmp_path), overwrite=True)
    recipe.path.mkdir()
    (recipe.path / "Object 1").symlink_to(elsewhere)
    with pytest.raises(ExportError, match="is a link"):
        run(document, masks, recipe)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", ["00000.part", "shot.part.mov"])
@pytest.mark.parametrize("kind", [ExportFormat.PNG, ExportFormat.PRORES_4444])
def test_files_of_the_user_with_temporary_names_stay(tmp_path: Path, kind: ExportFormat, name: str) -> None:
    document, masks = shot()
    precious = tmp_path / "precious"
    precious.write_bytes(b"dear")
    recipe = Recipe(kind, tmp_path if kind.is_folder else tmp_path / "shot.mov")
    (tmp_path / name).symlink_to(precious)
    run(document, masks, recipe)
    assert (tmp_path / name).is_symlink()
    assert precious.read_bytes() == b"dear"


def test_a_file_that_comes_into_the_way_during_an_export_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, masks = shot()
    movie = tmp_path / "out.mov"
    publish = staging.Staging.publish

    def meddled(*arguments: object, **named: object) -> object:
        movie.write_bytes(b"dear")
        return publish(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(staging.Staging, "publish", meddled)
    with pytest.raises(PlaceTakenError):
        run(document, masks, Recipe(ExportFormat.PRORES_4444, movie))
    assert snapshot(tmp_path) == {"out.mov": b"dear"}


def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    document, masks = shot()
    for above in (tmp_path, *tmp_path.parents):
        if "pytest" in str(above) and above.stat().st_uid == os.getuid():
            above.chmod(0o755)
    tmp_path.chmod(0o555)

    def work() -> None:
        for kind in KINDS:
            with pytest.raises(ExportError, match="cannot be written"):
                run(document, masks, recipe_for(kind, tmp_path))

    try:
        as_unprivileged(work)
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize(
    "names",
    [
        ["a", "A", "a_2", "a_1"],
        ["x" * 300, "x" * 300, "x" * 299],
        ["人" * 200, "人" * 201],
        ["manifest.json", "Manifest.JSON"],
        ["con", "CON.png", "nul", "..", ".", " "],
        ["e\u0301", "\u00e9"],
        ["a/b", "a\\b", "a:b"],
    ],
)
def test_object_names_become_different_folders(tmp_path: Path, names: list[str]) -> None:
    document, masks = shot(objects=len(names))
    objects = tuple(replace(o, name=name) for o, name in zip(document.objects, names, strict=True))
    made = names_of_objects({item.id: item.name for item in objects})
    assert len({name.casefold() for name in made.values()}) == len(names)
    assert all(len(name.encode()) <= 200 and name.casefold() != "manifest.json" for name in made.values())
    report = run(replace(document, objects=objects), masks, Recipe(ExportFormat.PNG, tmp_path / "out"))
    assert len({path.parent for path in report.files}) == len(names)
    assert all(path.is_file() for path in report.files)


def test_names_by_tokens(tmp_path: Path) -> None:
    document, masks = shot(objects=2)
    run(document, masks, Recipe(ExportFormat.PNG, tmp_path, name="{clip}_{object}_{frame:04}", frames=FrameRange(1, 1)))
    assert numbers(tmp_path) == ["memory_Object 1_0001.png", "memory_Object 2_0001.png"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{object}", "every frame"),
        ("{frame}", "every object"),
        ("{frame", "no pattern"),
        ("{frame:x}{object}", "token"),
        ("{frame.real}{object}", "token"),
        ("{other}{frame}", "token"),
    ],
)
def test_patterns_that_cannot_be_used_are_refused(pattern: str, said: str) -> None:
    document, _ = shot(objects=2)
    with pytest.raises(ExportError, match=said):
        FileNames(pattern, ".png", clip="c", objects=document.objects, apart=True).planned([1, 2])


def test_other_footage_of_the_same_name_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "shot.mp4", frames=FRAMES, size=(36, 50), indexed=False)
    source = open_video(clip)
    document, masks = shot()
    document = replace(document, clip=clip_ref(source.info))
    source.close()
    recipe = Recipe(ExportFormat.PRORES_4444, tmp_path / "out.mov")
    assert Job(export_body(ExportTask(document, masks, recipe))).run().outcome is Outcome.DONE
    make_clip(clip, frames=FRAMES, size=(36, 50), indexed=False, gop=1)
    before = snapshot(tmp_path)
    result = Job(export_body(ExportTask(document, masks, recipe))).run()
    assert isinstance(result.error, ExportError) and "content differs" in str(result.error)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_folders_above_are_made_and_go_again_when_nothing_comes_of_it(tmp_path: Path, kind: ExportFormat) -> None:
    document, masks = shot()
    recipe = recipe_for(kind, tmp_path / "new" / "newer")
    jobs: list[Job[ExportReport]] = []
    task = ExportTask(document, Stopping(masks, jobs, 2, break_it=True), recipe)
    jobs.append(Job(export_body(task, open_source=lambda: ArraySource(pictures()))))
    assert jobs[0].run().outcome is Outcome.FAILED
    assert list(tmp_path.iterdir()) == []
    assert all(path.is_file() for path in run(document, masks, recipe).files)

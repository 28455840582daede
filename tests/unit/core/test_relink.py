"""Media that moved is found by its content; a forged path leads nowhere."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.core.shapes import clip, document
from vosapp.core.document import ClipRef
from vosapp.core.relink import Candidate, find_candidates, fingerprint, is_same_media, locate, name_of, relink


def media(path: Path, seed: int = 0, size: int = 300_000) -> ClipRef:
    """A file of its own content, and the reference to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes((position * 31 + seed) % 251 for position in range(size)))
    size_bytes, digest = fingerprint(path)
    return replace(clip(), path=str(path), size_bytes=size_bytes, sample_digest=digest)


def sequence(folder: Path, count: int = 5) -> ClipRef:
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"shot.{number:04d}.png").write_bytes(bytes(100 + number))
    size_bytes, digest = fingerprint(folder)
    return replace(clip(count), path=str(folder), size_bytes=size_bytes, sample_digest=digest)


def test_media_in_its_place_is_found_there(tmp_path: Path) -> None:
    ref = media(tmp_path / "shot.mov")
    assert locate(ref) == tmp_path / "shot.mov"
    assert is_same_media(ref, tmp_path / "shot.mov")


def test_media_that_moved_with_its_project_is_found_beside_it(tmp_path: Path) -> None:
    ref = media(tmp_path / "old" / "shot.mov")
    (tmp_path / "old").rename(tmp_path / "new")
    assert locate(ref, tmp_path / "new" / "a.vosapp") == tmp_path / "new" / "shot.mov"
    assert locate(ref, tmp_path / "a.vosapp") is None and locate(ref) is None


@pytest.mark.parametrize(
    ("path", "name"),
    [("/footage/a b.mov", "a b.mov"), (r"C:\footage\a.mov", "a.mov"), (r"\\server\share\a.mov", "a.mov"), ("", "")],
)
def test_names_of_paths_of_any_system(path: str, name: str) -> None:
    assert name_of(replace(clip(), path=path)) == name


def test_a_changed_byte_in_a_sample_is_other_media(tmp_path: Path) -> None:
    ref = media(tmp_path / "shot.mov")
    for position in (0, 150_000, 299_999):
        content = bytearray((tmp_path / "shot.mov").read_bytes())
        content[position] ^= 1
        (tmp_path / "other.mov").write_bytes(content)
        assert not is_same_media(ref, tmp_path / "other.mov")
    assert not is_same_media(ref, tmp_path / "gone.mov")


def test_what_else_comes_into_a_folder_of_images_makes_it_no_other_clip(tmp_path: Path) -> None:
    ref = sequence(tmp_path / "shot")
    for name in ("shot.vosapp", ".DS_Store", "._shot.0000.png", "Thumbs.db"):
        (tmp_path / "shot" / name).write_bytes(b"of the user or of the system")
    assert is_same_media(ref, tmp_path / "shot")
    (found,) = find_candidates(ref, [tmp_path])
    assert found == Candidate(tmp_path / "shot", "the same files")
    (tmp_path / "shot" / "shot.0005.png").write_bytes(b"a frame more")
    assert not is_same_media(ref, tmp_path / "shot")


def test_a_renamed_file_is_found_by_its_content(tmp_path: Path) -> None:
    ref = media(tmp_path / "a" / "shot.mov")
    (tmp_path / "a" / "shot.mov").rename(tmp_path / "a" / "A001_renamed.mov")
    media(tmp_path / "b" / "deep" / "shot.mov", seed=1)
    media(tmp_path / ".hidden" / "shot.mov")
    found = list(find_candidates(ref, [tmp_path]))
    assert found == [
        Candidate(tmp_path / "a" / "A001_renamed.mov", "the same content"),
        Candidate(tmp_path / "b" / "deep" / "shot.mov", "the same name, but other content"),
    ]


def test_a_moved_sequence_is_found_by_its_files(tmp_path: Path) -> None:
    ref = sequence(tmp_path / "plates" / "v1")
    (tmp_path / "plates").rename(tmp_path / "archive")
    sequence(tmp_path / "other" / "v1", 5)
    (tmp_path / "other" / "v1" / "shot.0001.png").write_bytes(b"changed")
    found = list(find_candidates(ref, [tmp_path]))
    assert [(one.path, one.reason) for one in found] == [
        (tmp_path / "archive" / "v1", "the same files"),
        (tmp_path / "other" / "v1", "the same name and number of files"),
    ]


def test_a_search_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = media(tmp_path / "shot.mov")
    if sys.platform != "win32":
        (tmp_path / "loop").symlink_to(tmp_path)
    assert len(list(find_candidates(ref, [tmp_path, tmp_path]))) == 1
    assert list(find_candidates(ref, [tmp_path], cancelled=lambda: True)) == []
    assert list(find_candidates(ref, [tmp_path / "gone"])) == []
    monkeypatch.setattr("vosapp.core.relink.MAX_ENTRIES", 0)
    assert list(find_candidates(ref, [tmp_path])) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Unix paths")
def test_devices_pipes_and_other_computers_are_not_followed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    remote = "//evil.example/share/shot.mov"
    for path in ("/dev/zero", str(pipe), remote, "nul\0byte"):
        assert locate(replace(clip(), path=path)) is None
    assert locate(replace(clip(), path=r"\\evil.example\share\shot.mov")) is None


def test_a_relinked_document_keeps_its_masks() -> None:
    made = document()
    moved = relink(made, Path("/new/shot.mov"), size_bytes=5, sample_digest="ab")
    assert moved.clip is not None and moved.clip.path == str(Path("/new/shot.mov"))
    assert moved.objects is made.objects
    assert relink(moved, Path("/new/shot.mov"), size_bytes=5, sample_digest="ab") is moved

"""The temporary place of an export: taken over only when nothing in it leads elsewhere, and never left by accident."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vosapp.core.errors import ExportError
from vosapp.export.place.earlier import KIND, Place, look_over
from vosapp.export.place.staging import Staging


def left_behind(folder: Path) -> Path:
    """What a stopped export to the folder "out" leaves."""
    root = folder / ".vosapp-export-0123456789ab"
    (root / "new").mkdir(parents=True)
    (root / "for").write_text("out")
    return root


def test_what_a_stopped_export_left_is_taken_over(tmp_path: Path) -> None:
    root = left_behind(tmp_path)
    (root / "new" / "00000.png").write_bytes(b"half")
    assert Staging(Place(tmp_path / "out", is_folder=True), resume=True).files == root / "new"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("what", ["a file", "a folder", "a second name", "the note"])
def test_a_place_that_leads_elsewhere_is_not_taken_over(tmp_path: Path, what: str) -> None:
    root, diary = left_behind(tmp_path), tmp_path / "diary.txt"
    diary.write_text("out")
    if what == "a file":
        (root / "new" / "00000.png").symlink_to(diary)
    elif what == "a folder":
        (root / "new" / "Object 1").symlink_to(tmp_path)
    elif what == "a second name":
        (root / "new" / "00000.png").hardlink_to(diary)
    else:
        (root / "for").unlink()
        (root / "for").symlink_to(diary)
    staging = Staging(Place(tmp_path / "out", is_folder=True), resume=True)
    assert staging.files.parent != root
    staging.discard()
    assert diary.read_text() == "out"


def test_a_place_that_cannot_be_made_whole_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.ftruncate", full)  # of the note in the folder
    with pytest.raises(ExportError, match="No space left"):
        Staging(Place(tmp_path / "deep" / "out", is_folder=True))
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_died_while_it_published_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path / "out", is_folder=True)
    place.path.mkdir()

    def publish() -> None:
        staging = Staging(place, resume=True)
        (staging.files / "00000.png").write_bytes(b"whole")
        try:
            staging.publish(
                ["00000.png"], {"kind": KIND}, look_over(place, ["00000.png"], overwrite=False), overwrite=False
            )
        finally:
            staging.discard(unless_resumable=True)

    def locked(_: Path, __: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", locked)  # as where a program on Windows has the manifest open
        with pytest.raises(ExportError, match="Permission denied"):
            publish()
    publish()
    assert sorted(path.name for path in place.path.iterdir()) == ["00000.png", "manifest.json"]

"""The files of the attack with hostile files: whole ones of every kind, to be spoilt, and some that claim too much."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.clips import encoded_image, make_clip
from tests.unit.core.storage.damage import make_project
from tests.unit.video.test_hostile_pictures import PLAIN, exr, ifd, png
from tests.unit.video.test_movie_tables import edits, packed, rebuilt, same_size, times
from vosapp.video.stills.images import write_png

CANARY = "a file of the user"
Words = Callable[[Path], Sequence[object]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and the command that it is given to.

    Attributes:
        name: for the report.
        file_name: what the file is called; its suffix tells the program what it is.
        content: a whole file, or one that claims what is not so.
        words: the command line for a path.
        learns: whether the command loads torch.
    """

    name: str
    file_name: str
    content: bytes
    words: Words
    learns: bool = False


def _info(path: Path) -> Sequence[object]:
    return ("info", path)


def kinds(folder: Path) -> list[Kind]:
    """All kinds; what the commands need besides is written to a folder."""
    shot, project = folder / "shot.mp4", folder / "whole.vosapp"
    make_clip(shot, frames=8, size=(48, 64), indexed=False)
    make_project(project)

    def as_mask(path: Path) -> Sequence[object]:
        return ("propagate", shot, "--mask", path, "--engine", "flow", "--out", path.parent / "out")

    def as_weights(path: Path) -> Sequence[object]:
        return ("weights", "import", path, "--network", "rgmp")

    def as_recipe(path: Path) -> Sequence[object]:
        return ("train", path, "--out", path.parent / "run")

    def as_place(path: Path) -> Sequence[object]:
        return ("export", project, "--format", "png", "--range", "0:3", "--out", path.parent)

    clips = [Kind(f"clip{suffix}", f"file{suffix}", _clip(folder, suffix), _info)
             for suffix in (".mp4", ".mov", ".mkv", ".avi")]  # fmt: skip
    movie = shot.read_bytes()
    claims = [Kind(name, "file.mp4", content, _info) for name, content in (
        ("many samples.mp4", rebuilt(movie, same_size)), ("many times.mp4", rebuilt(movie, times)),
        ("many edits.mp4", rebuilt(movie, edits)), ("packed.mp4", packed(movie)))]  # fmt: skip
    return [
        *clips,
        *claims,
        *_pictures(as_mask),
        Kind("project", "file.vosapp", project.read_bytes(), _info),
        Kind("manifest", "manifest.json", _manifest(), as_place),
        Kind("recipe", "recipe.toml", b'network = "rgmp"\nlike = "x"\n' + b"a = [" * 2000, as_recipe, learns=True),
        Kind("number.toml", "recipe.toml", b'network = "rgmp"\nsteps = ' + b"9" * 5000, as_recipe, learns=True),
        Kind("pickle", "file.pth", b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R." * 9, as_weights, learns=True),
        Kind("safetensors", "file.safetensors", _safetensors(), as_weights, learns=True),
        Kind("zip", "file.zip", _zip(), as_weights, learns=True),
    ]


def _clip(folder: Path, suffix: str) -> bytes:
    return make_clip(folder / f"whole{suffix}", frames=8, size=(48, 64), indexed=False).read_bytes()


def _pictures(as_mask: Words) -> list[Kind]:
    rgb = np.zeros((48, 64, 3), np.uint8)
    found = [Kind(f"frame{s}", f"file{s}", encoded_image(rgb, s), _info) for s in (".jpg", ".png", ".tif", ".exr")]
    found += [
        Kind("large.png", "file.png", png(0), _info),
        Kind("large.exr", "file.exr", exr(), _info),
        Kind("odd.tif", "file.tif", ifd(*PLAIN, (277, 3, 1, 60), (278, 4, 1, 64), (279, 4, 1, 2**31)), _info),
    ]
    return [*found, Kind("mask.png", "file.png", _mask(), as_mask)]


def _mask() -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        path = Path(name) / "mask.png"
        write_png(path, np.eye(48, 64, dtype=np.uint8) * 255)
        return path.read_bytes()


def _manifest() -> bytes:
    """A manifest that lists files of the user as its own."""
    digest = hashlib.sha256(CANARY.encode()).hexdigest()
    names = ("../diary.txt", "diary.txt/../own.png", "/etc/hostname", "own.png", "x" * 5000, "a\0b", "\ud800")
    return json.dumps({"kind": "somebody else", "files": dict.fromkeys(names, digest)}).encode()


def _safetensors() -> bytes:
    head = json.dumps({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode()
    return struct.pack("<Q", len(head)) + head


def _zip() -> bytes:
    """An archive whose members lead out of the folder and unpack to far more than they are."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"../../evil{number}.pth", bytes(4 * 2**20))
    return content.getvalue()

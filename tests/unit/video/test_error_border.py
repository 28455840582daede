"""Whatever a reader raises for what is in a file becomes a sentence about the file."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import OpenEXR
import pytest

from tests.clips import encoded_image, make_clip
from vosapp.core.errors import MediaError
from vosapp.core.relink import locate
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video
from vosapp.video.stills.images import read_image

KINDS = [ValueError, TypeError, KeyError, IndexError, RuntimeError, MemoryError, OverflowError, AttributeError,
         OSError, AssertionError, EOFError, UnicodeError, ZeroDivisionError, av.error.InvalidDataError]  # fmt: skip


def problem(kind: type[Exception]) -> Exception:
    return kind(1, "odd") if issubclass(kind, OSError) else kind("odd")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["container.av.open", "file_source.facts_of"])
def test_opening_a_video(place: str, kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "odd.mp4", frames=3)

    def broken(*_args: object, **_more: object) -> None:
        raise problem(kind)

    monkeypatch.setattr(f"vosapp.video.av.{place}", broken)
    with pytest.raises(MediaError, match=r"odd\.mp4"):
        open_video(path)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_a_video(kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_video(make_clip(tmp_path / "odd.mp4", frames=3))

    def broken(*_args: object) -> None:
        raise problem(kind)

    monkeypatch.setattr(source._converter, "display", broken)
    with pytest.raises(MediaError, match=r"odd\.mp4"):
        source.frame(1)
    with pytest.raises(IndexError):
        source.frame(3)
    source.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("suffix", "reader"),
    [
        (".exr", "vosapp.video.stills.exr.OpenEXR.File"),
        (".tif", "vosapp.video.stills.tiff.tifffile.TiffFile"),
        (".dpx", "vosapp.video.av.stills.av.open"),
    ],
)
def test_stills(
    suffix: str, reader: str, kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"odd{suffix}"
    path.write_bytes(encoded_image(np.full((8, 12, 3), 51, np.uint8), suffix))

    def broken(*_args: object, **_more: object) -> None:
        raise problem(kind)

    monkeypatch.setattr(reader, broken)
    with pytest.raises(MediaError, match="odd"):
        read_image(path)


def test_a_chosen_layer_stays_with_the_clip(tmp_path: Path) -> None:
    plane = np.full((8, 12), 0.25, np.float32)
    header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.ZIP_COMPRESSION}
    channels = {name: plane * n for n, name in enumerate(["R", "G", "B", "key.R", "key.G", "key.B"])}
    with OpenEXR.File(header, channels) as file:
        file.write(str(tmp_path / "s.0001.exr"))
    source = open_video(tmp_path / "s.%04d.exr#key")
    found = locate(clip_ref(source.info))
    source.close()
    assert found == tmp_path / "s.0001.exr#key"
    again = open_video(found)
    assert again.info.layer == "key" and again.native(0)[0, 0].tolist() == [0.75, 1.0, 1.25]
    again.close()

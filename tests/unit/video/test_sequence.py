"""Image sequences: which files belong together, gaps, odd members, film stills."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.clips import draw_index, encoded_image, make_sequence, read_index
from vosapp.core.errors import MediaError
from vosapp.video.open import open_video
from vosapp.video.sequence import SequenceSource
from vosapp.video.sequence_files import find_sequence
from vosapp.video.stills.images import write_png

BORDER = [220, 40, 40]


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")


def names_of(path: Path) -> list[str | None]:
    return [file and file.name for file in find_sequence(path).files]


def test_folder_file_and_patterns_mean_the_same(tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "größe", name="shot.{:04d}", first_number=1001, frames=4)
    for path in (folder, folder / "shot.1003.png", folder / "shot.%04d.png", folder / "shot.####.png"):
        source = open_video(path)
        info = source.info
        assert (info.frame_count, info.first_number, info.has_numbers) == (4, 1001, True)
        assert info.path == folder
        assert info.kind == "sequence"
        assert [read_index(source.frame(k)) for k in (3, 0, 2)] == [3, 0, 2]
        source.close()


def test_gaps_keep_their_numbers_and_are_shown(tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "s", frames=8, missing=(3, 4, 6), first_number=10)
    source = SequenceSource(folder)
    assert source.info.frame_count == 8
    assert "3 images are missing (numbers 13-14, 16)" in source.info.notes[0]
    assert [k for k in range(8) if source.is_damaged(k)] == [3, 4, 6]
    assert source.info.damaged == (3, 4, 6)
    assert source.frame(4)[0, 0].tolist() == BORDER
    assert read_index(source.native(4)) == 2
    assert read_index(source.frame(7)) == 7
    source.close()


def test_damaged_and_odd_members(tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "s", frames=5)
    (folder / "00001.png").write_bytes(b"nonsense")
    write_png(folder / "00003.png", np.zeros((10, 10, 3), np.uint8))
    source = SequenceSource(folder)
    assert [source.is_damaged(k) for k in range(5)] == [False, True, False, True, False]
    assert source.frame(3).shape == (96, 160, 3)
    (folder / "00000.png").unlink()
    assert source.frame(0)[0, 0].tolist() == BORDER
    source.close()


def test_image_that_comes_late(tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "s", frames=3)
    whole = (folder / "00001.png").read_bytes()
    (folder / "00001.png").write_bytes(whole[:100])
    source = SequenceSource(folder)
    assert source.is_damaged(1)
    assert read_index(source.native(1)) == 0
    (folder / "00001.png").write_bytes(whole)
    assert not source.is_damaged(1)
    assert read_index(source.frame(1)) == 1
    source.close()


def test_several_sequences_in_a_folder(tmp_path: Path) -> None:
    touch(
        tmp_path, *[f"plate_v2.{n}.exr" for n in range(1, 6)], "mask.1.png", "mask.2.png", "notes.txt", ".hidden.1.png"
    )
    found = find_sequence(tmp_path)
    assert names_of(tmp_path) == [f"plate_v2.{n}.exr" for n in range(1, 6)]
    assert "2 other images" in found.notes[0]
    # The folder alone would not say which sequence is meant.
    assert found.path == tmp_path / "plate_v2.1.exr"
    assert names_of(tmp_path / "mask.2.png") == ["mask.1.png", "mask.2.png"]
    assert names_of(found.path) == names_of(tmp_path)


def test_the_number_that_differs_is_the_frame_number(tmp_path: Path) -> None:
    touch(tmp_path / "tail", *[f"shot.{n:04d}_2k.png" for n in range(9, 12)])
    found = find_sequence(tmp_path / "tail")
    assert (found.first_number, len(found.files), found.has_numbers) == (9, 3, True)
    touch(tmp_path / "versions", *[f"v{v}_{n:03d}.png" for v in (1, 2) for n in range(3)])
    assert names_of(tmp_path / "versions" / "v1_001.png") == [f"v1_{n:03d}.png" for n in range(3)]


def test_names_without_common_numbering_play_in_order(tmp_path: Path) -> None:
    touch(tmp_path / "names", "b.png", "a.png", "c.png")
    found = find_sequence(tmp_path / "names")
    assert [f.name for f in found.files] == ["a.png", "b.png", "c.png"]
    assert not found.has_numbers
    assert found.notes
    touch(tmp_path / "dates", "IMG_20240101.jpg", "IMG_20240305.jpg", "IMG_20250101.jpg")
    found = find_sequence(tmp_path / "dates")
    assert len(found.files) == 3
    assert not found.has_numbers


def test_numbers_count_as_numbers(tmp_path: Path) -> None:
    touch(tmp_path, "f9.png", "f10.png", "f8.png", "f²x.png")
    assert names_of(tmp_path) == ["f8.png", "f9.png", "f10.png"]


def test_one_image_is_a_clip_of_one_frame(tmp_path: Path) -> None:
    write_png(tmp_path / "still.png", draw_index(np.full((96, 160, 3), 90, np.uint8), 5))
    write_png(tmp_path / "other.png", np.zeros((5, 5, 3), np.uint8))
    source = open_video(tmp_path / "still.png")
    assert source.info.frame_count == 1
    assert source.info.path == tmp_path / "still.png"
    assert read_index(source.frame(0)) == 5
    source.close()


@pytest.mark.parametrize(
    ("path", "message"),
    [("empty", "holds no images"), ("none.png", "There is no file"), ("x.%04d.png", "No file fits")],
)
def test_errors(path: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MediaError, match=message):
        open_video(tmp_path / path)


def test_first_image_unreadable(tmp_path: Path) -> None:
    touch(tmp_path, "0001.png", "0002.png")
    with pytest.raises(MediaError, match=r"0001\.png"):
        open_video(tmp_path)


def test_grey_and_sixteen_bit_images(tmp_path: Path) -> None:
    write_png(tmp_path / "a1.png", np.full((20, 32), 40000, np.uint16))
    write_png(tmp_path / "a2.png", np.full((20, 32), 65535, np.uint16))
    source = open_video(tmp_path)
    assert source.info.bit_depth == 16
    assert (source.native(0) == 40000).all()
    assert source.native(0).shape == (20, 32, 3)
    assert (source.frame(0) == round(40000 / 257)).all()
    assert (source.frame(1) == 255).all()
    source.close()


def test_film_density_and_header_facts_of_dpx(tmp_path: Path) -> None:
    """Byte 801 is the transfer of the first channel; 1724 the frame rate and 1920 the timecode (SMPTE 268)."""
    data = bytearray(encoded_image(np.full((32, 48, 3), 171, np.uint8), ".dpx"))
    plain = tmp_path / "plain.dpx"
    plain.write_bytes(data)
    data[801] = 1
    order = ">" if data[:4] == b"SDPX" else "<"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    data[start:start] = bytes(2048 - start)
    struct.pack_into(f"{order}I", data, 4, 2048)
    struct.pack_into(f"{order}f", data, 1724, 25.0)
    struct.pack_into(f"{order}I", data, 1920, 0x10203004)
    film = tmp_path / "film.dpx"
    film.write_bytes(data)
    first, second = open_video(plain), open_video(film)
    assert abs(int(first.frame(0)[5, 5, 0]) - 171) <= 1
    # Code 171 of 255 is code 686 of 1023: white paper, shown a little below the display's white.
    assert 235 <= second.frame(0)[5, 5, 0] < 255
    assert np.array_equal(first.native(0), second.native(0))
    assert second.info.rate == Fraction(25)
    # PyAV before 18.1 does not give the metadata of pictures, where the timecode is.
    assert second.info.start_timecode == ("10:20:30:04" if hasattr(av.VideoFrame, "metadata") else "")
    first.close()
    second.close()

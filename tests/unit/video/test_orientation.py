"""Display matrices become turns and mirrors."""

from __future__ import annotations

import struct

import av
import numpy as np
import pytest

from vosapp.video.av.convert import PictureConverter, facts_of
from vosapp.video.open import open_video
from vosapp.video.orientation import Orientation, orientation_from_matrix

PICTURE = np.arange(6).reshape(2, 3)
ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    return struct.pack("=9i", a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 0, 0, 1), PICTURE),
        ((-1, 0, 0, -1), PICTURE[::-1, ::-1]),
        ((-1, 0, 0, 1), PICTURE[:, ::-1]),
        ((1, 0, 0, -1), PICTURE[::-1]),
        ((0, 1, -1, 0), np.rot90(PICTURE, -1)),
        ((0, -1, 1, 0), np.rot90(PICTURE, 1)),
        ((0, 1, 1, 0), PICTURE.T),
        ((0, -1, -1, 0), np.rot90(PICTURE, 2).T),
    ],
)
def test_all_eight_ways(values: tuple[int, int, int, int], expected: np.ndarray) -> None:
    orientation = orientation_from_matrix(matrix(*values))
    assert np.array_equal(orientation.apply(PICTURE), expected)
    assert orientation.size(2, 3) == expected.shape
    assert orientation.exact


def test_odd_angles_take_the_nearest_quarter() -> None:
    tilted = struct.pack("=9i", 60000, 20000, 0, -20000, 60000, 0, 0, 0, 1 << 30)
    assert orientation_from_matrix(tilted) == Orientation(exact=False)


def test_too_short_a_matrix_is_none() -> None:
    assert orientation_from_matrix(b"short").is_identity


@pytest.mark.parametrize(
    ("degrees", "hflip", "vflip"), [(90, True, False), (0, True, False), (0, False, True), (-90, 0, 1)]
)
def test_mirrored_files(degrees: int, hflip: bool, vflip: bool, tmp_path) -> None:
    """The way FFmpeg itself defines its matrices: turn, then mirror."""
    rgb = np.zeros((32, 48, 3), np.uint8)
    rgb[:8, :8], rgb[-8:, :8] = (255, 0, 0), (0, 255, 0)
    path = tmp_path / "mirrored.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("png", rate=24)
        stream.height, stream.width, stream.pix_fmt = 32, 48, "rgb24"
        stream.set_display_rotation(degrees, hflip=bool(hflip), vflip=bool(vflip))
        out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        out.mux(stream.encode(None))
    expected = np.rot90(rgb, degrees // 90)
    expected = expected[:, ::-1] if hflip else expected
    expected = expected[::-1] if vflip else expected
    source = open_video(path)
    assert np.array_equal(source.native(0), expected)
    source.close()


def test_frames_without_side_data_are_upright() -> None:
    facts = facts_of(av.VideoFrame(32, 16, "rgb24"), None)
    assert facts.orientation.is_identity
    assert PictureConverter(facts).display(av.VideoFrame(32, 16, "rgb24")).shape == (16, 32, 3)

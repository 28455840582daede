"""Input spaces: patches with the code values that the makers of the curves publish become the right display picture."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip, make_sequence, read_index
from vosapp.core.errors import MediaError
from vosapp.export.targets.picture import picture_to_export
from vosapp.video import ocio
from vosapp.video.colour import light_to_deep_display, light_to_display
from vosapp.video.input_space import SPACES, InputSpaceError, studio_spaces
from vosapp.video.ocio import display_transform
from vosapp.video.open import open_video
from vosapp.video.prefetch import IndexedSource
from vosapp.video.source import frame_times
from vosapp.video.stills.images import write_png

Point = tuple[float, float]

# Codes of 18 % grey and of no light, of 1: ARRI "LogC Curve" (2012) and "LogC4 specification" (2022), Sony "Technical
# Summary for S-Gamut3/S-Log3" (420 and 95 of 1023), Panasonic "V-Log/V-Gamut Reference Manual" (433 and 128 of 1023),
# RED "White Paper on REDWideGamutRGB and Log3G10" (a third and 0.0916).
GREY_AND_BLACK = {
    "logc3": (0.391007, 0.092809),
    "logc4": (0.278396, 0.092864),
    "slog3": (420 / 1023, 95 / 1023),
    "slog3-cine": (420 / 1023, 95 / 1023),
    "vlog": (433 / 1023, 128 / 1023),
    "redlog3g10": (1 / 3, 0.091551),
    "linear": (0.18, 0.0),
    "acescg": (0.18, 0.0),
    "aces2065-1": (0.18, 0.0),
}
GREY_ON_SCREEN = 118  # 0.18 by the curve of sRGB (IEC 61966-2-1): 1.055 * 0.18 ** (1 / 2.4) - 0.055 = 0.4614


@pytest.fixture(autouse=True)
def no_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)


def patch(values: tuple[float, float, float], kind: type = np.float32) -> np.ndarray:
    scale = 1 if kind is np.float32 else np.iinfo(kind).max
    picture = np.empty((8, 8, 3), kind)
    picture[:] = [value if kind is np.float32 else round(value * scale) for value in values]
    return picture


def plate(folder: Path, values: tuple[float, float, float], suffix: str = ".png") -> Path:
    """An image of one colour: 16-bit codes in a PNG, amounts of light in an EXR."""
    path = folder / f"plate{suffix}"
    if suffix == ".png":
        write_png(path, patch(values, np.uint16))
    else:
        import OpenEXR

        channels = {"RGB": patch(values)}
        OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels).write(str(path))
    return path


def shown(path: Path, space: str) -> np.ndarray:
    source = open_video(path, input_space=space)
    try:
        picture = source.frame(0)
        assert picture.dtype == np.uint8
        assert not picture.flags.writeable
        return picture[0, 0].astype(int)
    finally:
        source.close()


@pytest.mark.parametrize("space", sorted(GREY_AND_BLACK))
def test_grey_and_black_of_every_curve(tmp_path: Path, space: str) -> None:
    grey, black = GREY_AND_BLACK[space]
    suffix = ".exr" if black == 0 else ".png"
    assert shown(plate(tmp_path, (grey, grey, grey), suffix), space) == pytest.approx([GREY_ON_SCREEN] * 3, abs=1)
    assert shown(plate(tmp_path, (black, black, black), suffix), space) == pytest.approx([0] * 3, abs=1)


def test_every_space_that_is_offered_is_tried_above() -> None:
    assert {space.name for space in SPACES} == {*GREY_AND_BLACK, "srgb", "rec709"}


# Red, green, blue and white (CIE x, y) as the same papers give them, and SMPTE ST 2065-1 and the ACEScg specification.
D65, ACES_WHITE = (0.3127, 0.3290), (0.32168, 0.33767)
CHROMATICITIES = {
    "linear": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), D65),
    "acescg": ((0.713, 0.293), (0.165, 0.830), (0.128, 0.044), ACES_WHITE),
    "aces2065-1": ((0.7347, 0.2653), (0.0, 1.0), (0.0001, -0.0770), ACES_WHITE),
    "logc3": ((0.6840, 0.3130), (0.2210, 0.8480), (0.0861, -0.1020), D65),
    "logc4": ((0.7347, 0.2653), (0.1424, 0.8576), (0.0991, -0.0308), D65),
    "slog3": ((0.730, 0.280), (0.140, 0.855), (0.100, -0.050), D65),
    "slog3-cine": ((0.766, 0.275), (0.225, 0.800), (0.089, -0.087), D65),
    "vlog": ((0.730, 0.280), (0.165, 0.840), (0.100, -0.030), D65),
    "redlog3g10": ((0.780308, 0.304253), (0.121595, 1.493994), (0.095612, -0.084589), D65),
}


def slog3(x: np.ndarray) -> np.ndarray:
    return (420 + np.log10((x + 0.01) / 0.19) * 261.5) / 1023


CURVES = {
    "logc3": lambda x: 0.247190 * np.log10(5.555556 * x + 0.052272) + 0.385537,
    "logc4": lambda x: (np.log2((2**18 - 16) / 117.45 * x + 64) - 6) / 14 * (928 / 1023) + 95 / 1023,
    "slog3": slog3,
    "slog3-cine": slog3,
    "vlog": lambda x: 0.241514 * np.log10(x + 0.00873) + 0.598206,
    "redlog3g10": lambda x: 0.224282 * np.log10((x + 0.01) * 155.975327 + 1),
}


def to_xyz(red: Point, green: Point, blue: Point, white: Point) -> np.ndarray:
    """The matrix of linear RGB to CIE XYZ, 1 1 1 being the white (SMPTE RP 177)."""

    def column(point: Point) -> np.ndarray:
        return np.array([point[0], point[1], 1 - point[0] - point[1]]) / point[1]

    primaries = np.stack([column(point) for point in (red, green, blue)], axis=1)
    return primaries * np.linalg.solve(primaries, column(white))


def adapted(xyz: np.ndarray) -> np.ndarray:
    """XYZ under D65 as under the white of ACES, by Bradford's matrix."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    whites = [bradford @ np.array([x / y, 1, (1 - x - y) / y]) for x, y in (D65, ACES_WHITE)]
    return np.linalg.solve(bradford, bradford @ xyz * whites[1] / whites[0])


def coded(space: str, light: tuple[float, float, float]) -> np.ndarray:
    """What a camera or renderer of a space writes for light of BT.709."""
    xyz = to_xyz(*CHROMATICITIES["linear"]) @ np.array(light)
    if CHROMATICITIES[space][3] == ACES_WHITE:
        xyz = adapted(xyz)
    values = np.linalg.solve(to_xyz(*CHROMATICITIES[space]), xyz)
    return CURVES[space](values) if space in CURVES else values


@pytest.mark.parametrize("space", sorted(CHROMATICITIES))
def test_colours_of_wide_primaries_become_those_of_the_screen(tmp_path: Path, space: str) -> None:
    values = tuple(float(value) for value in coded(space, (0.6, 0.2, 0.1)))
    # By the curve of sRGB 0.6, 0.2 and 0.1 are the codes 203, 124 and 89.
    path = plate(tmp_path, values, ".png" if space in CURVES else ".exr")
    assert shown(path, space) == pytest.approx([203, 124, 89], abs=1)


@pytest.mark.parametrize("space", [space for space in GREY_AND_BLACK if GREY_AND_BLACK[space][1]])
def test_highlights_of_a_log_curve_stay_apart(tmp_path: Path, space: str) -> None:
    codes = np.linspace(GREY_AND_BLACK[space][0], 0.75, 5)
    levels = [int(shown(plate(tmp_path, (code, code, code)), space)[1]) for code in codes]
    assert levels == sorted(levels)
    assert levels[0] < levels[1] < levels[2] <= 255


@pytest.mark.parametrize("space", ["srgb", "rec709"])
def test_ordinary_pictures_are_shown_as_they_are(tmp_path: Path, space: str) -> None:
    """A film scan that says log by mistake is one of these."""
    folder = make_sequence(tmp_path / "film", suffix=".dpx", frames=2)
    source = open_video(folder, input_space=space)
    native = source.native(1)
    assert np.abs(source.frame(1) - native / 65535 * 255).max() <= 0.51
    source.close()


def test_native_numbers_times_and_facts_stay(tmp_path: Path) -> None:
    times = [0, 40, 100, 130, 270, 300]
    clip = make_clip(tmp_path / "c.mp4", frames=6, times=times, time_base=Fraction(1, 1000), pixel_format="yuv420p10le")
    plain, log = open_video(clip), open_video(clip, input_space="LogC3")
    assert isinstance(log, IndexedSource)
    assert log.wait_until_exact()
    assert log.info.input_space == "logc3"
    assert (log.info.frame_count, log.info.colour) == (plain.info.frame_count, plain.info.colour)
    assert frame_times(log) == frame_times(plain) == tuple(Fraction(time, 1000) for time in times)
    for index in (4, 1):
        assert np.array_equal(plain.native(index), log.native(index))
        assert read_index(log.frame(index)) == index
        assert np.abs(log.frame(index).astype(int) - plain.frame(index)).max() > 20
        # an export that carries the clip's own picture has its numbers
        assert np.array_equal(picture_to_export(log, index, print, (96, 160)), plain.native(index))
    plain.close()
    log.close()
    with pytest.raises(MediaError, match="closed"):
        log.frame(0)


def test_scene_light_in_an_export_is_the_display_picture_of_its_space(tmp_path: Path) -> None:
    source = open_video(plate(tmp_path, tuple(coded("acescg", (0.6, 0.2, 0.1))), ".exr"), input_space="acescg")
    deep = picture_to_export(source, 0, print, (8, 8))
    assert deep.dtype == np.uint16
    assert deep[0, 0] / 257 == pytest.approx([203, 124, 89], abs=0.6)
    source.close()


def test_light_is_shown_by_one_curve_in_both_depths() -> None:
    light = np.linspace(-0.5, 3, 300, dtype=np.float32).reshape(10, 10, 3)
    for roll_off in (False, True):
        deep, shallow = light_to_deep_display(light, roll_off=roll_off), light_to_display(light, roll_off=roll_off)
        assert np.abs(deep / 257 - shallow).max() <= 0.51


def test_damaged_frames_keep_their_border(tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "s", suffix=".png", frames=4)
    (sorted(folder.iterdir())[2]).write_bytes(b"no picture")
    source = open_video(folder, input_space="slog3")
    assert source.is_damaged(2)
    assert np.array_equal(source.frame(2)[20:-20, 20:-20], source.frame(1)[20:-20, 20:-20])
    assert not np.array_equal(source.frame(2)[:3], source.frame(1)[:3])
    source.close()
    (sorted(folder.iterdir())[0]).write_bytes(b"no picture")
    source = open_video(folder, input_space="slog3")
    assert source.frame(0).shape == (96, 160, 3)  # nothing before it stands in
    source.close()


# -- the studio's own configuration -------------------------------------------------------------------------------

STUDIO = """ocio_profile_version: 2
roles: {default: house linear, scene_linear: house linear}
displays:
  Monitor:
    - !<View> {name: Film, colorspace: house screen}
colorspaces:
  - !<ColorSpace> {name: house linear, encoding: scene-linear}
  - !<ColorSpace>
    name: house screen
    encoding: sdr-video
    from_scene_reference: !<ExponentTransform> {value: [2, 2, 2, 1], direction: inverse}
  - !<ColorSpace>
    name: house log
    encoding: log
    to_scene_reference: !<MatrixTransform> {matrix: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]}
"""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "studio.ocio"
    path.write_text(STUDIO)
    monkeypatch.setenv("OCIO", str(path))
    return path


def test_a_studios_spaces_are_shown_by_its_view(tmp_path: Path, studio: Path) -> None:
    assert studio_spaces() == ("house linear", "house screen", "house log")
    # light 0.25 is code 0.5 by the square root of this monitor; its log is half of the light
    assert shown(plate(tmp_path, (0.25, 0.25, 0.25), ".exr"), "house linear") == pytest.approx([128] * 3, abs=2)
    assert shown(plate(tmp_path, (0.125, 0.125, 0.125)), "house log") == pytest.approx([128] * 3, abs=2)
    # what it does not know is taken from the built-in configuration
    assert shown(plate(tmp_path, (1 / 3, 1 / 3, 1 / 3)), "redlog3g10") == pytest.approx([GREY_ON_SCREEN] * 3, abs=1)


def test_the_table_of_a_view_is_near_the_view(studio: Path) -> None:
    transform = display_transform("house linear")
    ramp = np.exp2(np.linspace(-9, 0, 3 * 64)).astype(np.float32).reshape(8, 8, 3)
    assert np.abs(transform.deep(ramp) / 257 - transform.shallow(ramp)).max() <= 2


@pytest.mark.parametrize("content", [None, "", "no configuration", "ocio_profile_version: 99\n"])
def test_a_bad_studio_configuration_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / f"bad{content!s:.3}.ocio"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("OCIO", str(path))
    folder = make_sequence(tmp_path / "s", suffix=".png", frames=2)
    with pytest.raises(InputSpaceError, match="which the variable OCIO names, cannot be used"):
        open_video(folder, input_space="house linear")
    with pytest.raises(InputSpaceError):
        studio_spaces()


def test_an_unknown_space_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputSpaceError, match="There is no input space kodachrome") as caught:
        open_video(plate(tmp_path, (0, 0, 0)), input_space="kodachrome")
    assert "redlog3g10" in caught.value.hint


def test_a_missing_package_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ocio._made_transform.cache_clear()
    ocio._config.cache_clear()
    monkeypatch.setitem(sys.modules, "PyOpenColorIO", None)
    with pytest.raises(InputSpaceError, match="need OpenColorIO"):
        open_video(plate(tmp_path, (0, 0, 0)), input_space="acescg")

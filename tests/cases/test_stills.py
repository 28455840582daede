"""EXR, TIFF and moving stills against what the recipes wrote and OpenEXR and tifffile read."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image, ImageOps

from tests.cases.conftest import Make
from vosapp.core.errors import MediaError
from vosapp.video.open import open_video
from vosapp.video.stills.images import read_image

HEIGHT, WIDTH = 64, 96
YY, XX = np.mgrid[0:HEIGHT, 0:WIDTH]
RGB = np.stack([XX / WIDTH, YY / HEIGHT, ((XX // 8 + YY // 8) % 2) * 0.5], -1)
CHANGED_ORDER = RGB[..., ::-1]


@pytest.mark.parametrize(
    ("name", "layer", "others"),
    [
        ("layer_blender", "ViewLayer.Combined", True),
        ("layer_beauty_only", "beauty", False),
        ("layer_plus_rgb", "", True),
        ("lower_case", "", False),
        ("mixed_depth", "", False),
        ("depth_float", "", True),
        ("ids_uint", "", True),
        ("crypto", "", True),
        ("multipart_depth_first", "rgba", True),
        ("multipart_rgba_first", "rgba", True),
        ("multipart_blender", "ViewLayer.Combined", True),
    ],
)
def test_the_colour_layer_is_shown(name: str, layer: str, others: bool, made: Make) -> None:
    source = open_video(made("exr_kinds.py") / f"{name}.exr#{layer}" if layer else made("exr_kinds.py") / f"{name}.exr")
    chosen = open_video(made("exr_kinds.py") / f"{name}.exr")
    for one in (source, chosen):
        assert np.abs(one.native(0)[..., :3] - RGB).max() < 1e-3
        assert one.info.layer == layer
        assert bool(any("other layers" in note for note in one.info.notes)) == others
        one.close()


def test_another_layer_can_be_chosen(made: Make) -> None:
    source = open_video(made("exr_kinds.py") / "layer_plus_rgb.exr#diffuse")
    assert np.abs(source.native(0)[..., :3] - CHANGED_ORDER).max() < 1e-3
    source.close()
    with pytest.raises(MediaError, match="no layer 'gloss'"):
        open_video(made("exr_kinds.py") / "layer_plus_rgb.exr#gloss")


@pytest.mark.parametrize("name", ["only_Z", "only_Y", "only_R"])
def test_a_single_channel_is_grey(name: str, made: Make) -> None:
    source = open_video(made("exr_kinds.py") / f"{name}.exr")
    assert np.abs(source.native(0) - RGB[..., :1]).max() < 1e-3
    source.close()


@pytest.mark.parametrize(
    ("name", "display", "data"),
    [
        ("plain", (0, 0, 127, 95), (0, 0, 127, 95)),
        ("overscan", (0, 0, 127, 95), (-16, -12, 143, 107)),
        ("crop", (0, 0, 127, 95), (40, 30, 99, 69)),
        ("crop_beyond", (0, 0, 127, 95), (-10, 20, 60, 120)),
        ("display_1001", (1, 1, 128, 96), (1, 1, 128, 96)),
        ("display_off", (100, 50, 227, 145), (110, 60, 200, 120)),
    ],
)
def test_both_windows_place_the_picture(
    name: str, display: tuple[int, int, int, int], data: tuple[int, int, int, int], made: Make
) -> None:
    samples = read_image(made("exr_windows.py") / f"{name}.exr")
    yy, xx = np.mgrid[display[1] : display[3] + 1, display[0] : display[2] + 1]
    want = np.stack([(xx % 64) / 64, (yy % 64) / 64, ((xx // 8 + yy // 8) % 2) * 0.5], -1)
    inside = (xx >= data[0]) & (xx <= data[2]) & (yy >= data[1]) & (yy <= data[3])
    assert samples.shape == want.shape
    assert np.abs(samples - want * inside[..., None]).max() < 1e-3


def test_planar_tiffs_show_their_picture(made: Make, real: Path) -> None:
    for n in range(6):
        folder = made("tiff_planar.py")
        planar = read_image(folder / f"planar_{n:04}.tif")
        assert np.array_equal(planar, read_image(folder.with_name(folder.name + "_contig") / f"contig_{n:04}.tif"))
        assert planar.dtype == np.uint16
    flower = real / "flower-rgb-planar-16.tif"
    assert np.array_equal(read_image(flower), np.moveaxis(tifffile.imread(flower), 0, 2))


@pytest.mark.parametrize("compression", ["lzw", "zlib", "jpeg", "zstd"])
def test_compressed_tiffs(compression: str, tmp_path: Path) -> None:
    picture = (RGB * 255).astype(np.uint8)
    tifffile.imwrite(tmp_path / "c.tif", picture, photometric="rgb", compression=compression)
    off = np.abs(read_image(tmp_path / "c.tif").astype(int) - picture)
    assert off.mean() < (8 if compression == "jpeg" else 1e-9)


def test_unsupported_tiffs_are_named_as_such(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "cmyk.tif", np.zeros((8, 8, 4), np.uint8), photometric="separated")
    with pytest.raises(MediaError, match="not supported"):
        read_image(tmp_path / "cmyk.tif")


@pytest.mark.parametrize(("name", "count"), [("anim.webp", 10), ("anim.png", 10), ("pages.tif", 10)])
def test_pictures_left_out_are_counted(name: str, count: int, made: Make) -> None:
    source = open_video(made("animated_stills.py") / f"{name}_d" / name)
    assert any(f"holds {count} pictures" in note for note in source.info.notes)
    source.close()


def test_pages_of_a_real_tiff_are_counted(real: Path) -> None:
    source = open_video(real / "multipage.tiff")
    assert any("holds 3 pictures" in note for note in source.info.notes)
    source.close()


def luminance_chroma_exr(luminance: float, chroma: dict[str, float]) -> bytes:
    """An uncompressed EXR by the layout of the format's document: the package's writers know no smaller channels."""

    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value

    def channel(name: str, step: int) -> bytes:
        return name.encode() + b"\0" + struct.pack("<iBxxxii", 2, 0, step, step)  # 2: 32-bit float

    window = struct.pack("<4i", 0, 0, WIDTH - 1, HEIGHT - 1)
    header = struct.pack("<ii", 20000630, 2) + b"".join(
        [
            attribute("channels", "chlist", channel("BY", 2) + channel("RY", 2) + channel("Y", 1) + b"\0"),
            attribute("compression", "compression", b"\0"),
            attribute("dataWindow", "box2i", window),
            attribute("displayWindow", "box2i", window),
            attribute("lineOrder", "lineOrder", b"\0"),
            attribute("pixelAspectRatio", "float", struct.pack("<f", 1)),
            attribute("screenWindowCenter", "v2f", struct.pack("<ff", 0, 0)),
            attribute("screenWindowWidth", "float", struct.pack("<f", 1)),
            b"\0",
        ]
    )
    lines, offsets, place = [], [], len(header) + 8 * HEIGHT
    for y in range(HEIGHT):
        values = [] if y % 2 else [np.full(WIDTH // 2, chroma[name], np.float32) for name in ("BY", "RY")]
        content = b"".join(one.tobytes() for one in (*values, np.full(WIDTH, luminance, np.float32)))
        offsets.append(place)
        lines.append(struct.pack("<ii", y, len(content)) + content)
        place += len(lines[-1])
    return header + struct.pack(f"<{HEIGHT}Q", *offsets) + b"".join(lines)


def test_luminance_and_chroma_are_colours(tmp_path: Path) -> None:
    """RY = (R - Y) / Y and BY = (B - Y) / Y at half the size, Y by the primaries of BT.709 (OpenEXR, RgbaYca)."""
    colour = np.array([0.6, 0.3, 0.1])
    luminance = float(colour @ [0.2126, 0.7152, 0.0722])
    chroma = {"RY": (colour[0] - luminance) / luminance, "BY": (colour[2] - luminance) / luminance}
    (tmp_path / "yc.exr").write_bytes(luminance_chroma_exr(luminance, chroma))
    source = open_video(tmp_path / "yc.exr")
    assert source.native(0).shape == (HEIGHT, WIDTH, 3)
    assert np.abs(source.native(0) - colour).max() < 2e-3
    source.close()


def test_deep_data_is_named_and_not_called_damaged(tmp_path: Path) -> None:
    samples = np.empty((8, 8), object)
    for place in np.ndindex(samples.shape):
        samples[place] = np.array([0.5], np.float32)
    header = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    OpenEXR.File(header, {"R": samples, "G": samples, "B": samples}).write(str(tmp_path / "deep.exr"))
    with pytest.raises(MediaError, match="deep EXR, which is not supported"):
        open_video(tmp_path / "deep.exr")


@pytest.mark.parametrize("suffix", [".png", ".webp", ".jpg", ".tif"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_stills_are_turned_as_their_camera_held_it(suffix: str, turn: int, tmp_path: Path) -> None:
    """The right picture is Pillow's own `exif_transpose`."""
    picture = Image.fromarray(np.kron((RGB[::16, ::16] * 255).astype(np.uint8), np.ones((16, 16, 1), np.uint8)))
    exif = Image.Exif()
    exif[0x0112] = turn
    more = {"lossless": True} if suffix == ".webp" else {"quality": 100, "subsampling": 0} if suffix == ".jpg" else {}
    picture.save(tmp_path / f"t{suffix}", exif=exif, **more)
    with Image.open(tmp_path / f"t{suffix}") as stored:
        right = np.array(ImageOps.exif_transpose(stored).convert("RGB"))
    source = open_video(tmp_path / f"t{suffix}")
    assert source.frame(0).shape == right.shape == ((64, 96, 3) if turn < 5 else (96, 64, 3))
    assert np.abs(source.frame(0).astype(int) - right).max() <= (4 if suffix == ".jpg" else 0)
    source.close()

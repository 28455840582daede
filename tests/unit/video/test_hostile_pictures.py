"""Small files that claim large pictures are refused from their headers."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.shared import REPOSITORY
from vosapp.core.errors import MediaError
from vosapp.video.stills.images import read_image
from vosapp.video.stills.loaded_image import PlainImage

SIDE = 20_000
READ = """
import sys
from pathlib import Path
from vosapp.core.errors import MediaError
from vosapp.video.stills.images import read_image

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

import av, cv2
before = peak()
try:
    read_image(Path(sys.argv[1]))
    print("read")
except MediaError:
    print(peak() - before)
"""


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(colour_kind: int) -> bytes:
    """A whole PNG of 400 million pixels in half a megabyte."""
    bytes_a_pixel = {0: 1, 2: 3, 3: 1}[colour_kind]
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(bytes(1 + SIDE * bytes_a_pixel)) for _ in range(SIDE)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, colour_kind, 0, 0, 0))
    colours = chunk(b"PLTE", bytes(768)) if colour_kind == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + header + colours + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def exr() -> bytes:
    """The header of an EXR of 40,000 x 40,000 pixels, with empty lines."""
    box = struct.pack("<4i", 0, 0, 39_999, 39_999)

    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value

    channels = b"".join(c.encode() + b"\0" + struct.pack("<iB3xii", 2, 0, 1, 1) for c in "BGR") + b"\0"
    content = struct.pack("<II", 20000630, 2)
    content += attribute("channels", "chlist", channels) + attribute("compression", "compression", b"\0")
    content += attribute("dataWindow", "box2i", box) + attribute("displayWindow", "box2i", box)
    content += attribute("lineOrder", "lineOrder", b"\0") + attribute("pixelAspectRatio", "float", struct.pack("<f", 1))
    content += attribute("screenWindowCenter", "v2f", bytes(8)) + attribute("screenWindowWidth", "float", bytes(4))
    return content + b"\0" + bytes(8 * 40_000)


@pytest.mark.skipif(sys.platform != "linux", reason="reads how much memory a process took where Linux says it")
@pytest.mark.parametrize(
    ("name", "content"), [("grey.png", png(0)), ("rgb.png", png(2)), ("indexed.png", png(3)), ("large.exr", exr())]
)
def test_a_small_file_of_a_large_picture_takes_no_memory(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() != "read" and int(done.stdout) < 200


def ifd(*entries: tuple[int, int, int, int]) -> bytes:
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + rows + bytes(5000)


PLAIN = ((256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8))


@pytest.mark.parametrize(
    "content",
    [
        ifd((256, 4, 2**31, 64), (257, 4, 1, 64), (270, 2, 2**32 - 1, 8)),
        ifd(*PLAIN, (277, 3, 1, 60_000), (278, 4, 1, 64), (279, 4, 1, 2**31)),
        ifd((256, 4, 1, 8000), (257, 4, 1, 8000), *PLAIN[2:], (277, 3, 1, 60), (278, 4, 1, 8000), (279, 4, 1, 2**31)),
    ],
    ids=["a size that is a table", "60,000 channels", "60 channels of 64 million"],
)
def test_a_tiff_of_impossible_fields_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.tif"
    path.write_bytes(content)
    with pytest.raises(MediaError):
        PlainImage(path, content)
    with pytest.raises(MediaError):
        read_image(path)

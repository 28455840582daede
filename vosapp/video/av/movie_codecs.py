"""The movie codecs that vosapp writes, as data: encoder, samples, settings and what the file says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MovieCodec:
    """One way to write a movie.

    Attributes:
        encoder: as FFmpeg names it.
        container: as FFmpeg names it.
        pixel_format: of the pictures that the encoder gets.
        bits: of each sample.
        is_rgb: whether samples are R'G'B' over the full range; else Y'CbCr of limited range.
        has_alpha: whether there is an alpha plane, over the full range.
        is_packed: whether blue, green, red and an alpha that is full lie side by side in one plane of 8 bits.
        across, down: how many pixels share a chroma sample.
        options: of the encoder.
        tag: four-character code, or "" for the usual one.
        decoder: the decoder that reads all of it, where the usual one does not; else "".
        holds_timecode: whether the container takes a start timecode.
        sound: the encoder of the sound beside it, or "" where none goes.
        whole: what the width has to be a multiple of.
        container_options: of the container.
    """

    encoder: str
    container: str
    pixel_format: str
    bits: int
    is_rgb: bool = False
    has_alpha: bool = False
    across: int = 1
    down: int = 1
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    decoder: str = ""
    holds_timecode: bool = True
    sound: str = "pcm_s24le"
    whole: int = 1
    container_options: Mapping[str, str] = field(default_factory=dict)
    is_packed: bool = False


_X264 = {"crf": "12", "preset": "medium", "bf": "2"}
_X265 = {"crf": "14", "preset": "fast", "x265-params": "log-level=error"}
_VP9 = {"crf": "18", "b": "0", "row-mt": "1", "cpu-used": "4", "auto-alt-ref": "0"}

_MP4 = {"write_tmcd": "1", "movflags": "+faststart"}

PRORES_4444 = MovieCodec(
    "prores_ks",
    "mov",
    "yuva444p10le",
    10,
    has_alpha=True,
    options={"profile": "4444", "alpha_bits": "16", "vendor": "apl0"},
)
PRORES_422_HQ = MovieCodec("prores_ks", "mov", "yuv422p10le", 10, across=2, options={"profile": "hq", "vendor": "apl0"})
H264 = MovieCodec("libx264", "mp4", "yuv420p", 8, across=2, down=2, options=_X264, sound="aac", container_options=_MP4)
H265 = MovieCodec(
    "libx265",
    "mp4",
    "yuv420p10le",
    10,
    across=2,
    down=2,
    options=_X265,
    tag="hvc1",
    sound="aac",
    container_options=_MP4,
)
VP9 = MovieCodec(
    "libvpx-vp9",
    "webm",
    "yuva420p",
    8,
    has_alpha=True,
    across=2,
    down=2,
    options=_VP9,
    decoder="libvpx-vp9",
    holds_timecode=False,
    sound="libopus",
)
FFV1 = MovieCodec(
    "ffv1",
    "matroska",
    "gbrap16le",
    16,
    is_rgb=True,
    has_alpha=True,
    options={"level": "3", "slicecrc": "1"},
    sound="flac",
)
CINEFORM = MovieCodec(
    "cfhd", "mov", "gbrap12le", 12, is_rgb=True, has_alpha=True, options={"quality": "film3+"}, whole=16
)
WEBP = MovieCodec(
    "libwebp_anim",
    "webp",
    "bgra",
    8,
    is_rgb=True,
    is_packed=True,
    options={"quality": "80", "compression_level": "3"},
    holds_timecode=False,
    sound="",
    container_options={"loop": "0"},
)

"""Lists what this build of FFmpeg reads, writes and lets a graphics processor decode on this machine."""

from __future__ import annotations

from typing import Literal

import av
from av.codec.hwaccel import HWAccel

from vosapp.video.av.hardware import accelerations

# Codecs that footage comes in, by FFmpeg's name and the name that people use.
READS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "prores": "ProRes",
    "dnxhd": "DNxHD/HR",
    "vp9": "VP9",
    "av1": "AV1",
    "mpeg2video": "MPEG-2",
    "mjpeg": "Motion JPEG",
    "ffv1": "FFV1",
    "png": "PNG",
}
WRITES = {"prores_ks": "ProRes"}


def readable_codecs() -> dict[str, bool]:
    """Which of the usual codecs can be decoded, by the name that people use."""
    return {title: _exists(name, "r") for name, title in READS.items()}


def writable_codecs() -> dict[str, bool]:
    """Which of the codecs of movie exports can be encoded, by the name that people use."""
    return {title: _exists(name, "w") for name, title in WRITES.items()}


def opened_devices() -> list[str]:
    """The devices that open here and decode H.264, best first: fewer than FFmpeg was built with."""
    codec = av.Codec("h264", "r")
    level = av.logging.get_level()
    av.logging.set_level(None)  # a device that is not there is no news
    try:
        return [way.device for way in accelerations(codec, "yuv420p") if _opens(way.device)]
    finally:
        av.logging.set_level(level)


def _exists(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.Codec(name, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _opens(device: str) -> bool:
    try:
        HWAccel(device, allow_software_fallback=False).create(av.Codec("h264", "r"))
    except (av.FFmpegError, RuntimeError, NotImplementedError):
        return False
    return True

"""Test clips made with PyAV: every frame carries its index as a bar code that survives lossy codecs.

The code is 16 cells across the top quarter of the picture, in two rows: the upper row shows the bits, the lower
row their opposite, so that reading compares two neighbouring cells and does not depend on levels or tone mapping.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

# Keeps the AV1 encoder from writing about itself to the terminal.
os.environ.setdefault("SVT_LOG", "1")

Rgb = NDArray[np.uint8]
Content = Callable[[int], Rgb]

BITS = 16
_STILLS = {
    ".png": ("png", "rgb24"),
    ".jpg": ("mjpeg", "yuvj444p"),
    ".tif": ("tiff", "rgb24"),
    ".exr": ("exr", "gbrpf32le"),
    ".dpx": ("dpx", "gbrp10le"),
}
_DARK, _LIGHT = 40, 215


def moving_picture(size: tuple[int, int]) -> Content:
    """A textured ground with a disc that moves a little each frame; the same pixels on every machine."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    ground = np.stack([np.sin(x / 7 + c) * np.cos(y / (5 + c)) * 60 + 110 + 15 * c for c in range(3)], axis=-1)

    def picture(index: int) -> Rgb:
        rgb = ground.copy()
        centre_x = width * (0.3 + 0.4 * ((index % 48) / 48))
        disc = (x - centre_x) ** 2 + (y - height * 0.65) ** 2 < (min(height, width) * 0.2) ** 2
        rgb[disc] = (220, 90, 40)
        return rgb.astype(np.uint8)

    return picture


def draw_index(frame: Rgb, index: int) -> Rgb:
    """A copy of `frame`, (height, width, 3) uint8, with `index` (0..65535) written into its top quarter."""
    if not 0 <= index < 1 << BITS:
        raise ValueError(f"the bar code holds 0..65535, not {index}")
    out = np.array(frame)
    rows, columns = _cells(out.shape[0], out.shape[1])
    for bit in range(BITS):
        on = index >> (BITS - 1 - bit) & 1
        out[rows[0] : rows[1], columns[bit] : columns[bit + 1]] = _LIGHT if on else _DARK
        out[rows[1] : rows[2], columns[bit] : columns[bit + 1]] = _DARK if on else _LIGHT
    return out


def read_index(rgb: NDArray[np.generic]) -> int:
    """The index written into a picture (height, width, 3 or more); ValueError when none can be read."""
    rows, columns = _cells(rgb.shape[0], rgb.shape[1])
    grey = np.asarray(rgb[..., :3], np.float64).mean(axis=2)
    spread = max(float(grey.max()), 1e-6)
    index = 0
    for bit in range(BITS):
        upper = _middle(grey, rows[0], rows[1], columns[bit], columns[bit + 1])
        lower = _middle(grey, rows[1], rows[2], columns[bit], columns[bit + 1])
        if abs(upper - lower) < 0.2 * spread:
            raise ValueError(f"no readable bar code: bit {bit} reads {upper:.0f} over {lower:.0f}")
        index = index << 1 | int(upper > lower)
    return index


def make_clip(
    path: Path,
    *,
    frames: int = 30,
    size: tuple[int, int] = (96, 160),
    codec: str = "libx264",
    rate: Fraction = Fraction(24),
    content: Content | None = None,
    pixel_format: str = "",
    gop: int = 12,
    b_frames: int = 0,
    times: Sequence[int] = (),
    time_base: Fraction | None = None,
    rotation: int = 0,
    audio: bool = False,
    timecode: str = "",
    pixel_aspect: Fraction | None = None,
    colour: dict[str, int] | None = None,
    options: dict[str, str] | None = None,
    container: str | None = None,
    container_options: dict[str, str] | None = None,
    first_index: int = 0,
    indexed: bool = True,
) -> Path:
    """Writes a clip whose frame k shows `content(k)` with the bar code k on it, and returns `path`.

    Args:
        path: file to write; its ending chooses the container unless `container` names one.
        frames: number of frames.
        size: (height, width) of the stored picture; with `rotation` 90 or 270 the picture shown is turned.
        codec: encoder as FFmpeg names it.
        rate: frames a second.
        content: picture of a frame by index, at the size shown; a moving disc on a texture when None.
        pixel_format: as FFmpeg names it; the encoder's first choice when empty.
        gop: distance between key frames.
        b_frames: number of B-frames in a row.
        times: presentation time of every frame in units of `time_base`, for variable rates.
        time_base: unit of `times`; one frame when None.
        rotation: clockwise turn, 0, 90, 180 or 270 degrees, that a player has to apply.
        audio: adds a track with a tone.
        timecode: start timecode, written as the container can.
        pixel_aspect: width of a pixel over its height.
        colour: attributes set on the encoder, for example {"color_range": 1, "colorspace": 1}.
        options: options of the encoder.
        container_options: options of the container.
        first_index: index that the first frame's bar code shows.
        indexed: False leaves the bar code away.
    """
    turned = (size[1], size[0]) if rotation % 180 else size
    picture = content or moving_picture(turned)
    with av.open(str(path), "w", format=container, options=container_options or {}) as out:
        stream = _video_stream(out, codec, rate, size, pixel_format)
        context = stream.codec_context
        context.gop_size = gop
        context.max_b_frames = b_frames
        for name, value in (colour or {}).items():
            setattr(context, name, value)
        if pixel_aspect is not None:
            context.sample_aspect_ratio = pixel_aspect
        if time_base is not None:
            context.time_base = time_base
            stream.time_base = time_base
        if timecode:
            stream.metadata["timecode"] = timecode
        if rotation:
            stream.set_display_rotation(-rotation)
        context.options = _encoder_options(codec, gop, b_frames) | (options or {})
        sound = _sound_stream(out, path) if audio else None
        for k in range(frames):
            rgb = draw_index(picture(k), k + first_index) if indexed else picture(k)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.rot90(rgb, rotation // 90)), "rgb24")
            frame = _tagged(frame, stream.pix_fmt, colour or {})
            frame.pts = times[k] if times else k
            frame.time_base = time_base or 1 / rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound is not None:
            _write_tone(out, sound, float(frames / rate))
    return path


def make_sequence(
    folder: Path,
    *,
    suffix: str = ".png",
    frames: int = 30,
    size: tuple[int, int] = (96, 160),
    first_number: int = 0,
    missing: Sequence[int] = (),
    name: str = "{:05d}",
    pixel_format: str = "",
    content: Content | None = None,
) -> Path:
    """Writes an image sequence whose frame k shows the bar code k, and returns `folder`.

    Args:
        folder: made if it does not exist.
        suffix: .png, .jpg, .tif, .exr or .dpx.
        frames: number of frames, those missing included.
        size: (height, width).
        first_number: number of frame 0 in the file names.
        missing: frames of which no file is written.
        name: how a number becomes a file name without suffix.
        pixel_format: as FFmpeg names it; 8-bit RGB, or float for EXR and 10-bit for DPX, when empty.
        content: picture of a frame; a moving disc on a texture when None.
    """
    folder.mkdir(parents=True, exist_ok=True)
    picture = content or moving_picture(size)
    for k in range(frames):
        if k not in missing:
            image = encoded_image(draw_index(picture(k), k), suffix, pixel_format)
            (folder / (name.format(first_number + k) + suffix)).write_bytes(image)
    return folder


def encoded_image(rgb: Rgb, suffix: str, pixel_format: str = "") -> bytes:
    """The bytes of one image file that shows `rgb`; EXR samples are code / 255."""
    encoder, usual = _STILLS[suffix]
    pixel_format = pixel_format or usual
    if "f32" in pixel_format:
        samples = np.ascontiguousarray(rgb.astype(np.float32) / 255)
        frame = av.VideoFrame.from_ndarray(samples, "gbrpf32le")
    else:
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(
            format=pixel_format, dst_color_range=2
        )
    context = av.CodecContext.create(encoder, "w")
    context.height, context.width = rgb.shape[:2]
    context.pix_fmt, context.time_base = pixel_format, Fraction(1, 24)
    context.options = {"qmin": "1", "qmax": "2"} if encoder == "mjpeg" else {}
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def truncated(source: Path, path: Path, fraction: float) -> Path:
    """Copies the first `fraction` of a file's bytes."""
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * fraction)])
    return path


def damaged(source: Path, path: Path, packets: Sequence[int], *, spare: int = 0) -> Path:
    """Copies a file and overwrites the picture data of some packets (in file order) with noise.

    Args:
        source: file to copy.
        path: copy to make.
        packets: packet numbers, counted in the order of the file.
        spare: bytes left whole at the start of each packet.
    """
    data = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        payloads = [(p.pos, bytes(p)) for p in container.demux(video=0) if p.size]
    rng = np.random.default_rng(7)
    for number in packets:
        position, payload = payloads[number]
        # The position may be that of a header in front of the payload.
        place = data.find(payload, max(0, position or 0))
        if place < 0 or len(payload) <= spare:
            raise ValueError(f"packet {number} of {source.name} does not lie in the file in one piece")
        noise = rng.integers(0, 256, len(payload) - spare, dtype=np.uint8).tobytes()
        data[place + spare : place + len(payload)] = noise
    path.write_bytes(data)
    return path


def _cells(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.round(np.array([0, 0.125, 0.25]) * height).astype(np.int64)
    return rows, np.round(np.linspace(0, width, BITS + 1)).astype(np.int64)


def _middle(grey: NDArray[np.float64], top: int, bottom: int, left: int, right: int) -> float:
    inset_y, inset_x = (bottom - top) // 4, (right - left) // 4
    return float(grey[top + inset_y : bottom - inset_y, left + inset_x : right - inset_x].mean())


def _video_stream(out: Any, codec: str, rate: Fraction, size: tuple[int, int], pixel_format: str) -> Any:
    stream = out.add_stream(codec, rate=rate)
    stream.height, stream.width = size
    formats = av.codec.Codec(codec, "w").video_formats
    stream.pix_fmt = pixel_format or (formats[0].name if formats else "yuv420p")
    return stream


def _encoder_options(codec: str, gop: int, b_frames: int) -> dict[str, str]:
    if codec in ("libx264", "libx265"):
        quiet = {"x265-params": "log-level=none:pools=1:frame-threads=1"} if codec == "libx265" else {}
        return {"preset": "veryfast", "crf": "18", "bf": str(b_frames), "sc_threshold": "0", **quiet}
    if codec in ("mpeg4", "mpeg2video", "mjpeg"):
        return {"qmin": "2", "qmax": "4"}
    if codec == "libvpx-vp9":
        return {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"}
    if codec == "libsvtav1":
        return {"preset": "12", "crf": "20"}
    return {}


def _tagged(frame: av.VideoFrame, pixel_format: str, colour: dict[str, int]) -> av.VideoFrame:
    """The frame in the stream's pixel format, with the matrix and range that the clip's tags declare."""
    matrix = colour.get("colorspace", 5)
    full = colour.get("color_range", 1) == 2 or pixel_format.startswith("yuvj")
    if pixel_format.startswith(("rgb", "bgr", "gbr", "pal", "argb", "0rgb", "gray", "mono")):
        return frame.reformat(format=pixel_format)
    return frame.reformat(
        format=pixel_format, dst_colorspace=matrix if matrix in (1, 5, 7, 9) else 5, dst_color_range=2 if full else 1
    )


def _sound_stream(out: Any, path: Path) -> Any:
    if path.suffix == ".webm":
        return out.add_stream("libopus", rate=48000, layout="stereo")
    return out.add_stream("aac" if path.suffix in (".mp4", ".mov", ".mkv", ".ts") else "pcm_s16le", rate=48000)


def _write_tone(out: Any, stream: Any, seconds: float) -> None:
    rate = 48000
    samples = np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * 440 / rate) * 0.2
    stereo = np.repeat((samples * 32767).astype(np.int16), 2).reshape(1, -1)
    for start in range(0, stereo.shape[1] // 2, 1024):
        block = np.ascontiguousarray(stereo[:, start * 2 : (start + 1024) * 2])
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
        frame.sample_rate = rate
        frame.pts = start
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))

"""Hardware decoding: what can be known without a device, and every way back to the software.

No machine that runs these tests has a decoder in hardware. Devices that are missing are real; one that works is played
by the software decoder, its pictures brought into the layout in which devices hand them over.
"""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.codec import Codec
from av.video.frame import VideoFrame

from tests.clips import make_clip, read_index
from vosapp.cli.app import main as run_command
from vosapp.core.errors import MediaError
from vosapp.core.settings import Settings
from vosapp.video.av import file_source
from vosapp.video.av.decoder import FrameDecoder
from vosapp.video.av.file_source import FileSource
from vosapp.video.av.hardware import SOFTWARE, Acceleration, accelerations, as_software, same_picture, samples
from vosapp.video.av.indexing import shared_index
from vosapp.video.hardware import ENVIRONMENT, SETTING, hardware_wanted

FRAMES = 24
DEVICE = "played"
H264 = Codec("h264", "r")


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv(ENVIRONMENT, raising=False)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "shot.mp4", frames=FRAMES, pixel_format="yuv420p", b_frames=2)


class PlayedDevice(FrameDecoder):
    """Decodes in software and hands the pictures over as a device does.

    Attributes:
        layout: of the pictures.
        off_by: added to every sample.
        fails_at: the packet at which decoding fails, -1 for never.
    """

    layout = "nv12"
    off_by = 0
    fails_at = -1

    def _feed(self, last: int | None) -> list[VideoFrame]:
        if self._acceleration is None:
            return super()._feed(last)
        if self._reader.next_number == self.fails_at:
            self._reader.read()
            raise av.error.ExternalError(542398533, "the device is gone")
        return [self._handed_over(picture) for picture in super()._feed(last)]

    def _handed_over(self, picture: VideoFrame) -> VideoFrame:
        out = picture.reformat(format=self.layout)
        out.pts = picture.pts
        for name in ("color_range", "colorspace"):  # PyAV copies all that is said of a picture
            setattr(out, name, getattr(picture, name))
        if self.off_by:
            luma = samples(out, 0)
            luma[...] = np.clip(luma.astype(int) + self.off_by, 0, 255).astype(luma.dtype)
        return out


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> type[PlayedDevice]:
    """A device that works, until the test says otherwise."""

    class Device(PlayedDevice):
        pass

    monkeypatch.setattr(file_source, "FrameDecoder", Device)
    monkeypatch.setattr(file_source, "accelerations", lambda codec, form: [Acceleration(DEVICE, form)])
    monkeypatch.setattr(Acceleration, "hwaccel", lambda self: None)
    return Device


def frames_of(path: Path) -> list[np.ndarray]:
    source = FileSource(path)
    try:
        return [source.frame(k) for k in range(source.info.frame_count)]
    finally:
        source.close()


def software_frames(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    with monkeypatch.context() as patch:
        patch.setenv(ENVIRONMENT, "off")
        return frames_of(path)


# -- what the user wants ------------------------------------------------------------------------------------------


def test_the_setting_and_above_it_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hardware_wanted()
    Settings().set(SETTING, "off")
    assert not hardware_wanted()
    monkeypatch.setenv(ENVIRONMENT, "AUTO")
    assert hardware_wanted()
    monkeypatch.setenv(ENVIRONMENT, "no")
    assert not hardware_wanted()


def test_off_asks_for_no_device(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(codec: Codec, form: str) -> list[Acceleration]:
        raise AssertionError("nobody may look for a device")

    monkeypatch.setattr(file_source, "accelerations", fail)
    monkeypatch.setenv(ENVIRONMENT, "off")
    assert len(frames_of(clip)) == FRAMES


# -- real PyAV, no device -----------------------------------------------------------------------------------------


def test_codecs_whose_bits_are_not_fixed_are_left_to_the_software() -> None:
    for name in ("prores", "mjpeg", "mpeg2video", "ffv1"):
        assert accelerations(Codec(name, "r"), "yuv420p") == []


def test_a_device_that_is_not_there_is_an_error_of_the_decoder(clip: Path) -> None:
    for name in ("cuda", "vaapi", "videotoolbox", "no such thing"):
        with pytest.raises((MediaError, RuntimeError)):
            FrameDecoder(clip, all_key=False, acceleration=Acceleration(name, "yuv420p"))


def test_a_codec_that_no_device_knows_is_an_error_of_the_decoder(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", frames=3, codec="prores_ks", pixel_format="yuv422p10le")
    with pytest.raises(MediaError, match="no stream is compatible"):
        FrameDecoder(path, all_key=True, acceleration=Acceleration("cuda", "yuv422p10le"))


def test_the_clip_opens_in_software_and_says_so(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever this PyAV was built with is asked for, and then one that no build has.
    tried = [*accelerations(H264, "yuv420p"), Acceleration("no such thing", "yuv420p")]
    monkeypatch.setattr(file_source, "accelerations", lambda codec, form: tried)
    source = FileSource(clip)
    assert source.info.decoder in (SOFTWARE, *(one.device for one in tried))
    assert [read_index(source.frame(k)) for k in (20, 3, 11)] == [20, 3, 11]
    source.close()


def test_without_a_device_the_next_decoder_of_the_file_does_not_look_again(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(file_source, "accelerations", lambda codec, form: asked.append(form) or [])
    first, second = FileSource(clip), FileSource(clip)
    assert asked == ["yuv420p"]
    first.close()
    second.close()


# -- layouts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "form"),
    [
        ("nv12", "yuv420p"),
        ("nv12", "yuvj420p"),
        ("nv16", "yuv422p"),
        ("nv24", "yuv444p"),
        ("p010le", "yuv420p10le"),
        ("p016le", "yuv420p12le"),
        ("p210le", "yuv422p10le"),
        ("p410le", "yuv444p10le"),
        ("yuv444p16le", "yuv444p12le"),
    ],
)
def test_layouts_of_devices_come_back_sample_for_sample(layout: str, form: str) -> None:
    rng = np.random.default_rng(3)
    wanted = VideoFrame(66, 50, form)
    depth = wanted.format.components[0].bits
    for place in range(3):
        samples(wanted, place)[...] = rng.integers(0, 1 << depth, samples(wanted, place).shape)
    handed = VideoFrame(66, 50, layout)
    shift = 16 - depth if depth > 8 else 0
    if len(handed.planes) == 2:
        samples(handed, 0)[...] = samples(wanted, 0) << shift
        samples(handed, 1)[:, 0::2] = samples(wanted, 1) << shift
        samples(handed, 1)[:, 1::2] = samples(wanted, 2) << shift
    else:
        for place in range(3):
            samples(handed, place)[...] = samples(wanted, place) << shift
    back = as_software(handed, form)
    assert back is not None
    assert all(np.array_equal(samples(back, place), samples(wanted, place)) for place in range(3))


@pytest.mark.parametrize(
    ("layout", "form"),
    [("nv12", "yuv422p"), ("nv12", "yuv420p10le"), ("p010le", "yuv420p"), ("rgb24", "yuv420p"), ("nv12", "gbrp")],
)
def test_layouts_that_cannot_be_the_softwares(layout: str, form: str) -> None:
    assert as_software(VideoFrame(64, 48, layout), form) is None


def test_within_one_level() -> None:
    one, other = (VideoFrame(64, 48, "yuv420p10le") for _ in range(2))
    for picture in (one, other):
        for place in range(3):
            samples(picture, place)[...] = 500
    samples(other, 2)[5, 7] = 501
    assert same_picture(one, other)
    samples(other, 2)[5, 7] = 498
    assert not same_picture(one, other)
    assert not same_picture(one, VideoFrame(64, 48, "yuv420p"))


# -- a device that works, and one that stops ----------------------------------------------------------------------


def test_the_pictures_of_the_device_are_those_of_the_software(
    clip: Path, device: type[PlayedDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = software_frames(clip, monkeypatch)
    source = FileSource(clip)
    assert source.info.decoder == DEVICE
    for k in [17, 2, 23, 0, 9, 10, 11, 5]:
        assert np.array_equal(source.frame(k), expected[k])
    assert source.info.decoder == DEVICE
    second = FileSource(clip)
    assert second.info.decoder == DEVICE
    for one in (source, second):
        one.close()


def test_deep_video_too(tmp_path: Path, device: type[PlayedDevice], monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "deep.mkv", frames=12, codec="libx265", pixel_format="yuv420p10le", b_frames=2)
    expected = software_frames(path, monkeypatch)
    device.layout = "p010le"
    source = FileSource(path)
    assert source.info.decoder == DEVICE
    assert all(np.array_equal(source.frame(k), expected[k]) for k in (11, 0, 6))
    source.close()


@pytest.mark.parametrize("said", [{"colorspace": 1, "color_range": 1}, {"colorspace": 5, "color_range": 2}])
def test_colours_are_those_of_the_software(
    tmp_path: Path, said: dict[str, int], device: type[PlayedDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_clip(tmp_path / "tagged.mp4", frames=3, pixel_format="yuv420p", colour=said)
    expected = software_frames(path, monkeypatch)
    source = FileSource(path)
    assert source.info.decoder == DEVICE
    assert all(np.array_equal(source.frame(k), expected[k]) for k in range(3))
    assert source.info.decoder == DEVICE
    source.close()


def test_a_device_with_other_pixels_is_not_used(clip: Path, device: type[PlayedDevice]) -> None:
    device.off_by = 2
    source = FileSource(clip)
    assert source.info.decoder == SOFTWARE
    assert read_index(source.frame(13)) == 13
    source.close()


def test_a_picture_that_cannot_be_used_is_made_in_software(clip: Path, device: type[PlayedDevice]) -> None:
    device.layout = "rgb24"
    source = FileSource(clip)
    assert source.info.decoder == SOFTWARE
    assert read_index(source.frame(13)) == 13
    source.close()


def test_a_device_that_fails_in_the_middle_is_left_without_a_word(
    clip: Path, device: type[PlayedDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = software_frames(clip, monkeypatch)
    device.fails_at = 15
    source = FileSource(clip)
    assert source.info.decoder == DEVICE
    assert all(np.array_equal(source.frame(k), expected[k]) for k in range(FRAMES))
    assert source.info.decoder == SOFTWARE
    assert not any(source.is_damaged(k) for k in range(FRAMES))
    other = FileSource(clip)
    assert other.info.decoder == SOFTWARE, "what failed once is not tried again on this file"
    source.close()
    other.close()


def test_damage_is_judged_by_the_software(
    tmp_path: Path, device: type[PlayedDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_clip(tmp_path / "hurt.mp4", frames=FRAMES, pixel_format="yuv420p")
    index = shared_index(path)
    packets = index.now().packets
    place, size = int(packets.position[14]), int(packets.size[14])
    index.release()
    data = bytearray(path.read_bytes())
    data[place + 8 : place + size] = bytes(size - 8)
    path.write_bytes(data)
    expected = software_frames(path, monkeypatch)
    source = FileSource(path)
    assert source.info.decoder == DEVICE
    assert all(np.array_equal(source.frame(k), expected[k]) for k in range(FRAMES))
    assert source.is_damaged(14)
    assert source.info.decoder == SOFTWARE
    source.close()


def test_info_says_what_decodes(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", str(clip), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["decoder"] == SOFTWARE or facts["decoder"] in {one.device for one in accelerations(H264, "yuv420p")}
    assert facts["damaged_frames"] == []

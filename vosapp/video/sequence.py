"""A sequence of images as a `VideoSource`."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.core.frame_rate import DEFAULT_RATE
from vosapp.video.placeholder import damaged_picture, empty_picture
from vosapp.video.sequence_files import SequenceFiles, find_sequence, split_layer
from vosapp.video.source import ClipInfo, RgbImage
from vosapp.video.stills.loaded_image import ExrImage, LoadedImage, load_image
from vosapp.video.stills.pillow_stills import picture_count

_KEPT_IMAGES = 2
_PROBED_IMAGES = 3
_PICTURES_AT_ONCE = 3  # that reading takes: the numbers of the file, and two pictures of them


class SequenceSource:
    """Frames of an image sequence by index. One object serves one thread."""

    def __init__(self, path: Path, *, rate: Fraction | None = None, assumed_rate: Fraction = DEFAULT_RATE) -> None:
        """Lists the files and decodes the first ones.

        Args:
            path: a folder, one file of the sequence, or a pattern.
            rate: frames a second; None takes what the first image says (EXR and DPX can).
            assumed_rate: what is taken when it says nothing.

        Raises:
            MediaError: there is no such sequence, or none of its images can be read.
        """
        path, self._layer = split_layer(path)
        self._files: SequenceFiles = find_sequence(path)
        self._kept: OrderedDict[int, LoadedImage] = OrderedDict()
        # Frames without an image, as far as known. Asked for again, they are tried again: a render may still run.
        self._failed = {index for index, file in enumerate(self._files.files) if file is None}
        self._closed = False
        first, image = self._first_image()
        facts = image.facts
        notes = (*self._files.notes, *_image_notes(first, image))
        self._info = ClipInfo(
            # A layer that was asked for is asked for again when the clip is opened from a project.
            path=self._files.path if self._layer is None else first.with_name(f"{first.name}#{self._layer}"),
            kind="sequence",
            height=facts.height,
            width=facts.width,
            frame_count=len(self._files.files),
            rate=rate or facts.rate or assumed_rate,
            rate_is_assumed=rate is None and facts.rate is None,
            codec=first.suffix.lower().lstrip("."),
            pixel_format=facts.pixel_format,
            bit_depth=facts.bit_depth,
            first_number=self._files.first_number,
            has_numbers=self._files.has_numbers,
            start_timecode=facts.timecode,
            has_alpha=facts.has_alpha,
            damaged=tuple(sorted(self._failed)),
            notes=notes,
            colour=facts.tags,
            raster=facts.raster,
            windows=facts.windows,
            layer=image.layer if isinstance(image, ExrImage) else "",
            layers=image.layers if isinstance(image, ExrImage) else (),
        )

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip."""
        return self._info

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB.

        A missing, unreadable or wrongly sized image shows the picture before it in a striped border.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed.
        """
        with self._memory():
            image = self._image(index)
            if image is not None:
                return image.display
            before = self._image_before(index)
            return damaged_picture(before.display if before else empty_picture(self._info.height, self._info.width))

    def native(self, index: int) -> NDArray[Any]:
        """Frame `index` at its own depth: (height, width, 3 or 4) uint8, uint16 or float32 RGB(A), read-only.

        A missing or unreadable image repeats the one before it, without a border.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed, or no image up to this one can be read.
        """
        with self._memory():
            image = self._image(index) or self._image_before(index)
            if image is None:
                raise MediaError(f"No image up to frame {index} of {self._info.path} can be read.", "Copy it again.")
            return image.native

    def stored(self, index: int) -> NDArray[Any]:
        """Frame `index` as `native` gives it, but with the source's own pixels, of `ClipInfo.raster`."""
        with self._memory():
            image = self._image(index) or self._image_before(index)
            return self.native(index) if image is None else image.stored

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` is missing or unreadable and a stand-in is shown."""
        with self._memory():
            return self._image(index) is None

    def close(self) -> None:
        """Forgets the images. May be called twice."""
        self._closed = True
        self._kept.clear()

    def _image(self, index: int) -> LoadedImage | None:
        if self._closed:
            raise MediaError(f"{self._info.path} is closed.", "Open the clip again.")
        if not 0 <= index < len(self._files.files):
            raise IndexError(f"no frame {index}: the sequence has {len(self._files.files)}")
        if index in self._kept:
            self._kept.move_to_end(index)
            return self._kept[index]
        image = self._loaded(index)
        if image is None:
            self._failed.add(index)
            return None
        self._failed.discard(index)
        self._kept[index] = image
        while len(self._kept) > _KEPT_IMAGES:
            self._kept.popitem(last=False)
        return image

    @contextmanager
    def _memory(self) -> Iterator[None]:
        """Says in a sentence that memory is too short in the block."""
        try:
            yield
        except MemoryError as error:
            raise MediaError(
                f"There is too little memory here to read {self._info.path}.", "Close other programs and try again."
            ) from error

    def _loaded(self, index: int) -> LoadedImage | None:
        file = self._files.files[index]
        if file is None:
            return None
        try:
            image = load_image(file, self._layer)
        except (MediaError, MemoryError):
            # Not the image's fault where a few pictures have no room: it is not called damaged then.
            pixel_bytes = 8 if self._info.bit_depth == 8 else 16
            np.empty(_PICTURES_AT_ONCE * self._info.height * self._info.width * pixel_bytes, np.uint8)
            return None
        fits = (image.facts.height, image.facts.width) == (self._info.height, self._info.width)
        return image if fits else None

    def _first_image(self) -> tuple[Path, LoadedImage]:
        """An image of the size that most of the first ones have, with its file.

        A sequence may begin with a broken image or a slate.
        """
        found: list[tuple[Path, LoadedImage]] = []
        error: MediaError | None = None
        for file in self._files.files:
            if file is None:
                continue
            try:
                found.append((file, load_image(file, self._layer)))
            except MediaError as problem:
                error = error or problem
            if len(found) >= _PROBED_IMAGES:
                break
        if not found:
            raise error or MediaError(f"{self._files.path} holds no image.", "Choose another folder.")
        sizes = Counter((image.facts.height, image.facts.width) for _, image in found)
        usual = sizes.most_common(1)[0][0]
        return next(one for one in found if (one[1].facts.height, one[1].facts.width) == usual)

    def _image_before(self, index: int) -> LoadedImage | None:
        for earlier in range(index - 1, -1, -1):
            if earlier in self._failed:
                continue
            image = self._image(earlier)
            if image is not None:
                return image
        return None


def _image_notes(path: Path, image: LoadedImage) -> list[str]:
    """What the user should know of an image: pictures and layers that are left out."""
    if isinstance(image, ExrImage):
        others = [name or "the plain channels" for name in image.layers if name != image.layer]
        shown = f"layer {image.layer} is shown" if image.layer else "the plain channels are shown"
        return [f"{path.name}: {shown}; other layers: {', '.join(others)}."] if others else []
    count = picture_count(path) if path.suffix.lower() != ".dpx" else 1
    left = "1 is" if count == 2 else f"{count - 1} are"
    return [f"{path.name} holds {count} pictures; the first is shown, {left} left out."] if count > 1 else []

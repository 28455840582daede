"""make_target, names_of: the target of a recipe, and the names of its files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from vosapp.core.errors import ExportError
from vosapp.core.timecode import is_timecode, timecode
from vosapp.export.formats import AlphaKind, Content, ExportFormat, Family
from vosapp.export.place.names import LONGEST_NAME_BYTES, FileNames, name_of_clip
from vosapp.export.preflight import Preflight
from vosapp.export.raster import Raster
from vosapp.export.recipe import Recipe
from vosapp.export.targets.image_target import ImageFamily, ImageTarget
from vosapp.export.targets.picture import carried_colour
from vosapp.export.targets.target import Target
from vosapp.export.timing import own_times, sound_of
from vosapp.video.colour import SCREEN, TRANSFER_LINEAR
from vosapp.video.source import VideoSource


def names_of(recipe: Recipe, found: Preflight) -> FileNames | None:
    """The names of the images of an export; None for one file.

    Raises:
        ExportError: the names cannot be used.
    """
    facts = recipe.format.facts
    if recipe.start_timecode and not is_timecode(recipe.start_timecode):
        raise ExportError(f'"{recipe.start_timecode}" is no timecode.', "Write it as 01:00:00:00.")
    if recipe.sound and facts.family is not Family.MOVIE:
        raise ExportError(
            f"{facts.title}: there is no room for sound in it.", "Choose a movie, or leave the sound out."
        )
    if not recipe.format.is_folder:
        _check_file_name(recipe)
        return None
    apart = facts.content is Content.MATTE
    clip = name_of_clip(found.clip.path)
    return FileNames(recipe.name, facts.suffix, clip=clip, objects=found.objects, apart=apart)


def _check_file_name(recipe: Recipe) -> None:
    facts, name = recipe.format.facts, recipe.path.name
    if recipe.path.suffix.lower() != facts.suffix:
        raise ExportError(f"{name} is no name for {facts.title}.", f"End it in {facts.suffix}.")
    if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME_BYTES + len(facts.suffix):
        raise ExportError(f"The name {name[:40]}... is too long.", "Take a shorter one.")


def make_target(
    recipe: Recipe,
    found: Preflight,
    *,
    folder: Path,
    names: FileNames | None,
    source: VideoSource | None,
    raster: Raster,
) -> Target:
    """What writes a recipe.

    Args:
        recipe: what is asked for.
        found: what there is.
        folder: where the files go.
        names: of images.
        source: the clip, None where it is not there and not needed.
        raster: the grid of the files.

    Raises:
        ExportError: a file cannot be created.
    """
    if names is not None:
        return ImageTarget(folder, names, _image_family(recipe, found, source, raster), keeps_earlier=recipe.resume)
    clip = found.clip
    rate = clip.rate if clip.rate > 0 else Fraction(24)
    if recipe.format.facts.family is Family.ANIMATION:
        from vosapp.export.targets.animation_target import AnimationTarget

        times = own_times(recipe, found, source)
        return AnimationTarget(
            folder / recipe.path.name, shape=raster.size, pixel_aspect=raster.pixel_aspect, rate=rate, times=times
        )
    from vosapp.export.targets.movie_target import MovieTarget  # loads PyAV
    from vosapp.video.av import movie_codecs

    start = _start_timecode(recipe, found, source)
    pictured = recipe.format.facts.needs_picture and source is not None
    codec = getattr(movie_codecs, _CODECS[recipe.format])
    _require_width(recipe, raster.size[1], codec.whole)
    return MovieTarget(
        folder / recipe.path.name,
        codec,
        recipe.format.facts.content,
        shape=raster.size,
        rate=rate,
        start_timecode=timecode(found.frames[0], clip.rate, start) if start else "",
        colour=carried_colour(source.info.colour) if pictured and source is not None else SCREEN,
        premultiplied=recipe.alpha is AlphaKind.PREMULTIPLIED,
        pixel_aspect=raster.pixel_aspect,
        times=own_times(recipe, found, source),
        sound=sound_of(recipe, found, source),
    )


def _require_width(recipe: Recipe, width: int, whole: int) -> None:
    if width % whole:
        raise ExportError(
            f"{recipe.format.facts.title} takes widths of whole {whole} pixels; this clip has {width}.",
            "Choose ProRes 4444 or FFV1.",
        )


_CODECS = {
    ExportFormat.PRORES_4444: "PRORES_4444",
    ExportFormat.PRORES_422_HQ: "PRORES_422_HQ",
    ExportFormat.FFV1: "FFV1",
    ExportFormat.CINEFORM: "CINEFORM",
    ExportFormat.VP9: "VP9",
    ExportFormat.H264: "H264",
    ExportFormat.H265: "H265",
    ExportFormat.PREVIEW: "H264",
}


def _image_family(recipe: Recipe, found: Preflight, source: VideoSource | None, raster: Raster) -> ImageFamily:
    facts = recipe.format.facts
    if facts.family is Family.PNG:
        from vosapp.export.targets.png_family import PngFamily

        is_deep = recipe.format is ExportFormat.PNG_16
        return PngFamily(facts.content, is_deep=is_deep, pixel_aspect=raster.pixel_aspect)
    if facts.family is Family.TIFF:
        from vosapp.export.targets.tiff_family import TiffFamily

        multiplied = recipe.alpha is AlphaKind.PREMULTIPLIED
        return TiffFamily(facts.content, premultiplied=multiplied, pixel_aspect=raster.pixel_aspect)
    from vosapp.export.targets.exr_family import ExrFamily

    is_light = source is not None and source.info.colour.transfer == TRANSFER_LINEAR
    return ExrFamily(
        facts.content,
        recipe.exr,
        rate=found.clip.rate,
        is_light=is_light,
        pixel_aspect=raster.pixel_aspect,
        windows=raster.windows,
        start_timecode=_start_timecode(recipe, found, source),
    )


def _start_timecode(recipe: Recipe, found: Preflight, source: VideoSource | None) -> str:
    """The timecode of the clip's frame 0, or ""; the one that was asked for is of the first frame that is written."""
    if recipe.start_timecode:
        return timecode(-found.frames[0], found.clip.rate, recipe.start_timecode)
    return source.info.start_timecode if source is not None else ""

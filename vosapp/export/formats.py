"""The formats that an export can write, as one table: command line, dialog, checks and docs are made from it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


class ExportFormat(enum.Enum):
    """Format of the files. The value is the name on the command line and in manifests."""

    PNG = "png"
    PNG_16 = "png16"
    PNG_INDEXED = "png-indexed"
    PNG_RGBA = "png-rgba"
    TIFF_16 = "tiff16"
    TIFF_RGBA = "tiff-rgba"
    EXR_RGBA = "exr"
    EXR_LAYERS = "exr-layers"
    CRYPTOMATTE = "cryptomatte"
    PRORES_4444 = "prores4444"
    PRORES_422_HQ = "prores422hq"
    FFV1 = "ffv1"
    CINEFORM = "cineform"
    VP9 = "vp9"
    H264 = "h264"
    H265 = "h265"
    PREVIEW = "preview"
    WEBP = "webp"

    @property
    def facts(self) -> FormatFacts:
        """What there is to know about the format."""
        return FORMATS[self]

    @property
    def is_folder(self) -> bool:
        """Whether the target is a folder of images instead of one file."""
        return self.facts.family.is_folder


class Family(enum.Enum):
    """Target that writes a format."""

    PNG = "png"
    TIFF = "tiff"
    EXR = "exr"
    MOVIE = "movie"
    ANIMATION = "animation"

    @property
    def is_folder(self) -> bool:
        """Whether it writes one image a frame."""
        return self not in (Family.MOVIE, Family.ANIMATION)


class Content(enum.Enum):
    """Content of a file."""

    MATTE = "matte"  # the alpha of one object; images: a file for each object; movies: all objects together
    LABELS = "ids"  # object ids, the object in front winning
    LAYERS = "layers"  # the alpha of each object under its name
    CRYPTOMATTE = "cryptomatte"  # ids by hashed name with their coverage
    PICTURE = "picture with alpha"  # the picture and the alpha of all objects together
    OVERLAY = "picture with overlay"  # the picture with the objects' colours over it


class AlphaKind(enum.Enum):
    """Relation of colour and alpha."""

    NONE = "none"
    STRAIGHT = "straight"
    PREMULTIPLIED = "premultiplied"


class Purpose(enum.Enum):
    """Purpose that a format is shown under."""

    EDITING = "For Resolve, Premiere, Final Cut, Kdenlive"
    COMPOSITING = "For Nuke, After Effects, Fusion, Blender"
    DATA = "Masks as data"
    LOOKING = "For the web and a quick look"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """One row of the table.

    Attributes:
        title: for people.
        summary: half a sentence: what comes out.
        purpose: where it is shown.
        family: which target writes it.
        content: what a file holds.
        suffix: of the files, with the dot.
        depth: bits a channel, in words.
        alphas: how colour and alpha may go together; the first is the default.
        value_range: "full", "limited", or "as the clip".
        exactness: how far read-back may be from what was written.
        opened_in: programs that take it, by their makers' documents.
    """

    title: str
    summary: str
    purpose: Purpose
    family: Family
    content: Content
    suffix: str
    depth: str
    alphas: tuple[AlphaKind, ...]
    value_range: str
    exactness: str
    opened_in: str

    @property
    def needs_picture(self) -> bool:
        """Whether the clip has to be there."""
        return self.content in (Content.PICTURE, Content.OVERLAY)

    @property
    def between_frames(self) -> bool:
        """Whether the codec looks at the frames around, so that most frames take less room than the first."""
        return self.suffix in (".mp4", ".webm", ".webp")

    @property
    def takes_edges(self) -> bool:
        """Whether grow and feather of an object can be seen in it."""
        return self.content is not Content.LABELS


_NONE, _STRAIGHT = (AlphaKind.NONE,), (AlphaKind.STRAIGHT, AlphaKind.PREMULTIPLIED)
_EXACT, _LOSSY = "exact", "means of blocks within 10 of 255"

_PNG = FormatFacts(
    "PNG masks",
    "Black and white, one folder for each object",
    Purpose.DATA,
    Family.PNG,
    Content.MATTE,
    ".png",
    "8",
    _NONE,
    "full",
    _EXACT,
    "everything",
)
_TIFF = replace(
    _PNG,
    title="TIFF mattes, 16 bit",
    summary="Grey with fine edges, one folder for each object",
    purpose=Purpose.COMPOSITING,
    family=Family.TIFF,
    suffix=".tif",
    depth="16",
    opened_in="Nuke, After Effects, Fusion, Photoshop",
)
_EXR = FormatFacts(
    "EXR with alpha",
    "The picture multiplied by the matte, floating point",
    Purpose.COMPOSITING,
    Family.EXR,
    Content.PICTURE,
    ".exr",
    "half or float",
    (AlphaKind.PREMULTIPLIED,),
    "as the clip",
    "exact; DWAA within 1/40",
    "Nuke, After Effects, Fusion, Blender",
)
_PRORES = FormatFacts(
    "ProRes 4444 with alpha",
    "One .mov with the picture and the matte",
    Purpose.EDITING,
    Family.MOVIE,
    Content.PICTURE,
    ".mov",
    "10, alpha 10 coded as 16",
    _STRAIGHT,
    "limited",
    "alpha within 2 of 255; picture: " + _LOSSY,
    "Resolve, Premiere, After Effects, Final Cut, Nuke",
)
_LUMA = replace(
    _PRORES,
    title="ProRes 422 HQ luma matte",
    summary="One .mov, white inside and black outside",
    content=Content.MATTE,
    depth="10",
    alphas=_NONE,
    exactness=_LOSSY,
    opened_in="Resolve, Premiere, Final Cut, Kdenlive",
)

FORMATS: Mapping[ExportFormat, FormatFacts] = MappingProxyType(
    {
        ExportFormat.PRORES_4444: _PRORES,
        ExportFormat.PRORES_422_HQ: _LUMA,
        ExportFormat.H264: replace(
            _LUMA,
            title="H.264 luma matte",
            summary="One .mp4, white inside and black outside; small",
            suffix=".mp4",
            depth="8",
        ),
        ExportFormat.H265: replace(
            _LUMA,
            title="H.265 luma matte",
            summary="One .mp4, white inside and black outside; smaller, 10 bit",
            suffix=".mp4",
            opened_in="Resolve, Premiere, Final Cut",
        ),
        ExportFormat.EXR_RGBA: _EXR,
        ExportFormat.EXR_LAYERS: replace(
            _EXR,
            title="EXR with a layer for each object",
            summary="Alphas alone, each under its object's name",
            content=Content.LAYERS,
            alphas=_NONE,
            value_range="full",
            opened_in="Nuke, Fusion, Blender",
        ),
        ExportFormat.CRYPTOMATTE: replace(
            _EXR,
            title="Cryptomatte",
            summary="Objects to be picked by name, with their coverage",
            content=Content.CRYPTOMATTE,
            depth="float",
            alphas=_NONE,
            value_range="full",
            exactness=_EXACT,
            opened_in="Nuke, After Effects, Fusion, Blender",
        ),
        ExportFormat.TIFF_16: _TIFF,
        ExportFormat.TIFF_RGBA: replace(
            _TIFF,
            title="TIFF with alpha, 16 bit",
            summary="The picture with the matte",
            content=Content.PICTURE,
            alphas=_STRAIGHT,
        ),
        ExportFormat.PNG_RGBA: replace(
            _PNG,
            title="PNG with alpha",
            summary="The picture with the matte",
            purpose=Purpose.COMPOSITING,
            content=Content.PICTURE,
            depth="8, or 16 where the clip has more",
            alphas=(AlphaKind.STRAIGHT,),
        ),
        ExportFormat.FFV1: replace(
            _PRORES,
            title="FFV1 with alpha, lossless",
            summary="One .mkv with the picture and the matte, nothing lost",
            purpose=Purpose.COMPOSITING,
            suffix=".mkv",
            depth="16",
            value_range="full (RGB)",
            exactness=_EXACT,
            opened_in="Kdenlive, Blender, FFmpeg; archives",
        ),
        ExportFormat.CINEFORM: replace(
            _PRORES,
            title="CineForm with alpha",
            summary="One .mov with the picture and the matte; widths of whole 16 pixels",
            depth="12",
            value_range="full (RGB)",
            exactness=_LOSSY,
            opened_in="Premiere, After Effects, Resolve",
        ),
        ExportFormat.PNG: _PNG,
        ExportFormat.PNG_16: replace(
            _PNG,
            title="PNG mattes, 16 bit",
            summary="Grey with fine edges, one folder for each object",
            depth="16",
            opened_in="Nuke, After Effects, Fusion, Blender",
        ),
        ExportFormat.PNG_INDEXED: replace(
            _PNG,
            title="Indexed PNG",
            summary="One image a frame; each pixel holds the number of its object",
            content=Content.LABELS,
            depth="8, ids 1 to 255",
            opened_in="training tools, vosapp",
        ),
        ExportFormat.VP9: replace(
            _PRORES,
            title="VP9 with alpha",
            summary="One .webm with the picture and the matte, for browsers",
            purpose=Purpose.LOOKING,
            suffix=".webm",
            depth="8",
            alphas=(AlphaKind.STRAIGHT,),
            exactness=_LOSSY,
            opened_in="Chrome, Firefox, OBS",
        ),
        ExportFormat.PREVIEW: replace(
            _LUMA,
            title="H.264 preview",
            summary="One .mp4 with the objects' colours over the picture",
            purpose=Purpose.LOOKING,
            content=Content.OVERLAY,
            suffix=".mp4",
            depth="8",
            opened_in="players and browsers",
        ),
        ExportFormat.WEBP: replace(
            _LUMA,
            title="Animated WebP",
            summary="A small picture that moves and begins anew, with the objects' colours: for chats and notes",
            purpose=Purpose.LOOKING,
            family=Family.ANIMATION,
            content=Content.OVERLAY,
            suffix=".webp",
            depth="8, at most 640 pixels across",
            value_range="full (RGB)",
            opened_in="browsers, chats, image viewers",
        ),
    }
)

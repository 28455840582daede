"""The formats that an export can write, as one table: command line, dialog, checks and docs are made from it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class ExportFormat(enum.Enum):
    """What the files are. The value is the name on the command line and in manifests."""

    PRORES_4444 = "prores4444"
    PNG = "png"
    PNG_INDEXED = "png-indexed"

    @property
    def facts(self) -> FormatFacts:
        """What there is to know about the format."""
        return FORMATS[self]

    @property
    def is_folder(self) -> bool:
        """Whether the target is a folder of images instead of one file."""
        return self.facts.family.is_folder


class Family(enum.Enum):
    """Which target writes a format."""

    PNG = "png"
    MOVIE = "movie"

    @property
    def is_folder(self) -> bool:
        """Whether it writes one image a frame."""
        return self is not Family.MOVIE


class Content(enum.Enum):
    """What a file holds."""

    MATTE = "matte"  # the alpha of one object; images: a file for each object; movies: all objects together
    LABELS = "ids"  # object ids, the object in front winning
    PICTURE = "picture with alpha"  # the picture and the alpha of all objects together


class AlphaKind(enum.Enum):
    """How colour and alpha go together."""

    NONE = "none"
    STRAIGHT = "straight"
    PREMULTIPLIED = "premultiplied"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """One row of the table.

    Attributes:
        title: for people.
        summary: half a sentence: what comes out.
        family: which target writes it.
        content: what a file holds.
        suffix: of the files, with the dot.
        depth: bits a channel, in words.
        alphas: how colour and alpha may go together; the first is the default.
        value_range: "full", "limited", or "scene light".
        lossless: whether read-back compares every sample exactly; else within the tolerance of its target.
        opened_in: programs that take it, by their makers' documents.
    """

    title: str
    summary: str
    family: Family
    content: Content
    suffix: str
    depth: str
    alphas: tuple[AlphaKind, ...]
    value_range: str
    lossless: bool
    opened_in: str

    @property
    def needs_picture(self) -> bool:
        """Whether the clip has to be there."""
        return self.content is Content.PICTURE

    @property
    def takes_edges(self) -> bool:
        """Whether grow and feather of an object can be seen in it."""
        return self.content is not Content.LABELS


_NO_ALPHA = (AlphaKind.NONE,)

FORMATS: Mapping[ExportFormat, FormatFacts] = MappingProxyType(
    {
        ExportFormat.PNG: FormatFacts(
            "PNG masks",
            "Black and white, one folder for each object",
            Family.PNG,
            Content.MATTE,
            ".png",
            "8",
            _NO_ALPHA,
            "full",
            True,
            "everything",
        ),
        ExportFormat.PNG_INDEXED: FormatFacts(
            "Indexed PNG",
            "One image a frame; each pixel holds the number of its object",
            Family.PNG,
            Content.LABELS,
            ".png",
            "8, ids 1 to 255",
            _NO_ALPHA,
            "full",
            True,
            "training tools, vosapp",
        ),
        ExportFormat.PRORES_4444: FormatFacts(
            "ProRes 4444 with alpha",
            "One .mov with the picture and the matte, straight alpha",
            Family.MOVIE,
            Content.PICTURE,
            ".mov",
            "10, alpha 10 coded as 16",
            (AlphaKind.STRAIGHT,),
            "limited",
            False,
            "Resolve, Premiere, After Effects, Final Cut, Nuke",
        ),
    }
)

"""Facts about matte settings, told without making a matte. Loads no OpenCV: the window asks at its start."""

from __future__ import annotations

from vosapp.core.document import MatteSettings, RotoObject

DRAWN, FAST, QUALITY = "drawn", "fast", "quality"  # values of `MatteSettings.edge`


def is_neutral(settings: MatteSettings) -> bool:
    """Whether these settings leave a mask as it is."""
    return settings == MatteSettings()


def needs_picture(settings: MatteSettings) -> bool:
    """Whether the matte comes from the picture as well as from the mask."""
    return settings.edge != DRAWN


def is_soft(settings: MatteSettings) -> bool:
    """Whether these settings give alphas between 0 and 1."""
    feather_px = max(settings.feather_px, settings.feather_in_px, settings.feather_out_px)
    return needs_picture(settings) or settings.steady > 0 or feather_px > 0


def has_edge(item: RotoObject) -> bool:
    """Whether the mattes of an object may be other than its masks, on some frame at least."""
    return bool(item.curves or item.joins or item.trimaps) or not is_neutral(item.matte)


def may_be_soft(item: RotoObject) -> bool:
    """Whether the mattes of an object may have alphas between 0 and 1."""
    feather = item.curve("feather_px")
    return is_soft(item.matte) or (feather is not None and any(value > 0 for _, value in feather.keys))

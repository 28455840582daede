"""zoom_of: how large a pixel of the picture is on the screen, for items that keep their size."""

from __future__ import annotations

from PySide6.QtWidgets import QGraphicsItem

_LEAST = 1e-6


def zoom_of(item: QGraphicsItem) -> float:
    """View pixels a picture pixel, by the item above, which carries the transform; 1 where there is none."""
    parent = item.parentItem()
    return max(parent.transform().m11(), _LEAST) if parent is not None else 1.0

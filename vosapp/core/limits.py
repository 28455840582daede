"""How large things may be before they count as damaged or hostile. Checked before anything is decoded or counted."""

from __future__ import annotations

MAX_PIXELS = 2**28  # of a picture or mask: 16k x 16k
MAX_CLIP_FRAMES = 5_000_000  # of a clip: two days at 25 frames a second

"""Whether decoding on the graphics processor is wanted. What it does is in `video.av.hardware`."""

from __future__ import annotations

import os

from vosapp.core.settings import Settings

ENVIRONMENT = "VOSAPP_HARDWARE_DECODING"
SETTING = "video.hardware_decoding"
AUTO, OFF = "auto", "off"


def hardware_wanted() -> bool:
    """What the environment variable says ("auto" or "off"), else the user's setting.

    Any other text in the variable counts as "off": who sets it wants something other than the default.
    """
    said = os.environ.get(ENVIRONMENT, "").strip().lower()
    return (said or Settings().get(SETTING, str)) == AUTO

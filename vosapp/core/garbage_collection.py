"""Spares Python's garbage collector the libraries, so that a full collection does not stop the window for a moment.

A full collection goes through every object that can refer to others. With torch loaded these are some hundred
thousand, nearly all of them modules' own, which stay until the program ends: 55 to 80 ms in whatever thread it befalls.
"""

from __future__ import annotations

import gc
import sys

_modules = 0


def spare_loaded() -> bool:
    """Lets the collector pass over what exists now; only where modules were loaded since the last time.

    Returns:
        Whether there were some.
    """
    global _modules
    if len(sys.modules) <= _modules:
        return False
    _modules = len(sys.modules)
    gc.freeze()
    return True

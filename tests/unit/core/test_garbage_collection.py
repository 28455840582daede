"""The collector passes over libraries once they are loaded."""

from __future__ import annotations

import gc
import sys
import types

import pytest

from vosapp.core.garbage_collection import spare_loaded


def test_what_was_loaded_is_passed_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    spare_loaded()
    try:
        known = gc.get_freeze_count()
        assert not spare_loaded()
        module = types.ModuleType("vosapp_test_of_collection")
        module.ring = [module]  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        assert spare_loaded()
        assert gc.get_freeze_count() > known > 0
        assert not any(module is one for one in gc.get_objects())
    finally:
        gc.unfreeze()

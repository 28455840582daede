"""Measuring must run on a server that has torch, numpy and OpenCV, but neither Qt nor PyAV."""

from __future__ import annotations

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys
for missing in ("PySide6", "pyqtgraph", "shiboken6", "av"):
    sys.modules[missing] = None
names = []
for package in ("vosapp.evaluation", "vosapp.metrics", "vosapp.data"):
    found = importlib.import_module(package)
    names += [m.name for m in pkgutil.walk_packages(found.__path__, package + ".")]
for name in names:
    importlib.import_module(name)
import vosapp.cli.evaluate
print(len(names), "torch" in sys.modules)
"""


def test_no_window_and_no_decoder_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, loads_torch = done.stdout.split()
    assert int(count) > 30
    assert loads_torch == "False"

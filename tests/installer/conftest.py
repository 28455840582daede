"""The modules of packaging/installer, which are scripts and in no package."""

from __future__ import annotations

import sys
from pathlib import Path

INSTALLER = Path(__file__).resolve().parents[2] / "packaging" / "installer"
sys.path.insert(0, str(INSTALLER))

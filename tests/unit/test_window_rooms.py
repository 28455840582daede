"""The window's root composes and decides nothing, and its package shows its rooms at a glance."""

from __future__ import annotations

import ast
from pathlib import Path

import vosapp

UI = Path(vosapp.__file__).parent / "ui"
MOST = 20  # imports and connections of the root
MOST_FILES = 17  # beside the rooms


def root() -> ast.Module:
    return ast.parse((UI / "workspace.py").read_text("utf-8"))


def test_the_root_imports_few_modules() -> None:
    imports = [node for node in ast.walk(root()) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert len(imports) <= MOST, "let a group of controllers make what is new"


def test_controllers_connect_their_own_widgets() -> None:
    calls = [node.func for node in ast.walk(root()) if isinstance(node, ast.Call)]
    connects = [call for call in calls if isinstance(call, ast.Attribute) and call.attr == "connect"]
    assert len(connects) < MOST


def test_few_files_lie_beside_the_rooms() -> None:
    files = [path.name for path in UI.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= MOST_FILES, sorted(files)

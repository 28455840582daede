"""Which Python packages a bundle needs: ours, theirs, and what builds it, by the rules of any platform."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata

from packaging.markers import default_environment
from packaging.requirements import Requirement
from product import ROOT

TOOLS = ("pyinstaller", "cyclonedx-python-lib[json-validation]", "hatchling", "packaging", "pip")


def _environment(sys_platform: str, system: str, os_name: str, machine: str) -> Mapping[str, str]:
    names = ("sys_platform", "platform_system", "os_name", "platform_machine")
    return dict(zip(names, (sys_platform, system, os_name, machine), strict=True))


# What markers ask for, where it is not this machine's.
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "linux-x86_64": _environment("linux", "Linux", "posix", "x86_64"),
    "windows-x86_64": _environment("win32", "Windows", "nt", "AMD64"),
    "macos-arm64": _environment("darwin", "Darwin", "posix", "arm64"),
}


def normal(name: str) -> str:
    """A package's name as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime() -> list[str]:
    """What `pyproject.toml` says that vosapp needs."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["project"]["dependencies"])


def constraints() -> dict[str, str]:
    """The versions that the tests run with, by package."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if re.match(r"[A-Za-z]", line))
    return {normal(name): version for name, version in pairs}


def closure(wanted: Iterable[str], environment: Mapping[str, str] | None = None) -> list[str]:
    """All packages that requirements need, themselves included, by name, as the installed ones say it.

    Args:
        wanted: requirements.
        environment: what markers are asked about; None for this machine.

    Raises:
        PackageNotFoundError: a package is not installed here and is needed on this platform too.
    """
    asked = {**default_environment(), **(environment or {})}
    names: dict[str, set[str]] = {}
    todo = [Requirement(text) for text in wanted]
    while todo:
        requirement = todo.pop()
        name = normal(requirement.name)
        extras = set(requirement.extras) - names.get(name, set()) or ({""} if name not in names else set())
        if not extras:
            continue
        names.setdefault(name, set()).update(extras)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            if environment is None or all(default_environment()[key] == value for key, value in environment.items()):
                raise
            continue  # only on another platform; what it needs itself shows when the lock is used there
        for text in needs:
            need = Requirement(text)
            if need.marker is None or any(need.marker.evaluate({**asked, "extra": extra}) for extra in {"", *extras}):
                todo.append(need)
    return sorted(names)

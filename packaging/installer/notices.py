"""Notices and licences of everything in a bundle, gathered from the packages themselves.

Makes a folder: a notice that lists all, the licence texts by package, the texts of the GPL and LGPL, a list of the
sources that the GPL obliges whoever passes the bundle on to offer, and the bill of materials (sbom.py).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bundle_contents import NOTICES
from packages import closure, normal, runtime
from product import ROOT, version

TEXTS = Path(__file__).parent / "licence-texts"
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
# Packages whose wheels carry no text, and the text that they are under.
_TEXT_OF = {"pyside6-essentials": "LGPL-3.0.txt", "shiboken6": "LGPL-3.0.txt"}
_BUILT_WITH = ("pyinstaller",)  # its start program is in the bundle

_HEAD = f"""Notices of vosapp {version()} as it is installed from a bundle
==========================================================

The code of vosapp is under the Apache License, version 2.0 (LICENSE).

This bundle as a whole may be passed on under the GNU General Public License, version 3 (GPL-3.0.txt): the FFmpeg
libraries in it are built with x264 and x265, which are under the GPL, version 2 or later. SOURCES.txt names the exact
versions whose source code has to be offered with the bundle.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3 (LGPL-3.0.txt). They are separate files
in the folder PySide6, which may be replaced by other builds of them with the same interface.

Packages, with the licence that each names; its texts are in the folder of its name:
"""


@dataclass(frozen=True, slots=True)
class Native:
    """A native library that a package carries.

    Attributes:
        name, version, licence: of the library.
        source: where its source code is published.
        carrier: the package that it comes in.
    """

    name: str
    version: str
    licence: str
    source: str
    carrier: str


def bundled_packages() -> list[str]:
    """The packages in a bundle made here."""
    return closure(runtime())


def gather(folder: Path, *, built_with: Iterable[str] = _BUILT_WITH) -> list[str]:
    """Writes all notices into a folder, which is made anew, and returns the names of the packages in them.

    Args:
        folder: where to write.
        built_with: packages of which a part is in the bundle though the program does not use them.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for text in TEXTS.glob("*.txt"):
        shutil.copy(text, folder)
    shutil.copy(ROOT / "LICENSE", folder)
    packages = bundled_packages()
    named = [*packages, *built_with]
    lines = [_line(name) for name in named]
    for name in named:
        _copy_texts(name, folder / name)
    _copy_python(folder / "python")
    lines.append(f"  Python {sys.version.split()[0]}: PSF-2.0")
    libraries = natives()
    carried = [f"  {one.name} {one.version}: {one.licence} (in {one.carrier})" for one in libraries]
    text = "\n".join(
        [_HEAD, *lines, "", "Native libraries that packages carry, which have notices of their own:", "", *carried]
    )
    (folder / NOTICES).write_text(f"{text}\n", encoding="utf-8")
    (folder / "SOURCES.txt").write_text(_sources(libraries), encoding="utf-8")
    return packages


def natives() -> list[Native]:
    """The native libraries under the GPL or LGPL, which oblige to more than a notice, as they are installed."""
    import av
    from PySide6.QtCore import qVersion

    files = [path for path in metadata.files("av") or [] if "av.libs" in str(path) or str(path).startswith("av/")]
    x264 = _number(files, r"x264[-\w]*[.-](\d+)")
    x265 = _number(files, r"x265[-\w]*[.-](\d+)")
    ffmpeg = str(av.ffmpeg_version_info)
    cv2 = metadata.version("opencv-contrib-python-headless")
    return [
        Native("FFmpeg", ffmpeg, "GPL-2.0-or-later as built", "https://ffmpeg.org", "av"),
        Native("x264", f"build {x264}", "GPL-2.0-or-later", "https://www.videolan.org/developers/x264.html", "av"),
        Native("x265", f"build {x265}", "GPL-2.0-or-later", "https://bitbucket.org/multicoreware/x265_git", "av"),
        Native("Qt", qVersion(), "LGPL-3.0-only", "https://download.qt.io", "PySide6-Essentials"),
        Native(
            "PySide6",
            metadata.version("PySide6-Essentials"),
            "LGPL-3.0-only",
            "https://code.qt.io",
            "PySide6-Essentials",
        ),
        Native(
            "FFmpeg in OpenCV",
            f"of OpenCV {cv2}",
            "LGPL-2.1-or-later",
            "https://ffmpeg.org",
            "opencv-contrib-python-headless",
        ),
    ]


def _number(files: Iterable[object], pattern: str) -> str:
    """The build number in a library's name: it is the version of its interface, which changes with each release."""
    for path in files:
        found = re.search(pattern, str(path)) if "lib" in str(path) else None
        if found:
            return re.sub(r".*\.so\.", "", str(path)) if ".so." in str(path) else found.group(1)
    return "as in the wheel"


def add_system_libraries(folder: Path, names: Iterable[str]) -> list[str]:
    """Adds the copyright files of the Debian packages that libraries of this system came from.

    Args:
        folder: the one that `gather` made, inside the bundle.
        names: libraries at the top of the bundle.

    Returns:
        Lines for the list of sources: package and version.
    """
    if shutil.which("dpkg-query") is None:
        return []
    lines = set()
    for name in names:
        owner = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True, check=False).stdout
        package = owner.partition(":")[0].strip()
        text = Path("/usr/share/doc") / package / "copyright"
        if not package or not text.is_file():
            continue
        target = folder / "system" / package
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(text, target / "copyright")
        asked = ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", package]
        lines.add(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    with (folder / "SOURCES.txt").open("a", encoding="utf-8") as file:
        file.write("\nSource packages of Debian, for libraries of the system (folder system):\n\n")
        file.writelines(f"  {line}\n" for line in sorted(lines))
    return sorted(lines)


def _line(name: str) -> str:
    facts = metadata.metadata(name)
    licence = facts.get("License-Expression") or _short(facts.get("License")) or _classified(facts) or "see its text"
    return f"  {facts['Name']} {facts['Version']}: {licence}"


def _short(licence: str | None) -> str:
    """The field of a package's metadata, unless somebody put a whole text there."""
    text = (licence or "").strip()
    return text if text and "\n" not in text and len(text) < 80 else ""


def _classified(facts: metadata.PackageMetadata) -> str:
    lines = facts.get_all("Classifier") or []
    return ", ".join(line.rsplit(" :: ", 1)[1] for line in lines if line.startswith("License :: OSI"))


def _copy_texts(name: str, folder: Path) -> None:
    """Copies a package's licence texts; two with one name are numbered."""
    folder.mkdir(parents=True)
    distribution = metadata.distribution(name)
    for path in distribution.files or []:
        in_metadata = ".dist-info" in str(path)
        if in_metadata and _LICENCE_FILE.search(path.name) and not path.name.endswith((".py", ".pyc")):
            target = folder / path.name
            number = 1
            while target.exists():
                number += 1
                target = folder / f"{path.stem}-{number}{path.suffix}"
            shutil.copy(Path(str(distribution.locate_file(path))), target)
    if not any(folder.iterdir()):
        text = _TEXT_OF.get(normal(name))
        if text is None:
            raise FileNotFoundError(f"the package {name} carries no licence text; name one in notices.py")
        shutil.copy(TEXTS / text, folder)


def _copy_python(folder: Path) -> None:
    folder.mkdir()
    stdlib = Path(sysconfig.get_path("stdlib"))
    text = next(
        path
        for path in (stdlib / "LICENSE.txt", stdlib.parents[1] / "LICENSE.txt", stdlib.parent / "LICENSE")
        if path.is_file()
    )
    shutil.copy(text, folder / "LICENSE.txt")


def _sources(libraries: Iterable[Native]) -> str:
    lines = [
        f"  {one.name}, {one.version} ({one.licence}), in {one.carrier} {metadata.version(one.carrier)}: {one.source}"
        for one in libraries
    ]
    return "\n".join(
        [
            f"Sources that have to be offered with vosapp {version()}",
            "",
            "Whoever passes this bundle on puts the source code of these versions beside it, or a written offer of it",
            "that is good for three years. The wheels' own repositories tell how each library was built.",
            "",
            *lines,
            "",
        ]
    )

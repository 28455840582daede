"""Builds the bundle of this machine's platform and the packages around it: `make package`.

Steps: an environment of its own with exactly the locked packages, licences and bill of materials, PyInstaller,
checks of what came out, then the platform's packages and their checksums in `dist/`. Everything else is made below
`build/package`. Set VOSAPP_BUNDLE_CUDA=1 to keep the CUDA libraries of a torch that has them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bundle_contents import CONTENTS, LICENCES, problems, sizes
from product import NAME, platform_name, version, windows_version

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD, DIST = ROOT / "build" / "package", ROOT / "dist"
WORK = BUILD / "work"
BUNDLE = BUILD / "bundle" / NAME
CUDA = os.environ.get("VOSAPP_BUNDLE_CUDA") == "1"


def main() -> int:
    """Makes the environment of the locked packages, and runs itself in it for the rest."""
    parser = argparse.ArgumentParser(description="Build the bundle and its packages.")
    parser.add_argument("--inside", action="store_true", help="this is the environment; used by this program itself")
    parser.add_argument("--packages-only", action="store_true", help="package the bundle that is there")
    arguments = parser.parse_args()
    if not arguments.inside:
        if sys.version_info[:2] != (3, 11):
            sys.exit("The locked packages are for Python 3.11; set PYTHON=/path/to/python3.11.")
        command = [str(_environment()), str(HERE / "build.py"), "--inside", *sys.argv[1:]]
        return subprocess.run(command, check=False).returncode
    sys.path.append(str(ROOT))  # for vosapp itself, which is no package of the environment
    if not arguments.packages_only:
        _make_bundle()
    _package()
    _checksums()
    return 0


def _environment() -> Path:
    """A fresh environment with the packages of the lock and nothing else; kept while the lock is the same."""
    lock = HERE / "locks" / f"{platform_name()}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder, mark = BUILD / "environment", BUILD / "environment" / "lock.sha256"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if mark.is_file() and mark.read_text() == digest:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    checked = [] if CUDA else ["--require-hashes"]
    source = lock if not CUDA else _without_torch(lock)
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*install, *checked, "--no-deps", "-r", str(source)], check=True)
    if CUDA:  # whatever CUDA build the index offers, with NVIDIA's packages; not by hash
        subprocess.run([*install, "-c", str(ROOT / "constraints.txt"), "torch"], check=True)
    mark.write_text(digest)
    return python


def _without_torch(lock: Path) -> Path:
    lines = [line.split(" --hash")[0] for line in lock.read_text().splitlines() if not line.startswith("torch==")]
    path = BUILD / "lock-without-torch.txt"
    path.write_text("\n".join(lines))
    return path


def _make_bundle() -> None:
    """Licences, icons, PyInstaller and the checks."""
    import notices
    import sbom

    shutil.rmtree(WORK, ignore_errors=True)
    packages = notices.gather(WORK / "licences")
    lock = HERE / "locks" / f"{platform_name()}.txt"
    count = sbom.write(WORK / "licences" / "sbom.cdx.json", lock)
    print(f"{len(packages)} packages, {count} components in the bill of materials", flush=True)
    _icons()
    environment = {**os.environ, "VOSAPP_BUNDLE_WORK": str(WORK), "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", str(HERE / "vosapp.spec")]
    places = ["--distpath", str(BUNDLE.parent), "--workpath", str(BUILD / "pyinstaller")]
    subprocess.run([*command, *places], check=True, env=environment)
    folder = BUNDLE / CONTENTS
    top = [path.name for path in folder.glob("lib*.so*") if not path.is_symlink()]
    notices.add_system_libraries(folder / LICENCES, top)
    wrong = problems(bundle_files(BUNDLE), packages, cuda=CUDA)
    if wrong:
        sys.exit("The bundle is not right:\n" + "\n".join(wrong[:40]))
    _tell_sizes()


def bundle_files(bundle: Path) -> dict[str, int]:
    """Sizes of all files by their path inside the bundle; links count nothing."""
    paths = (path for path in bundle.rglob("*") if path.is_file())
    return {path.relative_to(bundle).as_posix(): 0 if path.is_symlink() else path.stat().st_size for path in paths}


def _tell_sizes() -> None:
    measured = sizes(bundle_files(BUNDLE))
    (BUILD / "sizes.json").write_text(json.dumps(measured, indent=1))
    for name, size in measured.most_common():
        print(f"{size / 1e6:8.1f} MB  {name}")
    print(f"{measured.total() / 1e6:8.1f} MB  in all", flush=True)


def _icons() -> None:
    """The icon as pictures: for menus on Linux, .ico for Windows, .icns for macOS."""
    from PIL import Image
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(QByteArray((ROOT / "resources" / "icons" / "vosapp.svg").read_bytes()))
    for size in (16, 32, 48, 64, 128, 256, 512):
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        picture.save(str(WORK / f"vosapp-{size}.png"))
    largest = Image.open(WORK / "vosapp-512.png")
    largest.save(WORK / "vosapp.ico", sizes=[(size, size) for size in (16, 32, 48, 64, 128, 256)])
    largest.save(WORK / "vosapp.icns")
    _windows_version()


def _windows_version() -> None:
    """What Windows shows as properties of the program, in PyInstaller's form."""
    numbers = (*(int(part) for part in windows_version(version()).split(".")), 0)
    strings = {
        "ProductName": NAME,
        "FileDescription": "vosapp, rotoscoping",
        "ProductVersion": version(),
        "OriginalFilename": "vosapp.exe",
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    (WORK / "windows-version.txt").write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )


def _package() -> None:
    """The packages of this platform."""
    DIST.mkdir(exist_ok=True)
    if sys.platform == "linux":
        import linux_packages

        linux_packages.make(BUNDLE, WORK, DIST, compression=os.environ.get("VOSAPP_BUNDLE_COMPRESSION", ""))
    elif sys.platform == "darwin":
        subprocess.run(
            ["bash", str(HERE / "macos" / "package.sh"), str(BUNDLE.parent / "vosapp.app"), version(), str(DIST)],
            check=True,
        )
    else:
        script = HERE / "windows" / "package.ps1"
        named = {"Bundle": BUNDLE, "Version": version(), "Numbers": windows_version(version()), "Out": DIST}
        arguments = [part for name, value in named.items() for part in (f"-{name}", str(value))]
        subprocess.run(["pwsh", "-File", str(script), *arguments], check=True)


def _checksums() -> None:
    """SHA-256 of each package, in the form that `sha256sum --check` reads."""
    packages = sorted(path for path in DIST.iterdir() if path.name.startswith("vosapp") and path.suffix != ".whl")
    lines = []
    for path in packages:
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path}")
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

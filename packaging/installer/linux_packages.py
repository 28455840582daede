"""The packages of Linux around a bundle: a .deb and a tar archive that runs from anywhere."""

from __future__ import annotations

import datetime
import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import shell_files
from product import NAME, ROOT, SUMMARY, debian_version, platform_name, version

HERE = Path(__file__).parent / "linux"
ICON_SIZES = (16, 32, 48, 64, 128, 256, 512)
# What the bundle leaves to the system, by Debian's names and Ubuntu's after its change of time_t.
DEPENDS = (
    "libc6 (>= {glibc})", "libstdc++6", "libgcc-s1", "libegl1", "libgl1", "libx11-6", "libx11-xcb1", "libxcb1",
    "libdbus-1-3", "libfontconfig1", "libfreetype6", "libglib2.0-0t64 | libglib2.0-0", "libexpat1",
    "zlib1g", "libzstd1", "liblzma5",
    "fonts-dejavu-core | fonts-freefont-ttf | fonts-liberation | fonts-noto-core", "hicolor-icon-theme",
)  # fmt: skip
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)(?![\d.])")


def make(bundle: Path, work: Path, out: Path, *, compression: str = "") -> None:
    """Writes both packages.

    Args:
        bundle: the folder that PyInstaller made.
        work: where the icons lie.
        out: the folder to write to.
        compression: level of xz, "" for the usual one, "none" for tries.
    """
    level = compression or "6"
    share = work / "share"
    _share(share, work)
    _archive(bundle, share, work / "tar", out, level)
    _debian(bundle, share, work / "deb", out, level)


def glibc_floor(bundle: Path) -> str:
    """The oldest glibc that every file of the bundle runs with."""
    newest = (0, 0)
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink() and (".so" in path.name or path.name == NAME):
            found = _GLIBC.findall(path.read_bytes())
            newest = max([newest, *((int(major), int(minor)) for major, minor in found)])
    return f"{newest[0]}.{newest[1]}"


def _share(folder: Path, work: Path) -> None:
    """What both packages have in `share`: menu entry, file type, icons, completion, manual."""
    shutil.rmtree(folder, ignore_errors=True)
    _put(HERE / "vosapp.desktop", folder / "applications" / "vosapp.desktop")
    _put(HERE / "vosapp.xml", folder / "mime" / "packages" / "vosapp.xml")
    for size in ICON_SIZES:
        place = folder / "icons" / "hicolor" / f"{size}x{size}"
        _put(work / f"vosapp-{size}.png", place / "apps" / "vosapp.png")
        _put(work / f"vosapp-{size}.png", place / "mimetypes" / "application-x-vosapp-project.png")
    scalable = folder / "icons" / "hicolor" / "scalable" / "apps"
    _put(ROOT / "resources" / "icons" / "vosapp.svg", scalable / "vosapp.svg")
    _write(folder / "bash-completion" / "completions" / "vosapp", shell_files.bash())
    _write(folder / "zsh" / "vendor-completions" / "_vosapp", shell_files.zsh())
    manual = shell_files.manual(datetime.datetime.now(datetime.UTC).date().isoformat())
    place = folder / "man" / "man1" / "vosapp.1.gz"
    place.parent.mkdir(parents=True)
    place.write_bytes(gzip.compress(manual.encode(), mtime=0))


def _archive(bundle: Path, share: Path, work: Path, out: Path, level: str) -> None:
    name = f"{NAME}-{version()}-{platform_name()}"
    folder = work / name
    shutil.rmtree(work, ignore_errors=True)
    folder.mkdir(parents=True)
    _link_tree(bundle, folder / "program")
    shutil.copytree(share, folder / "share")
    _put(HERE / "vosapp.sh", folder / "vosapp.sh", 0o755)
    _put(ROOT / "LICENSE", folder / "LICENSE")
    how = ["--format=gnu"] if level == "none" else [f"--use-compress-program=xz -{level} -T0"]
    target = out / (f"{name}.tar" if level == "none" else f"{name}.tar.xz")
    owner = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
    subprocess.run(["tar", *how, *owner, "-C", str(work), "-cf", str(target), name], check=True)
    shutil.rmtree(work)


def _debian(bundle: Path, share: Path, root: Path, out: Path, level: str) -> None:
    shutil.rmtree(root, ignore_errors=True)
    program = root / "opt" / NAME
    _link_tree(bundle, program / "program")
    _put(HERE / "vosapp.sh", program / "vosapp.sh", 0o755)
    shutil.copytree(share, root / "usr" / "share")
    command = root / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../../opt/{NAME}/vosapp.sh")
    _documents(bundle, root / "usr" / "share" / "doc" / NAME)
    size = sum(path.lstat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    glibc = glibc_floor(bundle)
    depends = ", ".join(DEPENDS).format(glibc=glibc)
    control = {
        "Package": NAME,
        "Version": debian_version(version()),
        "Section": "video",
        "Priority": "optional",
        "Architecture": "amd64" if os.uname().machine == "x86_64" else "arm64",
        "Depends": depends,
        "Recommends": "libxkbcommon-x11-0, libxcb-cursor0, shared-mime-info, desktop-file-utils",
        "Installed-Size": str(size // 1024),
        "Maintainer": "The vosapp developers <vosapp@localhost>",
        "Description": f"{SUMMARY}\n Python, torch, Qt, FFmpeg, our weights and a demo shot are inside.",
    }
    _write(root / "DEBIAN" / "control", "".join(f"{key}: {value}\n" for key, value in control.items()))
    for name in ("postinst", "postrm"):
        _put(HERE / name, root / "DEBIAN" / name, 0o755)
    target = out / f"{NAME}_{debian_version(version())}_{control['Architecture']}.deb"
    how = ["-Znone"] if level == "none" else ["-Zxz", f"-z{level}"]
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", *how, "--build", str(root), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(root)
    print(f"glibc {glibc} or newer")


def _documents(bundle: Path, folder: Path) -> None:
    licences = bundle / "_internal" / "vosapp" / "_licences"
    _put(licences / "THIRD-PARTY-NOTICES.txt", folder / "copyright")
    changes = (ROOT / "CHANGELOG.md").read_bytes()
    (folder / "changelog.gz").write_bytes(gzip.compress(changes, mtime=0))


def _link_tree(source: Path, target: Path) -> None:
    """Copies a folder by hard links where the disk has them: a bundle is large."""
    shutil.copytree(source, target, symlinks=True, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _put(source: Path, target: Path, mode: int = 0o644) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")

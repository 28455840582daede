"""The parts of the installers that are made of the program itself: version, completion, manual, notices, lists."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import linux_packages
import notices
import packages
import product
import pytest
import shell_files

import vosapp
from vosapp.cli.app import COMMANDS

ROOT = product.ROOT
LOCKS = sorted((ROOT / "packaging" / "installer" / "locks").glob("*.txt"))


def test_there_is_one_version() -> None:
    assert product.version() == vosapp.__version__
    assert 'path = "vosapp/__init__.py"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("version", "debian", "windows"),
    [
        ("0.1.0.dev0", "0.1.0~dev0", "0.1.0"),
        ("1.2.0rc1", "1.2.0~rc1", "1.2.0"),
        ("1.2", "1.2", "1.2.0"),
        ("2.0.3", "2.0.3", "2.0.3"),
    ],
)
def test_versions_as_packages_want_them(version: str, debian: str, windows: str) -> None:
    assert product.debian_version(version) == debian
    assert product.windows_version(version) == windows


def test_completion_and_manual_know_every_command() -> None:
    bash, zsh, manual = shell_files.bash(), shell_files.zsh(), shell_files.manual("2026-01-01")
    for name in [command.name for command in COMMANDS] + ["demo"]:
        assert f"        {name}) words=" in bash
        assert f"    {name}) shift words" in zsh
        assert f".B {name}\n" in manual
    assert "--engine" in bash and "--engine" in zsh and r"\-\-engine" in manual


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_completion_works_in_bash(tmp_path: Path) -> None:
    path = tmp_path / "vosapp"
    path.write_text(shell_files.bash())
    script = (
        f'. {path}; COMP_WORDS=(vosapp prop); COMP_CWORD=1; _vosapp; echo "${{COMPREPLY[0]}}"; '
        'COMP_WORDS=(vosapp propagate --eng); COMP_CWORD=2; _vosapp; echo "${COMPREPLY[0]}"'
    )
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert said.stdout.split() == ["propagate", "--engine"]


def test_every_package_of_a_bundle_has_its_licence(tmp_path: Path) -> None:
    names = notices.gather(tmp_path / "licences", built_with=())
    assert {"torch", "numpy", "av", "pyside6-essentials", "opencv-contrib-python-headless"} <= set(names)
    for name in (*names, "python"):
        assert any((tmp_path / "licences" / name).iterdir()), name
    notice = (tmp_path / "licences" / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")
    assert "GNU General Public License, version 3" in notice and "x265" in notice and "Qt" in notice
    sources = (tmp_path / "licences" / "SOURCES.txt").read_text(encoding="utf-8")
    assert re.search(r"FFmpeg, \d+\.\d+", sources) and re.search(r"Qt, 6\.\d+", sources)


def test_nothing_for_tests_or_training_is_in_a_bundle() -> None:
    names = packages.closure(packages.runtime())
    assert not {"pytest", "mypy", "ruff", "hypothesis", "timm", "transformers", "pip"} & set(names)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_the_lists_pin_what_pyproject_asks_for_by_hash(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    pinned = {line.split("==")[0]: line.split("==")[1].split(" ")[0].partition("+")[0] for line in lines}
    needed = packages.closure(packages.runtime(), packages.ENVIRONMENTS[lock.stem])
    assert set(needed) <= set(pinned), "run: make package-lock"
    constraints = packages.constraints()
    for name in set(needed) & set(constraints):
        assert pinned[name] == constraints[name], f"{name}: run make package-lock"


def test_there_is_a_list_for_each_platform() -> None:
    assert [lock.stem for lock in LOCKS] == sorted(packages.ENVIRONMENTS)


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb")
def test_a_deb_holds_program_menu_entry_file_type_and_manual(tmp_path: Path) -> None:
    bundle, work, out = tmp_path / "bundle", tmp_path / "work", tmp_path / "out"
    licences = bundle / "_internal" / "vosapp" / "_licences"
    licences.mkdir(parents=True)
    (licences / "THIRD-PARTY-NOTICES.txt").write_text("notices")
    (bundle / "vosapp").write_bytes(b"\x7fELF GLIBC_2.17 GLIBC_2.35\0")
    work.mkdir()
    out.mkdir()
    for size in linux_packages.ICON_SIZES:
        (work / f"vosapp-{size}.png").write_bytes(b"png")
    linux_packages.make(bundle, work, out, compression="0")
    (deb,) = out.glob("*.deb")
    listed = subprocess.run(["dpkg-deb", "-c", str(deb)], capture_output=True, text=True, check=True).stdout
    for path in (
        "opt/vosapp/program/vosapp",
        "usr/bin/vosapp -> ",
        "applications/vosapp.desktop",
        "packages/vosapp.xml",
    ):
        assert path in listed
    facts = subprocess.run(["dpkg-deb", "-f", str(deb)], capture_output=True, text=True, check=True).stdout
    assert "libc6 (>= 2.35)" in facts and f"Version: {product.debian_version(product.version())}" in facts
    (archive,) = out.glob("*.tar.xz")
    subprocess.run(["tar", "-xf", str(archive), "-C", str(tmp_path), "--strip-components=1"], check=True)
    assert gzip.decompress((tmp_path / "share/man/man1/vosapp.1.gz").read_bytes()).startswith(b".TH VOSAPP")


def test_the_start_script_finds_the_program_through_links(tmp_path: Path) -> None:
    home = tmp_path / "a folder ü"
    (home / "program").mkdir(parents=True)
    shutil.copy(ROOT / "packaging/installer/linux/vosapp.sh", home)
    program = home / "program" / "vosapp"
    program.write_text('#!/bin/sh\necho "started $1 with PYTHONPATH=$PYTHONPATH"\n')
    program.chmod(0o755)
    (tmp_path / "one").symlink_to("a folder ü/vosapp.sh")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    for name in ("a folder ü/vosapp.sh", "one", "two"):
        command = ["sh", str(tmp_path / name), "clip.mov"]
        said = subprocess.run(
            command, capture_output=True, text=True, check=True, env={"PYTHONPATH": "x", "PATH": "/usr/bin:/bin"}
        )
        assert said.stdout == "started clip.mov with PYTHONPATH=\n"

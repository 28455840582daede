"""What can be checked here of the scripts for Windows, macOS and the workflow: syntax, and that they fit together."""

from __future__ import annotations

import plistlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import product
import pytest
import yaml

INSTALLER = product.ROOT / "packaging" / "installer"
SHELL_SCRIPTS = sorted(
    [*INSTALLER.rglob("*.sh"), product.ROOT / "packaging" / "smoke-wheel.sh", *INSTALLER.glob("linux/post*")]
)


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_parse(script: Path) -> None:
    shell = "bash" if "bash" in script.read_text(encoding="utf-8").splitlines()[0] else "sh"
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    subprocess.run([shell, "-n", str(script)], check=True)


def test_property_lists_and_the_file_type_parse() -> None:
    rights = plistlib.loads((INSTALLER / "macos" / "entitlements.plist").read_bytes())
    assert rights["com.apple.security.cs.disable-library-validation"] is True
    (kind,) = ET.parse(INSTALLER / "linux" / "vosapp.xml").getroot()
    assert kind.get("type") == "application/x-vosapp-project"
    globs = [part.get("pattern") for part in kind if part.tag.endswith("glob")]
    assert globs == ["*.vosapp"]


def test_the_menu_entry_starts_the_command_and_opens_projects() -> None:
    entry = (INSTALLER / "linux" / "vosapp.desktop").read_text(encoding="utf-8")
    facts = dict(line.split("=", 1) for line in entry.splitlines() if "=" in line)
    assert facts["Exec"] == "vosapp %f" and facts["Icon"] == "vosapp"
    assert "application/x-vosapp-project" in facts["MimeType"].split(";")
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(INSTALLER / "linux" / "vosapp.desktop")], check=True)


def test_the_windows_installer_asks_for_no_rights_and_gets_all_that_it_names() -> None:
    script = (INSTALLER / "windows" / "vosapp.iss").read_text(encoding="utf-8")
    call = (INSTALLER / "windows" / "package.ps1").read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in script and "HKLM" not in script
    assert r"{localappdata}\Programs" in script and "{commonpf" not in script
    wanted = set(re.findall(r"\{#(\w+)\}", script)) - {"SignTool"}
    assert wanted == set(re.findall(r"/D(\w+)=\$\w", call))
    sections = re.findall(r"^\[(\w+)\]$", script, re.MULTILINE)
    assert len(sections) == len(set(sections)) and {"Setup", "Files", "Icons", "Registry", "InstallDelete"} <= set(
        sections
    )
    assert script.count("{{6C0B6B5E") == 1, "the identity of the product is there once"
    assert 'Subkey: "Software\\Classes\\.vosapp"' in script


def test_brackets_of_the_powershell_scripts_close() -> None:
    for script in (INSTALLER / "windows").glob("*.ps1"):
        text = re.sub(r"#.*", "", script.read_text(encoding="utf-8"))
        text = re.sub(r'"[^"]*"|' + r"'[^']*'", "", text)
        for opening, closing in ("()", "{}", "[]"):
            assert text.count(opening) == text.count(closing), script.name


def test_the_workflow_names_files_that_are_there() -> None:
    text = (product.ROOT / ".github" / "workflows" / "package.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert set(jobs) == {"linux", "windows", "macos"}
    for path in re.findall(r"packaging/[\w/.-]+", text):
        assert (product.ROOT / path).is_file(), path
    targets = re.findall(r"make (?:-\S+ )*([\w-]+)", text)
    makefile = (product.ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets and all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_description_is_python_and_names_what_the_lists_say() -> None:
    text = (INSTALLER / "vosapp.spec").read_text(encoding="utf-8")
    compile(text, "vosapp.spec", "exec")
    assert "EXCLUDED_MODULES" in text and "vosapp-window" in text and "org.vosapp.project" in text

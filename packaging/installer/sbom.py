"""The bill of materials of a bundle in CycloneDX form: packages with versions, licences, hashes; native libraries."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from notices import bundled_packages, natives
from packages import normal
from packageurl import PackageURL
from product import NAME, version


def write(path: Path, lock: Path) -> int:
    """Writes the bill and returns how many components it has.

    Args:
        path: the file to write.
        lock: the platform's list of pinned packages, whose hashes go into the bill.

    Raises:
        ValueError: what was made is not valid CycloneDX.
    """
    hashes = locked_hashes(lock.read_text(encoding="utf-8"))
    bom = Bom()
    bom.metadata.component = program = Component(
        name=NAME, version=version(), type=ComponentType.APPLICATION, bom_ref=NAME, licenses=[_licence("Apache-2.0")]
    )
    parts = [_of_package(name, hashes.get(normal(name), [])) for name in bundled_packages()]
    parts += [
        Component(
            name=one.name,
            version=one.version,
            type=ComponentType.LIBRARY,
            bom_ref=f"native:{one.name}",
            licenses=[_licence(one.licence)],
            description=f"carried by {one.carrier}; source: {one.source}",
        )
        for one in natives()
    ]
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(program, parts)
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(f"the bill of materials is not valid: {wrong}")
    path.write_text(text, encoding="utf-8")
    return len(parts)


def locked_hashes(text: str) -> dict[str, list[str]]:
    """SHA-256 by package, from a file of requirements with hashes."""
    found: dict[str, list[str]] = {}
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        name = re.match(r"([A-Za-z0-9._-]+)==", entry)
        if name:
            found[normal(name.group(1))] = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
    return found


def _of_package(name: str, hashes: list[str]) -> Component:
    facts = metadata.metadata(name)
    licence = facts.get("License-Expression") or (facts.get("License") or "").strip()
    return Component(
        name=facts["Name"],
        version=facts["Version"],
        type=ComponentType.LIBRARY,
        bom_ref=f"pypi:{normal(name)}",
        purl=PackageURL("pypi", None, normal(name), facts["Version"]),
        licenses=[_licence(licence)] if licence and "\n" not in licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in hashes],
    )


def _licence(text: str):
    return LicenseFactory().make_from_string(text)

"""`vosapp weights get`: downloads published weights, after showing how much, from where and under which licence."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vosapp.core.errors import WeightsError
from vosapp.models.downloading import downloadable, facts_of, fetch
from vosapp.models.registry import network
from vosapp.models.spec import Download, NetworkSpec
from vosapp.models.weights import sha256_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the action."""
    parser.add_argument("network", metavar="NAME", help="see: vosapp weights list")
    parser.add_argument("--yes", action="store_true", help="do not ask whether to download")
    parser.add_argument("--sha256", metavar="HEX", default="", help="the hash to accept where none is written down")
    parser.add_argument("--replace", action="store_true", help="replace weights that are there already")
    parser.set_defaults(perform=get)


def get(arguments: argparse.Namespace) -> None:
    """Shows, asks, downloads, compares, imports."""
    spec = network(arguments.network)
    download = downloadable(spec)
    _show(spec, download)
    if not arguments.yes and not _agrees("Download it?", "Add --yes to download without being asked."):
        print("Nothing was downloaded.")
        return
    path = fetch(download, progress=_progress, check=lambda: None)
    print(file=sys.stderr)
    if not download.sha256:
        _confirm(path, arguments.sha256.lower())
    from vosapp.models.importing import import_weights  # loads torch

    found = import_weights([path], name=spec.name, replace=arguments.replace)
    path.unlink()
    print(f"Imported weights of {spec.title} to {found.path}.")


def _show(spec: NetworkSpec, download: Download) -> None:
    print(f"{spec.title}: {spec.paper}")
    for what, value in facts_of(spec, download):
        print(f"  {what:8} {value}")


def _confirm(path: Path, accepted: str) -> None:
    """Asks whether a hash that nothing is known of is right; the file stays until it is."""
    digest = sha256_of(path)
    print(f"SHA-256 of {path.name}: {digest}")
    if accepted and accepted != digest:
        path.unlink()
        raise WeightsError(f"{path.name} has the SHA-256 {digest} instead of {accepted} and was deleted.", "Try again.")
    if not accepted and not _agrees("Compare it with a source that you trust. Is it right?", "Add --sha256 HEX."):
        raise WeightsError(
            f"{path.name} was not imported, because its SHA-256 was not confirmed.",
            f"It lies in {path.parent}; run the same command again to be asked once more.",
        )


def _agrees(question: str, otherwise: str) -> bool:
    """What a person at the keyboard answers.

    Raises:
        WeightsError: nobody is there.
    """
    if not sys.stdin or not sys.stdin.isatty():
        raise WeightsError("Nobody is there to answer, so nothing was done.", otherwise)
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        whole = f" of {total / 1e6:.0f}" if total else ""
        print(f"\r{done / 1e6:8.1f}{whole} MB", end="", file=sys.stderr, flush=True)

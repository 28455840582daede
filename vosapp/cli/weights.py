"""`vosapp weights`: import or get the authors' published weights, list what is there, verify it, remove it."""

from __future__ import annotations

import argparse
from pathlib import Path

from vosapp.cli import weights_get
from vosapp.engine.variants import variants
from vosapp.models.registry import NETWORKS, network
from vosapp.models.weights import (
    WeightsFile,
    WeightsState,
    find_weights,
    remove_weights,
    require_weights,
    verify_weights,
    way_to_get,
    weights_state,
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    importing = actions.add_parser("import", help="import the file or files that a network's authors publish")
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE", help="file, zip archive or folder")
    importing.add_argument("--network", metavar="NAME", help="which network, where the file does not tell")
    importing.add_argument("--replace", action="store_true", help="replace weights that are there already")
    importing.set_defaults(perform=_import)
    getting = actions.add_parser("get", help="download weights that their authors let everybody use and pass on")
    weights_get.configure(getting)
    listing = actions.add_parser("list", help="list the networks and their weights")
    listing.set_defaults(perform=_list)
    verifying = actions.add_parser("verify", help="check that weights are what was imported and fit their network")
    verifying.add_argument("networks", nargs="*", metavar="NAME", help="all that have weights, if none is named")
    verifying.set_defaults(perform=_verify)
    removing = actions.add_parser("remove", help="delete imported weights")
    removing.add_argument("networks", nargs="+", metavar="NAME")
    removing.set_defaults(perform=_remove)


def run(arguments: argparse.Namespace) -> int:
    """Runs the chosen action."""
    arguments.perform(arguments)
    return 0


def _import(arguments: argparse.Namespace) -> None:
    from vosapp.models.importing import import_weights  # loads torch

    found = import_weights(arguments.files, name=arguments.network, replace=arguments.replace)
    note = found.note
    if note is not None:
        print(f"Imported weights of {network(note.network).title} to {found.path} ({_size(found)}).")
        print(f"SHA-256 {note.sha256}")
        print(f"Licence: {note.licence}")


def _list(_arguments: argparse.Namespace) -> None:
    width = max(len(spec.name) for spec in NETWORKS)
    for spec in NETWORKS:
        found = find_weights(spec.name)
        state = weights_state(spec).value if found is None else f"present, {_size(found)}"
        print(f"{spec.name:{width}}  {spec.task.value:9}  {state:18}  {spec.title}: {spec.strengths}")
        print(f"{'':{width}}  {spec.speed}; about {spec.memory_mb:,} MB")
        if ways := ", ".join(way.name for way in variants(spec.name)):
            print(f"{'':{width}}  variants: {ways}")
    missing = [spec for spec in NETWORKS if weights_state(spec) is WeightsState.IMPORTABLE]
    if missing:
        print("\nTo get weights:")
    for spec in missing:
        print(f"  {spec.title}: {way_to_get(spec)}\n    {spec.licence}")


def _verify(arguments: argparse.Namespace) -> None:
    from vosapp.models.loading import load_spec  # loads torch

    names = arguments.networks or [spec.name for spec in NETWORKS if find_weights(spec.name)]
    if not names:
        print("No network has weights yet. See: vosapp weights list")
    for name in names:
        spec = network(name)
        found = require_weights(spec)
        verify_weights(found)
        load_spec(spec)
        print(f"{spec.title}: {found.path} is unchanged and fits the network.")


def _remove(arguments: argparse.Namespace) -> None:
    for name in arguments.networks:
        print(f"Removed {remove_weights(network(name))}.")


def _size(found: WeightsFile) -> str:
    return f"{found.size_bytes / 1e6:.0f} MB"

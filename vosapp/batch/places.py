"""Which machine this is, and how it writes the paths of a batch."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

from vosapp.batch.settings import Machine, is_below

ENVIRONMENT_NAME = "VOSAPP_MACHINE"


def names_of_this_machine(more: Sequence[str] = ()) -> tuple[str, ...]:
    """The names that this machine goes by: what VOSAPP_MACHINE says, the host's name, and those given."""
    own = os.environ.get(ENVIRONMENT_NAME, "")
    return tuple(name for name in (own, socket.gethostname(), *more) if name)


def path_here(path: str, machines: Sequence[Machine], names: Sequence[str]) -> str:
    """A path as the driver writes it, as this machine does; the first machine of the job file that fits counts."""
    for machine in machines:
        if machine.goes_by(tuple(names)):
            return machine.path_there(path)
    return path


def machines_with(path: str, machines: Sequence[Machine]) -> list[Machine]:
    """Machines on which footage lies."""
    return [machine for machine in machines if any(is_below(path, prefix) for prefix in machine.footage)]

"""NetworkSpec: facts about a network without building it. Loads no torch."""

from __future__ import annotations

import enum
import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Task(enum.Enum):
    """Input that a network needs from the user: a mask of each object, or nothing."""

    ONE_SHOT = "one-shot"
    ZERO_SHOT = "zero-shot"


@dataclass(frozen=True, slots=True)
class PublishedCheckpoint:
    """In which form the authors published the weights of a network.

    Attributes:
        source: the authors' public repository, as owner/name; its README has the link.
        files: the file or files that belong together, as the authors name them.
        archives: the zip archives in which they offer those files, one for each data set trained on.
        container: keys to go through from the top of the file to the state dict.
        sections: names of state dicts that lie side by side, in one file or in a file each; their name and a dot go
            before each key.
        prefix: what every key begins with and ours do not, besides the "module." of data-parallel training.
        unused: beginnings of keys that the network never uses; they are left out.
        plain_classes: classes, as module.name, whose pickled instances lie in the file beside the weights. A
            stand-in without behaviour takes their place.
        figures: what the authors report with these weights.
    """

    source: str
    files: tuple[str, ...]
    archives: tuple[str, ...] = ()
    container: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    prefix: str = ""
    unused: tuple[str, ...] = ()
    plain_classes: tuple[str, ...] = ()
    figures: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """Address of weights that may be used and passed on, published by the authors.

    Attributes:
        address: the authors' own.
        size_bytes: of the file; 0 where nobody states it to the byte.
        sha256: what it must hash to; "" where nobody states it, and the user is asked to confirm what came.
        origin: who states size and hash. None of the files was at hand when this was written.
    """

    address: str
    size_bytes: int = 0
    sha256: str = ""
    origin: str = ""

    @property
    def file_name(self) -> str:
        """The last part of the address."""
        return self.address.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """One network in one configuration: everything about it that can be said without building it.

    Attributes:
        name: identifies it on the command line, in projects and as the name of its weights file.
        title: for people.
        task: what it needs from the user.
        strengths: one line: what it is good at.
        paper: authors, title, where.
        builder: "module:function" that builds the network without weights.
        options: keyword arguments of the builder that make this configuration.
        parameters: number of parameters that the network uses.
        speed: milliseconds a frame at 480x854 with one object on one CPU thread, float32, and how it grows.
        memory_mb: working memory at that size with one object, weights included.
        licence: what may be done with the authors' code and weights.
        checkpoint: the form of the published weights; None where none were ever published.
        convert: "module:function" from the authors' entries to ours, where they differ in more than a prefix.
        download: where the weights can be fetched from; None where their licence does not allow it, or nobody has them.
        extra: the optional part of the program that brings the network's code; "" for code of ours.
        modules: what that part makes importable.
    """

    name: str
    title: str
    task: Task
    strengths: str
    paper: str
    builder: str
    parameters: int
    speed: str
    memory_mb: int
    licence: str
    options: tuple[tuple[str, Any], ...] = ()
    checkpoint: PublishedCheckpoint | None = None
    convert: str = ""
    download: Download | None = None
    extra: str = ""
    modules: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether the code of the network is on this computer."""
        return all(importlib.util.find_spec(name) is not None for name in self.modules)

    @property
    def way_to_install(self) -> str:
        """One sentence: how its code gets onto this computer."""
        return f"Its code comes in packages of others; install them with: pip install 'vosapp[{self.extra}]'"

    def build(self) -> Any:
        """The network as a `torch.nn.Module` in evaluation mode with weights that mean nothing yet. Loads torch."""
        return resolve(self.builder)(**dict(self.options)).eval()


def resolve(reference: str) -> Callable[..., Any]:
    """The function that "module:function" names. Imports its module."""
    module, _, function = reference.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found

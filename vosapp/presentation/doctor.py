"""What works on this computer and what to do about what does not: the answers of `vosapp doctor`.

No finding holds a name of the user's files, so that the whole text can be sent to somebody who helps.
"""

from __future__ import annotations

import enum
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosapp import __version__
from vosapp.core.crash_reports import crash_folder, crash_reports
from vosapp.core.errors import UserError
from vosapp.core.paths import user_data_dir

_ENOUGH_MEMORY_BYTES, _ENOUGH_DISK_BYTES = 3 << 30, 2 << 30


class State(enum.Enum):
    """How a finding is meant."""

    GOOD = "ok"
    NOTE = "note"  # works, though not as well as it could
    BAD = "problem"  # something that vosapp needs does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found.

    Attributes:
        subject: what was looked at, one or two words.
        state: whether it works.
        what: one sentence.
        advice: what to do, one sentence; "" for nothing.
    """

    subject: str
    state: State
    what: str
    advice: str = ""


Look = Callable[[], Finding]


def findings(window: Look) -> Iterator[Finding]:
    """All findings, one at a time: looking takes some seconds in all.

    Args:
        window: looks whether a window can be opened, which only the package with the windows knows.
    """
    for look in (_program, window, _video, _hardware, _card, _memory, _weights, _folder, _crashes):
        yield look()


def as_text(found: Sequence[Finding]) -> str:
    """The findings as lines to print, to show and to send."""
    wide = max(len(finding.subject) for finding in found)
    lines = []
    for finding in found:
        lines.append(f"{finding.state.value:8} {finding.subject:{wide}}  {finding.what}")
        if finding.advice:
            lines.append(f"{'':8} {'':{wide}}  -> {finding.advice}")
    return "\n".join(lines)


def is_bundle() -> bool:
    """Whether the program runs from an installer's bundle instead of a Python environment."""
    return bool(getattr(sys, "frozen", False))


def shortened(path: Path) -> str:
    """A folder of the user's without the user's name."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def _program() -> Finding:
    way = "installed as a bundle" if is_bundle() else "in a Python environment"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Finding("program", State.GOOD, f"vosapp {__version__}, {way}, Python {platform.python_version()}, {system}.")


def _video() -> Finding:
    from vosapp.video.av.support import readable_codecs, writable_codecs

    reads, writes = readable_codecs(), writable_codecs()
    missing = [name for name, is_there in (reads | writes).items() if not is_there]
    what = f"Reads {_listed(reads)}; writes {_listed(writes)}."
    if missing:
        advice = "Install vosapp again; its video library is another one than it came with."
        return Finding("video", State.BAD, f"{what} Missing: {', '.join(missing)}.", advice)
    return Finding("video", State.GOOD, what)


def _listed(codecs: dict[str, bool]) -> str:
    return ", ".join(name for name, is_there in codecs.items() if is_there) or "nothing"


def _hardware() -> Finding:
    from vosapp.video.av.support import opened_devices
    from vosapp.video.hardware import hardware_wanted

    devices = opened_devices()
    if not devices:
        return Finding("decoding", State.GOOD, "The processor decodes video; no graphics processor here does.")
    if not hardware_wanted():
        what = f"{devices[0]} could decode video, and it is switched off."
        return Finding("decoding", State.NOTE, what, "Set video.hardware_decoding to auto to use it.")
    return Finding("decoding", State.GOOD, f"{', '.join(devices)} can decode video where the pictures are the same.")


def _card() -> Finding:
    from vosapp.engine.device import accelerator, computes_on_cards, has_nvidia_card

    found = accelerator()
    if found.problem:
        return Finding("engines", State.NOTE, found.problem)
    if found.kind != "cpu":
        return Finding("engines", State.GOOD, f"Engines compute on {found.name} ({found.kind}).")
    if has_nvidia_card() and not computes_on_cards():
        advice = "Install the variant for graphics cards to use it; docs/install.md says how."
        return Finding("engines", State.NOTE, "This variant computes on the processor; an NVIDIA card is here.", advice)
    return Finding("engines", State.GOOD, f"Engines compute on the processor, {os.cpu_count() or 1} cores.")


def _memory() -> Finding:
    from vosapp.video.memory import free_memory_bytes, machine_memory_bytes

    free, total = free_memory_bytes(), machine_memory_bytes()
    what = f"{_gigabytes(total)} of memory" + ("." if free is None else f", {_gigabytes(min(free, total))} free.")
    if (total if free is None else free) < _ENOUGH_MEMORY_BYTES:
        return Finding("memory", State.NOTE, what, "Close other programs before you propagate large pictures.")
    return Finding("memory", State.GOOD, what)


def _weights() -> Finding:
    from vosapp.engine.engines import engines
    from vosapp.models.registry import network
    from vosapp.models.weights import require_weights, verify_weights

    try:
        verify_weights(require_weights(network("hybrid")))
    except UserError as error:
        return Finding("weights", State.BAD, _without_paths(error), "Install vosapp again, or choose the engine flow.")
    ready = [spec.title for spec in engines() if spec.is_ready]
    return Finding("weights", State.GOOD, f"Our own weights are intact. Ready engines: {', '.join(ready)}.")


def _without_paths(error: UserError) -> str:
    """An error of weights without the folder in it, which may hold a user's name."""
    words = error.message.split(" ")
    return " ".join(Path(word).name if Path(word).is_absolute() else word for word in words)


def _folder() -> Finding:
    folder = user_data_dir()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        if folder.exists():
            with tempfile.TemporaryFile(dir=folder):
                pass
        elif not os.access(there, os.W_OK):
            raise PermissionError(13, "Permission denied")
        free = shutil.disk_usage(there).free
    except OSError as error:
        what = f"{shortened(folder)} cannot be written: {error.strerror}."
        advice = "Set VOSAPP_DATA_DIR to a folder of your own; until then work is not kept before you save it."
        return Finding("your data", State.BAD, what, advice)
    what = f"{shortened(folder)}, {_gigabytes(free)} free."
    if free < _ENOUGH_DISK_BYTES:
        return Finding("your data", State.NOTE, what, "Make room: unsaved work and backups lie there.")
    return Finding("your data", State.GOOD, what)


def _crashes() -> Finding:
    reports = crash_reports()
    if not reports:
        return Finding("crashes", State.GOOD, "No crash reports.")
    what = f"{len(reports)} crash report{'s' if len(reports) > 1 else ''} in {shortened(crash_folder())}."
    advice = "Read them, then send them with what you did; they name none of your files. Delete them at any time."
    return Finding("crashes", State.NOTE, what, advice)


def _gigabytes(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"

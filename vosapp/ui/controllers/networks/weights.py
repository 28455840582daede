"""Imports a network's published weights in the background, from files of the user or from where they are published."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.core.errors import UserError
from vosapp.engine.job import JobContext, JobResult, Outcome, Progress
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.presentation.text.formatting import bytes_text
from vosapp.ui.dialogs.confirming import Confirming
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.session import Session

_SHOWN_S = 0.5  # between two looks at how much has come
_STOP = "propagate.stop_download"


class WeightsDialogs(Confirming, Protocol):
    """Asks for files, and whether to go on."""

    def ask_weights(self) -> list[Path]:
        """The files that the user chose, none when they cancelled."""


@dataclass(frozen=True, slots=True)
class _Imported:
    """Weights that are there now."""

    title: str
    licence: str


@dataclass(frozen=True, slots=True)
class _Unconfirmed:
    """A file that came, whose hash nobody states."""

    network: str
    path: Path
    sha256: str


class WeightsController(QObject):
    """Owns the one import or download that there can be.

    Signals:
        imported: a network has weights now.
    """

    imported = Signal()

    def __init__(self, session: Session, dialogs: WeightsDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._shown_at = 0.0
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._ended)

    @property
    def is_running(self) -> bool:
        """Whether an import or a download goes on."""
        return self.task.is_running

    def ask(self) -> None:
        """Lets the user choose the file or files, and imports them."""
        if not self.is_running:
            paths = self._dialogs.ask_weights()
            if paths:
                self.start(paths)

    def start(self, paths: Sequence[Path]) -> None:
        """Imports files that belong together; they are recognised by what is in them."""
        if self.is_running:
            return
        names = ", ".join(path.name for path in paths)
        self._say_reading(names)
        self.task.start(partial(_import, list(paths)), "import weights", QThread.Priority.LowPriority)

    def ask_download(self, name: str) -> None:
        """Says how much would come, from where and under which licence, and fetches it when the user agrees."""
        from vosapp.models.downloading import downloadable, facts_of
        from vosapp.models.registry import network

        if self.is_running:
            self._session.notify("Other weights are being fetched or read.", "Wait for them, or stop that first.")
            return
        spec = network(name)
        try:
            download = downloadable(spec)
        except UserError as error:
            self._session.fail(error)
            return
        facts = "\n".join(f"{what[0].upper()}{what[1:]}: {value}" for what, value in facts_of(spec, download))
        question = f"Download the weights of {spec.title}?"
        self._dialogs.confirm(question, facts, "Download", agreed=partial(self._download, name))

    def _download(self, name: str) -> None:
        if not self.is_running:
            self._show(f"Connecting for the weights of {name}…")
            self.task.start(partial(_fetch, name), "download weights", QThread.Priority.LowPriority)

    def cancel(self) -> None:
        """Asks the import or download to stop."""
        self.task.cancel()

    def _show(self, text: str) -> None:
        self._session.show_notice(Notice(text, "You can go on working.", action=_STOP, verb="Stop"))

    def _progressed(self, progress: Progress) -> None:
        now, notice = time.monotonic(), self._session.shot.notice
        if notice is None or notice.action != _STOP or now - self._shown_at < _SHOWN_S:
            return  # another message is there, or this one was closed
        self._shown_at = now
        whole = f" of {bytes_text(progress.total)}" if progress.total else ""
        self._show(f"{bytes_text(progress.done)}{whole} of the weights have come.")

    def _ended(self, result: JobResult[_Imported | _Unconfirmed]) -> None:
        if isinstance(result.value, _Imported):
            text = f"{result.value.title} has its weights now and can be used."
            self._session.notify(text, result.value.licence, NoticeKind.GOOD)
            self.imported.emit()
        elif isinstance(result.value, _Unconfirmed):
            self._confirm(result.value)
        elif result.outcome is Outcome.CANCELLED:
            self._session.notify("Stopped.", "What has come stays, and the next try goes on from there.")
        elif isinstance(result.error, UserError):
            self._session.fail(result.error)
        elif result.error is not None:
            hint = "Please report this with the name of the file."
            self._session.fault("The weights could not be imported", result.error, hint)

    def _confirm(self, came: _Unconfirmed) -> None:
        self._session.drop_offer()
        self._dialogs.confirm(
            f"Is this {came.path.name}?",
            f"Its SHA-256 is {came.sha256}. It is not written down here, because nobody could be found who states it. "
            "Compare it with a source that you trust.",
            "It is right",
            agreed=partial(self._take, came),
            refused=partial(self._say_refused, came),
        )

    def _take(self, came: _Unconfirmed) -> None:
        self._say_reading(came.path.name)
        body = partial(_import_fetched, came.network, came.path)
        self.task.start(body, "import weights", QThread.Priority.LowPriority)

    def _say_refused(self, came: _Unconfirmed) -> None:
        hint = f"It lies in {came.path.parent}, and is asked about when you try again."
        self._session.notify(f"{came.path.name} was not imported.", hint)

    def _say_reading(self, names: str) -> None:
        self._session.notify(f"Reading {names}…", "This takes a minute for large files. You can go on working.")


def _import(paths: list[Path], context: JobContext) -> _Imported:
    from vosapp.models.importing import import_weights  # loads torch
    from vosapp.models.registry import network

    spec = network(import_weights(paths, check=context.check).path.stem)
    return _Imported(spec.title, spec.licence)


def _fetch(name: str, context: JobContext) -> _Imported | _Unconfirmed:
    from vosapp.models.downloading import downloadable, fetch
    from vosapp.models.registry import network
    from vosapp.models.weights import sha256_of

    download = downloadable(network(name))
    path = fetch(download, progress=context.progress, check=context.check)
    return _import_fetched(name, path, context) if download.sha256 else _Unconfirmed(name, path, sha256_of(path))


def _import_fetched(name: str, path: Path, context: JobContext) -> _Imported:
    from vosapp.models.importing import import_weights  # loads torch
    from vosapp.models.registry import network

    import_weights([path], name=name, check=context.check)
    path.unlink()
    spec = network(name)
    return _Imported(spec.title, spec.licence)

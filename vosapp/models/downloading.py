"""Fetches weights from where their authors publish them. Nothing calls this unless the user asked for that very file.

Only the standard library: `urllib` goes through the proxies that the environment names (`HTTPS_PROXY`, `NO_PROXY`), or
the system's own. Loads no torch.
"""

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vosapp.core.errors import WeightsError
from vosapp.core.paths import user_data_dir
from vosapp.core.settings import Settings
from vosapp.models.spec import Download, NetworkSpec
from vosapp.models.weights import sha256_of, way_to_get

OFFLINE = "VOSAPP_OFFLINE"  # the variable that forbids every connection
_TRIES = 4  # times that a connection may be cut before the user is asked to try again
_BLOCK_BYTES = 2**18
_SECONDS = 30  # of silence after which a connection counts as cut
_CUT = (http.client.HTTPException, ConnectionError, TimeoutError)

Progress = Callable[[int, int], None]


def is_offline() -> bool:
    """Whether the user forbade connections, by VOSAPP_OFFLINE or in the settings."""
    said = os.environ.get(OFFLINE, "").lower()
    return said not in ("", "0", "no", "false") or Settings().get("network.offline", bool)


def downloadable(spec: NetworkSpec) -> Download:
    """Where the weights of a network may be fetched from, now and here.

    Raises:
        WeightsError: they may not be passed on, nobody has them, the network is not installed, or this is offline.
    """
    if spec.download is None:
        raise WeightsError(f"The weights of {spec.title} cannot be downloaded: {spec.licence}", way_to_get(spec))
    if not spec.is_installed:
        raise WeightsError(f"{spec.title} is not installed, so its weights would be of no use.", spec.way_to_install)
    if is_offline():
        raise WeightsError(
            f"Nothing is downloaded while {OFFLINE} or the setting network.offline is on.",
            f"Fetch {spec.download.address} on another computer, then run: vosapp weights import FILE",
        )
    return spec.download


def facts_of(spec: NetworkSpec, download: Download) -> tuple[tuple[str, str], ...]:
    """(what, value) that the user is shown before anything is fetched."""
    size = download.size_bytes or 4 * spec.parameters
    known = f"{download.sha256}, {download.origin}"
    unknown = "not written down: nobody could be found who states it. You are asked to confirm what comes"
    return (
        ("address", download.address),
        ("size", f"{'' if download.size_bytes else 'about '}{size / 1e6:.0f} MB"),
        ("licence", spec.licence),
        ("SHA-256", known if download.sha256 else unknown),
    )


def fetch(download: Download, *, progress: Progress, check: Callable[[], None]) -> Path:
    """Downloads a file, going on where an earlier try ended, and compares size and hash with what is written down.

    Args:
        download: as `downloadable` gives it.
        progress: is told how many bytes are there and how many there will be, 0 where that is unknown.
        check: called between blocks; what it raises ends the download. What is there by then stays for the next try.

    Returns:
        Where the file is. The caller removes it.

    Raises:
        WeightsError: it cannot be reached or written, the connection is cut again and again, or it is not the file.
    """
    folder = user_data_dir() / "weights" / "downloads"
    partial, whole = folder / f"{download.file_name}.part", folder / download.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not whole.exists():
            _until_whole(download, partial, progress, check)
            partial.replace(whole)
    except urllib.error.HTTPError as error:
        raise WeightsError(f"{download.address} answers {error.code} {error.reason}.", _ELSEWHERE) from error
    except urllib.error.URLError as error:
        raise WeightsError(f"{download.address} cannot be reached: {error.reason}.", _ELSEWHERE) from error
    except OSError as error:
        raise WeightsError(f"{partial} cannot be written: {error.strerror or error}.", "Free some space.") from error
    _compare(download, whole)
    return whole


_ELSEWHERE = "Look at the connection and the proxy (HTTPS_PROXY), or fetch the file by other means and import it."


def _until_whole(download: Download, partial: Path, progress: Progress, check: Callable[[], None]) -> None:
    for _ in range(_TRIES):
        try:
            if _go_on(download, partial, progress, check):
                return
        except _CUT:
            continue
        except urllib.error.URLError as error:
            if not isinstance(error.reason, _CUT) or not partial.exists():
                raise
    done = partial.stat().st_size if partial.exists() else 0
    raise WeightsError(
        f"The connection to {download.address} was cut {_TRIES} times; {done / 1e6:.1f} MB are there.",
        "Run the same command again: it goes on from there.",
    )


def _go_on(download: Download, partial: Path, progress: Progress, check: Callable[[], None]) -> bool:
    """One connection. Appends what comes; whether the file is whole afterwards."""
    done = partial.stat().st_size if partial.exists() else 0
    if download.size_bytes and done >= download.size_bytes:
        return True
    request = urllib.request.Request(download.address, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        response = urllib.request.build_opener().open(request, timeout=_SECONDS)  # with the proxies of now
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        partial.unlink()  # what is there is as long as the file, or longer: not a beginning of it
        return False
    with response:
        if download.address.startswith("https:") and not response.url.startswith("https:"):
            raise WeightsError(f"{download.address} leads to {response.url}, which is not encrypted.")
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            done = 0  # it sends the whole file, whatever was asked for
        length = response.headers.get("Content-Length")
        total = done + int(length) if length else 0
        if download.size_bytes and total and total != download.size_bytes:
            raise WeightsError(
                f"{download.address} is a file of {total} bytes instead of {download.size_bytes}; it is not fetched.",
                "It may have been replaced by its authors. Please report this.",
            )
        with partial.open("ab" if done else "wb") as file:
            while block := response.read(_BLOCK_BYTES):
                check()
                file.write(block)
                done += len(block)
                progress(done, total)
    return done == total if total else True


def _compare(download: Download, whole: Path) -> None:
    """Removes a file that is not the one, and says so."""
    size, digest = whole.stat().st_size, sha256_of(whole)
    if download.size_bytes not in (0, size) or download.sha256 not in ("", digest):
        whole.unlink()
        raise WeightsError(
            f"{download.file_name} is not the file that was expected and was deleted: its SHA-256 is {digest} instead "
            f"of {download.sha256 or 'any written down'}.",
            "Try again. If it happens again its authors may have replaced it: please report this.",
        )

"""A server on this computer that has weights, for downloads that reach nobody else."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch

from tests.packaged_networks import require
from vosapp.models import registry
from vosapp.models.importing import expected_shapes
from vosapp.models.registry import network
from vosapp.models.spec import Download

CONTENT = bytes(range(256)) * 4096  # one megabyte


@dataclass
class Server:
    """What the server does and what it was asked for.

    Attributes:
        content: of every file.
        cut_after: bytes after which the next connections end, one each.
        takes_ranges: whether it can begin in the middle.
        asked: the path and the range of every request.
        stop_after: bytes after which the first connection stands still until it `goes_on`, None for never.
    """

    content: bytes = CONTENT
    cut_after: list[int] = field(default_factory=list)
    takes_ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    stop_after: int | None = None
    stands: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def download(self, **changes: object) -> Download:
        right = Download(f"{self.address}/some.pth", len(self.content), hashlib.sha256(self.content).hexdigest())
        return replace(right, **changes)  # type: ignore[arg-type]


def _handler(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            server.asked.append((self.path, wanted))
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.takes_ranges else 0
            if start and start >= len(server.content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(server.content) - start))
            self.end_headers()
            end = start + server.cut_after.pop(0) if server.cut_after else None
            if server.stop_after is not None and not server.stands.is_set():
                self.wfile.write(server.content[start : server.stop_after])
                self.wfile.flush()
                server.stands.set()
                server.goes_on.wait(60)
                start = server.stop_after
            self.wfile.write(server.content[start:end])

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def running_server() -> Iterator[Server]:
    """Serves until the end of the block."""
    made = Server()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(made)) as running:
        made.address = f"http://127.0.0.1:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        running.shutdown()
        thread.join()


def offer_small_file(server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "cutie-small") -> None:
    """The server has weights of a network, all ones, and the registry says that they are there."""
    require(name)
    spec = network(name)
    shapes = {key: shape for key, shape in expected_shapes(spec).items() if "num_batches" not in key}
    torch.save({key: torch.ones(1).expand(shape) for key, shape in shapes.items()}, folder / "file.pth")
    server.content = (folder / "file.pth").read_bytes()
    offer(monkeypatch, Download(f"{server.address}/file.pth"), name)


def offer(monkeypatch: pytest.MonkeyPatch, download: Download, name: str = "cutie-small") -> None:
    """Says in the registry where a network's weights are."""
    there = replace(network(name), download=download)
    others = tuple(spec for spec in registry.NETWORKS if spec.name != name)
    monkeypatch.setattr(registry, "NETWORKS", (there, *others))

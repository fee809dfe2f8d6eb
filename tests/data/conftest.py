"""A data set of four small files, and a server on loopback that has it, with every fault that a mirror can have."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grading.data.files import FILES, DataFile

CONTENTS = {file.name: f"{file.name} ".encode() * 4000 for file in FILES}
SMALL_FILES = tuple(
    DataFile(name, len(content), hashlib.md5(content).hexdigest()) for name, content in CONTENTS.items()
)


@dataclass
class Mirrors:
    """The addresses of the server, by kind of fault, and the requests that it has seen."""

    address: str
    requests: list[str]

    def __call__(self, kind: str) -> str:
        return f"{self.address}/{kind}/"


BOMB = gzip.compress(bytes(20_000_000))
BODIES: dict[str, Callable[[bytes], bytes]] = {
    "good": gzip.compress,
    "cut": lambda content: gzip.compress(content)[:-50],
    "another": lambda content: gzip.compress(content[::-1]),
    "longer": lambda content: gzip.compress(content + b"more"),
    "bomb": lambda content: BOMB,
    "page": lambda content: b"<html>Please log in to this network.</html>",
    "empty": lambda content: b"",
}


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrors]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    requests: list[str] = []
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            _, kind, file = self.path.split("/")
            content = CONTENTS[file.removesuffix(".gz")]
            if kind == "absent":
                self.send_error(404)
            elif kind == "silent":
                ended.wait(30)
            elif kind in ("stalled", "hung-up"):
                self._half(gzip.compress(content), wait=kind == "stalled")
            elif kind != "refused":
                body = BODIES[kind](content)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def _half(self, body: bytes, wait: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if wait:
                ended.wait(30)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up early is what some of these tests are about

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Mirrors(f"http://127.0.0.1:{server.server_port}", requests)
    ended.set()
    server.shutdown()
    server.server_close()
    thread.join()

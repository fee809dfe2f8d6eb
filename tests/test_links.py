"""`make links` finds every address, says of each dead one where it stands, and knows a dead address from a missing network."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.links import AT_ONCE, Answer, Kind, addresses, ask_all, main, reason_to_leave_out

ROOT = Path(__file__).parent.parent

# --- which addresses there are

FOUND = {
    "[a](https://a.org/b) and": ["https://a.org/b"],
    "[a](https://doi.org/10.1016/S0893-6080(05)80131-5),": ["https://doi.org/10.1016/S0893-6080(05)80131-5"],
    "[a](https://a.org/wiki/B_(c)).": ["https://a.org/wiki/B_(c)"],
    '[a](https://a.org "A title")': ["https://a.org"],
    "[https://a.org/](http://b.org)[c](https://c.org)": ["https://a.org/", "http://b.org", "https://c.org"],
    "[label]: https://a.org/b": ["https://a.org/b"],
    "<https://a.org/b>.": ["https://a.org/b"],
    "(see https://a.org/b).": ["https://a.org/b"],
    "**https://a.org**, https://b.org/…": ["https://a.org", "https://b.org/"],
    "| https://a.org | `pip --index https://b.org/x` |": ["https://a.org", "https://b.org/x"],
    '<img src="https://a.org/?b=1&amp;c=2">': ["https://a.org/?b=1&c=2"],
    "# A lesson: [a](https://a.org/b#part)": ["https://a.org/b"],
    "HTTPS://A.org": ["HTTPS://A.org"],
    "http://[::1]:80/b": ["http://[::1]:80/b"],
    "ftp://a.org, a.org, mailto:b@a.org": [],
}


@pytest.mark.parametrize("text", FOUND)
def test_an_address_is_found_in_whatever_form(text: str) -> None:
    assert [*addresses(f"\n{text}")] == [(2, address) for address in FOUND[text]]


LEFT_OUT = {
    "http://localhost:8888/lab": "this machine",
    "http://hub.localhost/": "this machine",
    "http://127.0.0.1:8000/": "this machine",
    "http://[::1]/": "this machine",
    "http://0.0.0.0:80/": "this machine",
    "http://192.168.0.7/": "this machine",
    "https://github.com/mlp-course/mlp-course/issues/new": "placeholder",
    "https://colab.research.google.com/github/mlp-course/mlp-course/blob/main/a.ipynb": "placeholder",
    "https://{host}/a": "pattern",
    "https://ADDRESS/a": "no full name",
    "https://example.org/a": "example",
    "https://hub.university.example": "example",
}
ASKED = [
    "https://d2l.ai",
    "https://8.8.8.8/",
    "https://github.com/karpathy/micrograd",
    "https://myexample.org/",
    "http://[1:2]/",
]


@pytest.mark.parametrize("address", LEFT_OUT)
def test_what_cannot_be_asked_has_a_reason(address: str) -> None:
    assert LEFT_OUT[address] in str(reason_to_leave_out(address))


@pytest.mark.parametrize("address", ASKED)
def test_all_others_are_asked(address: str) -> None:
    assert reason_to_leave_out(address) is None


# --- whether they answer


@dataclass
class Site:
    """A server on loopback, the requests that it has seen, and how many of them at once."""

    address: str
    seen: list[str] = field(default_factory=list)
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)
    pair: threading.Barrier = field(default_factory=lambda: threading.Barrier(2, timeout=20))

    def answers(self, *names: str, seconds: float = 20) -> dict[str, Answer]:
        """Ask for some pages of this server."""
        found = ask_all((f"{self.address}/{name}" for name in names), seconds)
        assert found is not None
        return {address.rpartition("/")[2]: answer for address, answer in found.items()}

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer a request as its name says. A client that asks through this server as its proxy names the host, too."""
        name = handler.path.rpartition("/")[2]
        first = f"{handler.command} {name}" not in self.seen
        self.seen.append(f"{handler.command} {name}")
        status = {
            "gone": 404,
            "closed": 403,
            "busy": 429,
            "broken": 500,
            "dropped": 410,
            "teapot": 418,
            "odd": 999,
        }.get(name, 200)
        if handler.command == "HEAD":
            status = {"no-head": 405, "head-unknown": 501, "head-lies": 404, "second": 503}.get(name, status)
        if handler.command == "GET" and name == "second" and first:
            status = 503
        if name == "slow":
            self.ended.wait(60)
        if name.startswith("together"):
            self.pair.wait()
        if name == "hang-up":
            handler.close_connection = True
            return
        if name == "no-http":
            handler.wfile.write(b"Who is there?\r\n\r\n")
            handler.close_connection = True
            return
        there = {"moved": "there", "moved-to-nothing": "gone", "circle": "circle"}.get(name)
        handler.send_response(302 if there else status)
        if there:
            handler.send_header("Location", f"/{there}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with site.lock:
                site.now += 1
                site.most = max(site.most, site.now)
            try:
                site.reply(self)
            finally:
                with site.lock:
                    site.now -= 1

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.ended.set()
    server.shutdown()
    server.server_close()
    thread.join()


KINDS = {
    "there": Kind.ALIVE,
    "gone": Kind.DEAD,
    "dropped": Kind.DEAD,
    "broken": Kind.DEAD,
    "moved": Kind.ALIVE,
    "moved-to-nothing": Kind.DEAD,
    "circle": Kind.DEAD,
    "no-head": Kind.ALIVE,
    "head-unknown": Kind.ALIVE,
    "head-lies": Kind.ALIVE,
    "second": Kind.ALIVE,
    "closed": Kind.CLOSED,
    "busy": Kind.CLOSED,
    "teapot": Kind.CLOSED,
    "odd": Kind.CLOSED,
    "hang-up": Kind.SILENT,
    "no-http": Kind.SILENT,
}


def test_what_a_server_says_is_understood(site: Site) -> None:
    answers = site.answers(*KINDS)
    assert {name: answer.kind for name, answer in answers.items()} == KINDS
    assert answers["gone"].said == "404 Not Found"


def test_head_is_asked_first_and_is_enough_where_it_answers(site: Site) -> None:
    site.answers("there", "no-head")
    assert sorted(site.seen) == ["GET no-head", "HEAD no-head", "HEAD there"]


def test_only_what_may_pass_is_asked_once_more(site: Site) -> None:
    site.answers("there", "gone", "broken")
    assert [site.seen.count(f"GET {name}") for name in ("gone", "broken")] == [1, 2]


def test_a_slow_answer_is_not_waited_for(site: Site) -> None:
    assert site.answers("there", "slow", seconds=0.2)["slow"] == (Kind.SILENT, "no answer within 0.2 s", True)


def test_a_few_are_asked_at_once_and_no_more(site: Site) -> None:
    names = [f"together-{number}" for number in range(3 * AT_ONCE + 1)]  # the first is asked by itself, the others meet
    site.pair = threading.Barrier(1)
    site.answers(names[0])
    site.pair = threading.Barrier(2, timeout=20)
    extra = threading.Thread(target=site.pair.wait)  # for the one that asks whether there is a network
    extra.start()
    site.answers(*names)
    extra.join()
    assert 2 <= site.most <= AT_ONCE


def test_an_address_stands_in_many_places_and_is_asked_once(site: Site) -> None:
    site.answers("there", "there")
    assert site.seen == ["HEAD there"]


@pytest.mark.parametrize("address", ["http://a..b/", f"http://{'a' * 70}.org/", "http://a.org:99999/", "http://[1:2]/"])
def test_what_is_no_address_is_dead(site: Site, address: str) -> None:
    answers = ask_all([f"{site.address}/there", address])
    assert answers is not None
    assert answers[address].kind is Kind.DEAD


def test_without_any_answer_there_is_no_network(site: Site) -> None:
    assert ask_all([f"{site.address}/hang-up"]) is None
    assert ask_all([]) == {}


# --- the command, which asks through this server as its proxy: names that nobody owns reach it and nothing else


def said(file: Path, proxy: str) -> tuple[int, list[str]]:
    """Run the command on a file; return its status and its lines."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.links", file],
        cwd=ROOT,
        env={**environment, "http_proxy": proxy},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.replace(f"{file.resolve()}", file.name).splitlines()


def test_of_a_dead_address_file_and_line_are_said(site: Site, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n\n[a](http://a.test/there), [b](http://b.test/gone)\n<http://b.test/gone>\n", encoding="utf-8"
    )
    assert said(page, site.address) == (
        1,
        [
            "page.md:3: http://b.test/gone is dead: 404 Not Found",
            "page.md:4: http://b.test/gone is dead: 404 Not Found",
            "Addresses asked: 2; dead: 1; shown to people only, so look yourself: 0",
        ],
    )


def test_what_is_for_people_only_or_left_out_is_said_and_is_not_dead(site: Site, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("http://a.test/closed\nhttp://localhost:8888/\nhttp://a.test/moved\n", encoding="utf-8")
    assert said(page, site.address) == (
        0,
        [
            "page.md:2: http://localhost:8888/ is left out: on this machine or in a private network",
            "page.md:1: http://a.test/closed does not answer programs: 403 Forbidden",
            "Addresses asked: 2; dead: 0; shown to people only, so look yourself: 1",
        ],
    )


@pytest.mark.parametrize(("text", "status"), [("http://a.test/\n", 2), ("http://a.test/ [b](nowhere.md)\n", 1)])
def test_without_a_network_the_status_is_another_unless_something_here_is_dead(
    tmp_path: Path, text: str, status: int
) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    code, lines = said(page, "http://127.0.0.1:9")  # the port of "discard", where nobody listens
    assert code == status
    assert lines[-1] == "No address answers: there is no network here, and none of them is checked."


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match=r"There is no such file: .*nowhere\.md"):
        main(["nowhere.md"])

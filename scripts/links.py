"""Ask whether every address in the lessons and documents still answers, and look where links within the repository lead.

python -m scripts.links            the lessons, docs/, README.md and CONTRIBUTING.md; `make links` calls this
python -m scripts.links FILE ...   these files

The status is 1 if something is dead, and 2 if there is no network, so that no address could be asked.
"""

from __future__ import annotations

import html
import ipaddress
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from tqdm import tqdm

from scripts.links_within import ROOT, SITE, dead_within

REPOSITORY: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["grading"]["repository"]
AT_ONCE = 4
SECONDS = 10.0
# What may be over a little later. 429 is "too many questions".
PASSING = {408, 425, 429, 500, 502, 503, 504}
# What is not there. Any other 4xx comes from something that is: publishers answer programs with 403, 418 or 429, and people with
# the page.
GONE = {404, 410}
HEADERS = {"User-Agent": f"Mozilla/5.0 (compatible; check of links; +{SITE})", "Accept": "*/*"}


# --- which addresses there are --------------------------------------------------------------------------------------


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield every web address in a text with the number of its line: of Markdown in all forms, HTML, code or prose.

    Parentheses belong to an address as long as they are balanced; the place within a page (#part) does not.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        for found in re.finditer(r"https?://(\[[\da-f:.]+\])?[^\s<>\[\]\"'`|\\]*", line, re.IGNORECASE):
            yield number, html.unescape(_balanced(found[0]).rstrip(".,;:!?*…")).partition("#")[0]


def _balanced(address: str) -> str:
    """Return an address up to the first parenthesis that closes what it has not opened."""
    depth = 0
    for place, character in enumerate(address):
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return address[:place]
    return address


def reason_to_leave_out(address: str) -> str | None:
    """Return why an address cannot or need not be asked, None if it should be."""
    if re.search(r"[{}$]", address):
        return "a pattern of addresses"
    if REPOSITORY in address:
        return "the course's own repository, whose name is a placeholder until it is published"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # its brackets are around something else; whoever asks it is told
        return None
    try:
        return None if ipaddress.ip_address(host).is_global else "on this machine or in a private network"
    except ValueError:  # a name, as usual
        pass
    if host == "localhost" or host.endswith(".localhost"):
        return "on this machine or in a private network"
    if "." not in host:
        return "no full name of a host"
    if re.search(r"(^|\.)example(\.(com|net|org))?$", host):
        return "an example, which nobody owns"
    return None


# --- whether they answer --------------------------------------------------------------------------------------------


class Kind(Enum):
    """What became of a question."""

    ALIVE = "answers"
    CLOSED = "does not answer programs"
    DEAD = "is dead"
    SILENT = "gives no answer"


class Answer(NamedTuple):
    """What an address said, and whether it is worth asking again."""

    kind: Kind
    said: str = ""
    passing: bool = False


def ask(address: str, method: str, seconds: float = SECONDS) -> Answer:
    """Ask one address by HEAD or GET, redirects included; of a page only the head is read."""
    try:
        with requests.request(
            method, address, timeout=seconds, headers=HEADERS, allow_redirects=True, stream=True
        ) as response:
            return _judged(response)
    except requests.Timeout:
        return Answer(Kind.SILENT, f"no answer within {seconds:g} s", passing=True)
    except requests.exceptions.SSLError:
        return Answer(Kind.DEAD, "its certificate is not valid")
    except requests.TooManyRedirects:
        return Answer(Kind.DEAD, "it redirects without an end")
    except requests.ConnectionError:
        return Answer(Kind.SILENT, "no connection", passing=True)
    except (
        requests.RequestException,
        ValueError,
    ) as error:  # an address that cannot be asked, or an answer that cannot be read
        return Answer(Kind.DEAD, str(error) or type(error).__name__)


def _judged(response: requests.Response) -> Answer:
    """Return what a status means."""
    status = response.status_code
    if status < 400:
        return Answer(Kind.ALIVE)
    dead = status in GONE or 500 <= status < 600
    return Answer(Kind.DEAD if dead else Kind.CLOSED, f"{status} {response.reason}".strip(), passing=status in PASSING)


def head_or_get(address: str, seconds: float = SECONDS) -> Answer:
    """Ask by HEAD, which costs the server least, and by GET if that is refused or fails."""
    answer = ask(address, "HEAD", seconds)
    return answer if answer.kind is Kind.ALIVE else ask(address, "GET", seconds)


def ask_all(wanted: Iterable[str], seconds: float = SECONDS) -> dict[str, Answer] | None:
    """Return the answers of all addresses, a few asked at once; None if nobody answers, that is, without a network.

    What failed in a way that may pass is asked once more when all others have been.
    """
    wanted = list(dict.fromkeys(wanted))
    hosts: dict[str, str] = {}
    for address in wanted:
        hosts.setdefault(address.split("/")[2], address)
    # Where packets vanish each question takes its full time. So a few hosts are asked first.
    answers = _asked(list(hosts.values())[:AT_ONCE], partial(head_or_get, seconds=seconds))
    if wanted and all(answer.kind is Kind.SILENT for answer in answers.values()):
        return None
    answers |= _asked([address for address in wanted if address not in answers], partial(head_or_get, seconds=seconds))
    again = [address for address, answer in answers.items() if answer.passing]
    return answers | _asked(again, partial(ask, method="GET", seconds=seconds))


def _asked(some: list[str], question: Callable[[str], Answer]) -> dict[str, Answer]:
    """Return the answers of these addresses, with a bar in a terminal."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = tqdm(pool.map(question, some), desc="asking", total=len(some), leave=False, disable=None)
        return dict(zip(some, answers, strict=True))


# --- the command ----------------------------------------------------------------------------------------------------


def default_files() -> list[Path]:
    """Return the lessons and the documents that readers see."""
    return [
        *sorted(ROOT.glob("lessons/*.py")),
        *sorted(ROOT.glob("docs/*.md")),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]


def shown(path: Path) -> str:
    """Return a path as a reader of the repository writes it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def report(answers: Mapping[str, Answer], places: Mapping[str, list[str]]) -> int:
    """Say of each address that did not answer where it stands, and how many there are; return how many are dead."""
    dead = 0
    for address, where in places.items():
        kind, said, _ = answers[address]
        if kind is not Kind.ALIVE:
            dead += kind is not Kind.CLOSED
            print(*(f"{place}: {address} {kind.value}: {said}" for place in where), sep="\n")
    closed = sum(answer.kind is Kind.CLOSED for answer in answers.values())
    print(f"Addresses asked: {len(answers)}; dead: {dead}; shown to people only, so look yourself: {closed}")
    return dead


def main(names: list[str]) -> int:
    """Check these files, or the default ones; return the status."""
    files = [Path(name).resolve() for name in names] or default_files()
    if missing := [str(path) for path in files if not path.is_file()]:
        sys.exit(f"There is no such file: {', '.join(missing)}")
    places: dict[str, list[str]] = defaultdict(list)
    dead = 0
    for path in files:
        for number, target in dead_within(path):
            dead += 1
            print(f"{shown(path)}:{number}: {target} is dead: there is no such file or heading")
        for number, address in addresses(path.read_text(encoding="utf-8")):
            reason = reason_to_leave_out(address)
            if reason is None:
                places[address].append(f"{shown(path)}:{number}")
            else:
                print(f"{shown(path)}:{number}: {address} is left out: {reason}")
    answers = ask_all(places)
    if answers is None:
        print("No address answers: there is no network here, and none of them is checked.")
        return 1 if dead else 2
    return int(bool(dead + report(answers, places)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A page that takes too long to make is made of plain text: what is slow is markup, colours and links of somebody else's making."""

from __future__ import annotations

import copy
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from nbformat import NotebookNode, from_dict

from grading.cells import verdict_in

# As long as a page may take, and as much of each cell and output as a plain one shows.
SECONDS = 20.0
_MOST_CHARACTERS = 4_000
# Cells and outputs that are longer are not even tried: no alarm reaches what is written in another language than Python.
_MOST_MARKDOWN = 50_000
_MOST_OUTPUT = 300_000
_PICTURE = re.compile(r"data:image/[\w+.;,=/-]*")
_COMMAND = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_CUT = "\n… the rest was left out"


class TooSlow(Exception):
    """A page is not made in time."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooSlow if this is not done in time; in other threads than the main one, and where there is no alarm, it never is."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise TooSlow


def is_heavy(notebook: NotebookNode) -> bool:
    """Tell whether there is more text in one place than anybody writes or prints; pictures do not count."""
    return any(
        len(_PICTURE.sub("", cell.source)) > _MOST_MARKDOWN
        if cell.cell_type == "markdown"
        else any(_length(output) > _MOST_OUTPUT for output in cell.get("outputs", ()))
        for cell in notebook.cells
    )


def _length(output: NotebookNode) -> int:
    shown = {kind: data for kind, data in output.get("data", {}).items() if not kind.startswith("image/")}
    texts = (output.get("text"), output.get("evalue"), output.get("traceback"), *shown.values())
    return sum(len(text) if isinstance(text, str) else len("".join(map(str, text))) for text in texts if text)


def plain(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook of which all is plain text and short, but for verdicts."""
    made = copy.deepcopy(notebook)
    for cell in made.cells:
        text = _short(cell.source)
        cell.source = text if cell.cell_type == "code" else "".join(f"    {line}\n" for line in text.splitlines())
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = [output if verdict_in(output) else _plain_output(output) for output in cell.outputs]
    return made


def _plain_output(output: NotebookNode) -> NotebookNode:
    kind = output.output_type
    if kind == "error":
        text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    elif kind == "stream":
        text = str(output.get("text", ""))
    else:
        text = str(output.get("data", {}).get("text/plain", ""))
    shown: NotebookNode = from_dict({"output_type": "stream", "name": "stdout", "text": _short(text)})  # type: ignore[no-untyped-call]
    return shown


def _short(text: str) -> str:
    text = _COMMAND.sub("", text[: 4 * _MOST_CHARACTERS]).replace("\x1b", "␛")
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + _CUT

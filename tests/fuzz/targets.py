"""What is fuzzed: how an input is drawn from a number, and what must be true of it. A target raises if it is not."""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import torch

from grading.engine.execution.admission import admitted, is_too_large
from grading.engine.intake.notebook_file import read_notebook
from grading.engine.intake.submission import clean, find_submission
from grading.engine.intake.timestamp import handed_in_at, timestamp_problems
from grading.engine.limits import Limits
from grading.engine.problems import Problem, told
from grading.probe.call import Call, Failure, Observation
from grading.probe.validation import decode_observation
from grading.probe.wire import HEADER, WireError, encode, sizes
from tests.engine import tiny
from tests.engine.execution.test_characters import commands
from tests.engine.intake.test_intake import TEMPLATE, cells
from tests.fuzz.bending import bent_bytes, bent_data, odd_text

# Nothing that is this small takes longer, on a busy machine too.
SECONDS = 20.0
LIMITS = Limits(file_bytes=200_000, output_bytes=20_000, cells=50)
CALL = Call({"X": torch.ones(2, 3), "params": {"W1": torch.ones(3), "n": 2}, "eps": 0.5})


@dataclass(frozen=True)
class Target:
    """draw: makes an input from a source of random numbers; check: raises if something untrue follows from it."""

    name: str
    draw: Callable[[random.Random], bytes]
    check: Callable[[bytes], None]


def run(target: Target, content: bytes) -> None:
    """Check one input. Raises whatever is wrong with it."""
    begun = time.process_time()
    target.check(content)
    assert time.process_time() - begun < SECONDS, "it took too long"


def _is_shown(problems: tuple[Problem, ...] | list[Problem]) -> None:
    line = told(tuple(problems))
    line.encode()
    assert not commands(line) and "\n" not in line, line


# Frames: what a kernel answers to a call.
@cache
def _frames() -> tuple[bytes, ...]:
    observations = (
        Observation(value=torch.ones(2, 3), devices=("cpu",), connected=(True,)),
        Observation(value=[1.5, (2, "a", None), {"O": torch.zeros(0)}], after={"X": torch.ones(2, 3)}, printed="a\n"),
        Observation(failure=Failure("ValueError", "no", "line 1", False, "relu", "X (2, 3)")),
    )
    return tuple(map(encode, observations))


def _check_frame(content: bytes) -> None:
    try:
        found = decode_observation(content, CALL)
    except WireError:
        return
    assert type(found) is Observation and set(found.after) <= set(CALL.arguments)
    if found.failure is not None:
        texts = [
            found.failure.type,
            found.failure.message,
            found.failure.line,
            found.failure.unwritten,
            found.failure.shapes,
        ]
        for text in texts:
            text.encode()
            assert not commands(text) and len(text) < 1000


def _frame(draw: random.Random) -> bytes:
    """Bend a frame anywhere; or only its structure, or only its numbers, under a header that fits."""
    frame = draw.choice(_frames())
    if draw.random() < 0.1:
        return bent_bytes(frame, draw)
    length, _ = sizes(frame[: HEADER.size])
    structure, numbers = frame[HEADER.size : HEADER.size + length], frame[HEADER.size + length :]
    if draw.random() < 0.8:
        structure = json.dumps(bent_data(json.loads(structure), draw)).encode()
    else:
        numbers = bent_bytes(numbers, draw)
    return HEADER.pack(*HEADER.unpack(frame[: HEADER.size])[:-2], len(structure), len(numbers)) + structure + numbers


# Notebooks, and the text files that may stand in their place.
def _notebook(draw: random.Random) -> bytes:
    data = tiny.notebook([*cells(), tiny.cell("code", "print(1)"), tiny.cell("markdown", "![x](attachment:a.png)")])
    if draw.random() < 0.3:
        return bent_bytes(json.dumps(data).encode(), draw)
    text = json.dumps(bent_data(data, draw), ensure_ascii=draw.random() < 0.8)
    encoding = draw.choice(["utf-8", "utf-8", "utf-16", "cp1252"])
    return text.encode(encoding, "surrogatepass" if encoding != "cp1252" and draw.random() < 0.5 else "replace")


def _check_notebook(content: bytes) -> None:
    found = read_notebook(content, TEMPLATE, LIMITS)
    _is_shown(found.problems)
    if found.notebook is None:
        assert found.problems
        return
    nbformat.validate(found.notebook)
    json.dumps(found.notebook).encode()
    by_id = {one.metadata.get("nbgrader", {}).get("grade_id"): one for one in found.notebook.cells}
    for one in TEMPLATE.cells:
        assert one.grade_id in by_id, one.grade_id
        if one.locked:
            assert by_id[one.grade_id].source == one.source


# Folders, whose names and files may be anything that a file system takes.
def _folder(draw: random.Random) -> bytes:
    names = [
        "lesson.ipynb",
        "lesson (1).ipynb",
        "lesson.IPYNB",
        "timestamp.txt",
        "helper.py",
        "a/lesson.ipynb",
        ".x",
        "torch.py",
        "x.zip",
    ]
    files = {}
    for _ in range(draw.randint(1, 5)):
        name = (
            draw.choice(names)
            if draw.random() < 0.7
            else odd_text(draw).replace("/", "_").replace("\0", "")[:100] or "n"
        )
        files[name] = (
            _notebook(draw) if draw.random() < 0.6 else os.urandom(0) + odd_text(draw).encode("utf-8", "replace")
        ).hex()
    return json.dumps([odd_text(draw), files]).encode()


def _check_folder(content: bytes) -> None:
    student, files = json.loads(content)
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            path = os.path.join(place.encode(), name.encode("utf-8", "surrogatepass"))
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                Path(os.fsdecode(path)).write_bytes(bytes.fromhex(data))
            except OSError:  # a name that is no name, or a file where a folder should be
                continue
        templates = {"lesson": TEMPLATE}
        found = find_submission(Path(place), student, templates, LIMITS)
        cleaned = clean(found, templates, frozenset(), LIMITS)
    _is_shown(cleaned.problems)
    assert set(cleaned.notebooks) <= {"lesson"}


# Messages: what a kernel shows and says.
def _message(draw: random.Random) -> bytes:
    content = {
        "name": "stdout",
        "text": "a",
        "data": {"text/plain": "1", "text/html": "<b>"},
        "metadata": {},
        "transient": {"display_id": "x"},
    }
    data = bent_data({"header": {"msg_type": "stream"}, "parent_header": {}, "metadata": {}, "content": content}, draw)
    return bent_bytes(json.dumps(data).encode(), draw) if draw.random() < 0.5 else json.dumps(data).encode()


def _check_message(content: bytes) -> None:
    if is_too_large(content):
        return
    try:
        data = admitted(content)
    except ValueError:
        return
    json.dumps(data, ensure_ascii=False).encode()
    for text in _texts(data):
        assert not commands(text) - {"\x1b"}, text


def _texts(data: Any) -> Any:
    if isinstance(data, str):
        yield data
    for key, branch in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from (key,) if isinstance(key, str) else ()
        yield from _texts(branch)


# The time of handing in.
def _stamp(draw: random.Random) -> bytes:
    said = draw.choice(
        [
            "2026-11-01 10:00:00 UTC",
            "1/2/2026 10:00",
            "2026-11-01T10:00:00+02:00",
            "Sunday",
            "31.02.2026",
            "99999-01-01",
        ]
    )
    text = said if draw.random() < 0.5 else said + odd_text(draw)
    return bent_bytes(text.encode(draw.choice(["utf-8", "utf-16", "utf-8-sig"]), "replace"), draw)


def _check_stamp(content: bytes) -> None:
    files = {"timestamp.txt": content}
    found = handed_in_at(files)
    assert found is None or found.tzinfo is None
    _is_shown(timestamp_problems(files))


TARGETS = (
    Target("frames", _frame, _check_frame),
    Target("notebooks", _notebook, _check_notebook),
    Target("folders", _folder, _check_folder),
    Target("messages", _message, _check_message),
    Target("timestamps", _stamp, _check_stamp),
)

"""A lesson's master, read: percent-format text to cells that know their place and their role.

A cell starts with `# %%`, `# %% [markdown]` and, after it, `key=value` pairs whose values are JSON. The keys are:

    tags=["setup"]        the one set-up cell; other tags are passed on
    todo="relu"           code to be written by the learner, the answer between the solution markers
    check="relu"          exactly `check(relu)` or `check(answer, "relu")`
    written="why-no-line" Markdown to be written by the learner, graded by a person
    difficulty=2          of a todo or written cell: 1 for what the text has just shown, 3 for the hardest

In prose, `<!-- claim: name -->` behind a sentence names what proves its numbers; in code `# claim: name` does so at the end of a
line. Both are for those who write lessons: `Cell.source` comes without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jupytext
import nbformat

from grading.build.diagnostic import Diagnostic
from grading.cells import SETUP_ID, check_id, grade_id, label

MASTER_NAME = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")
_CELL_START = re.compile(r"#\s*%%")
_KEY = re.compile(r"\s+([A-Za-z_]\w*)=")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ROLES = ("todo", "check", "written")
_KEYS = ("tags", *_ROLES, "difficulty")
CLAIM = re.compile(r"[ \t]*(?:<!-- claim: ([a-z0-9-]+) -->|  # claim: ([a-z0-9-]+)$)", re.M)


class Role(StrEnum):
    """What a cell is for."""

    PLAIN = "plain"
    SETUP = "set-up"
    TODO = "todo"
    CHECK = "check"
    WRITTEN = "written"


@dataclass(frozen=True)
class Cell:
    """One cell of a master.

    number: counted from 1. header, line: where the `# %%` and the first line of the source stand, counted from 1.
    exercise: the name in `todo=`, `check=` or `written=`, else "". difficulty: from 1 to 3, 0 where none is declared.
    marked: the source with its claims.
    """

    number: int
    kind: str
    source: str
    header: int
    line: int
    role: Role
    exercise: str
    tags: tuple[str, ...]
    difficulty: int = 0
    marked: str = ""

    @property
    def grade_id(self) -> str:
        """The nbgrader id, or "" for a cell that nbgrader does not know about."""
        if self.role is Role.SETUP:
            return SETUP_ID
        return check_id(self.exercise) if self.role is Role.CHECK else grade_id(self.exercise)

    @property
    def label(self) -> str:
        """The cell's name in messages."""
        return label(self.number, self.grade_id)


@dataclass(frozen=True)
class Master:
    """A lesson's master: its name, its path relative to the course folder, and its cells."""

    name: str
    path: str
    cells: tuple[Cell, ...]

    def with_role(self, *roles: Role) -> tuple[Cell, ...]:
        """Return the cells with one of these roles."""
        return tuple(cell for cell in self.cells if cell.role in roles)

    def diagnostic(self, cell: Cell, message: str, offset: int = 0) -> Diagnostic:
        """Return a problem of one cell; `offset` counts the lines of its source from 0, -1 is its header."""
        return Diagnostic(self.path, message, cell.header if offset < 0 else cell.line + offset, cell.label)


def parse_master(name: str, path: str, data: bytes) -> Master | Diagnostic:
    """Read a master, or say in one line why it cannot be read."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return Diagnostic(path, f"not UTF-8: byte 0x{data[error.start]:02x}", data.count(b"\n", 0, error.start) + 1)
    if not text.strip():
        return Diagnostic(path, "the master is empty")
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _CELL_START.match(line)]
    if not starts:
        return Diagnostic(path, "not in percent format: no line starts with `# %%`", 1)
    stray = _stray_text(lines[: starts[0]])
    if stray:
        return Diagnostic(path, "text before the first `# %%`", stray)
    read = _read_with_jupytext(text)
    if read is not None and len(read) != len(starts):
        inside = _first_misplaced(lines, starts, [cell.source for cell in read])
        return Diagnostic(path, "a line inside a string starts with `# %%`, which other tools take for a cell", inside)
    cells: list[Cell] = []
    for number, start in enumerate(starts, start=1):
        cell = _cell(number, start, lines, None if read is None else read[number - 1])
        if isinstance(cell, str):
            return Diagnostic(path, f"cell {number}: {cell}", start + 1)
        cells.append(cell)
    return Master(name, path, tuple(cells))


def _read_with_jupytext(text: str) -> list[Any] | None:
    """Return the cells that jupytext finds, or None where it gives up, which is a bad header."""
    # Magics stay comments: with jupytext's default a comment such as `# copy the input` turns into a shell command.
    how = {"extension": ".py", "format_name": "percent", "comment_magics": False}
    try:
        return list(jupytext.reads(text, how).cells)
    except (nbformat.ValidationError, ValueError, TypeError):
        return None


def _cell(number: int, start: int, lines: list[str], read: Any | None) -> Cell | str:
    """Build a cell from its header line and from what jupytext read, or say what is wrong with the header."""
    header = parse_header(lines[start])
    if isinstance(header, str):
        return header
    kind, options = header
    role = _role(kind, options)
    if not isinstance(role, Role):
        return role
    if read is None:
        return "jupytext cannot read this master"
    known = {key: read.metadata[key] for key in _KEYS if key in read.metadata}
    if (read.cell_type, known) != (kind, options):
        return f"jupytext reads the header {lines[start]!r} differently: {read.cell_type} {known}"
    body = start + 1
    while body < len(lines) - 1 and lines[body].strip("# ") in ("", '"""', 'r"""'):
        body += 1
    name = next((str(options[key]) for key in _ROLES if key in options), "")
    tags = tuple(options.get("tags", ()))
    marked = read.source.strip("\n")
    difficulty = int(options.get("difficulty", 0))
    return Cell(number, kind, CLAIM.sub("", marked), start + 1, body + 1, role, name, tags, difficulty, marked)


def parse_header(line: str) -> tuple[str, dict[str, Any]] | str:
    """Return the kind of cell and the options that a `# %%` line declares, or what is wrong with it."""
    rest = line.rstrip()
    if not rest.startswith("# %%"):
        return f"write `# %%` instead of {rest.split('%%')[0] + '%%'!r}"
    rest = rest.removeprefix("# %%")
    kind = "code"
    if rest.startswith(" [markdown]"):
        kind, rest = "markdown", rest.removeprefix(" [markdown]")
    options: dict[str, Any] = {}
    while rest:
        key = _KEY.match(rest)
        if not key:
            return f"cannot read {rest.strip()!r} in the header; it takes `[markdown]` and key=value pairs"
        try:
            value, end = json.JSONDecoder().raw_decode(rest, key.end())
        except json.JSONDecodeError:
            return f"the value of {key[1]} in {line.strip()!r} is not JSON"
        if key[1] in options:
            return f"the header says {key[1]} twice"
        options[key[1]] = value
        rest = rest[end:]
    return kind, options


def _role(kind: str, options: dict[str, Any]) -> Role | str:
    """Return the role that the options give to a cell, or what is wrong with them."""
    for key, value in options.items():
        if key == "tags":
            if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
                return f"tags must be a list of strings, not {value!r}"
        elif key == "difficulty":
            if type(value) is not int or value not in (1, 2, 3) or not {"todo", "written"} & set(options):
                return f"difficulty is 1, 2 or 3, of a todo or written cell, not {value!r}"
        elif key not in _ROLES:
            return f"unknown key {key!r} in the header; known are {', '.join(_KEYS)}"
        elif not isinstance(value, str) or not _NAME.fullmatch(value):
            return f"{key} must be the name of an exercise, not {value!r}"
    roles = [Role(key) for key in _ROLES if key in options]
    if "setup" in options.get("tags", ()):
        roles.append(Role.SETUP)
    if len(roles) > 1:
        return f"a cell has one role, not {' and '.join(roles)}"
    role = roles[0] if roles else Role.PLAIN
    if role is Role.WRITTEN and kind == "code":
        return "a written answer needs a [markdown] cell"
    if role in (Role.SETUP, Role.TODO, Role.CHECK) and kind == "markdown":
        return f"a {role} cell is a code cell, not [markdown]"
    return role


def _stray_text(preamble: list[str]) -> int:
    """Return the first line, from 1, of text that is neither blank nor jupytext's own `# ---` header; else 0."""
    fences = [number for number, line in enumerate(preamble) if line.rstrip() == "# ---"]
    header = range(fences[0], fences[1] + 1) if len(fences) > 1 else range(0)
    lines: Iterable[int] = (n for n, line in enumerate(preamble, start=1) if line.strip() and n - 1 not in header)
    return next(iter(lines), 0)


def _first_misplaced(lines: list[str], starts: list[int], sources: list[str]) -> int:
    """Return the line, counted from 1, of the first `# %%` that jupytext did not take for a start of a cell."""
    for start in starts:
        if any(lines[start] in source.split("\n") for source in sources):
            return start + 1
    return starts[0] + 1

"""What a page shows of a notebook, in order: answers with their checks, and between them the lesson, to be folded by section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from grading.cells import told_to_nbgrader
from grading.engine.execution.checks import check_of

_HEADING = re.compile(r" {0,3}#{1,2}[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_FOLD = re.compile(r"<(?P<end>/?)details\b", re.IGNORECASE)


@dataclass
class Section:
    """A part of the lesson that nobody wrote as an answer.

    pieces: parts of cells of Markdown, and cells of code. title: its heading, in Markdown; "" if it goes on with the one before.
    """

    title: str
    pieces: list[NotebookNode] = field(default_factory=list)


@dataclass
class Answer:
    """What a student wrote for one exercise, and the checks of it.

    name: the exercise's, or the cell's own id. hints: the exercise's.
    """

    name: str
    cells: list[NotebookNode] = field(default_factory=list)
    checks: list[NotebookNode] = field(default_factory=list)
    hints: tuple[str, ...] = ()

    @property
    def graded(self) -> list[NotebookNode]:
        """The cells of it that have points."""
        return [cell for cell in (*self.cells, *self.checks) if told_to_nbgrader(cell).get("grade") or _is_task(cell)]


def outline(cells: Sequence[NotebookNode]) -> list[Section | Answer]:
    """Return the parts of a notebook, in order. A check stands with its answer, whatever lies between the two."""
    parts: list[Section | Answer] = []
    answers: dict[str, Answer] = {}
    for cell in cells:
        if not _is_graded(cell):
            _add_to_lesson(parts, cell)
            continue
        identity = str(told_to_nbgrader(cell).get("grade_id", ""))
        check = check_of(cell)
        found = answers.get(check.exercise.grade_id) if check else _before(parts, cell)
        if found is None:
            found = Answer(check.exercise.name if check else identity)
            parts.append(found)
        if check:
            found.name, found.hints = check.exercise.name, check.exercise.hints
        if told_to_nbgrader(cell).get("solution") or _is_task(cell):
            found.cells.append(cell)
            answers[identity] = found
        else:
            found.checks.append(cell)
    return parts


def _is_graded(cell: NotebookNode) -> bool:
    told = told_to_nbgrader(cell)
    return bool(told.get("solution") or told.get("grade") or told.get("task"))


def _is_task(cell: NotebookNode) -> bool:
    return bool(told_to_nbgrader(cell).get("task"))


def _before(parts: Sequence[Section | Answer], cell: NotebookNode) -> Answer | None:
    """Return the answer right before a cell of tests of no exercise of ours: it is about that one, if that is none of ours either."""
    last = parts[-1] if parts else None
    if told_to_nbgrader(cell).get("solution") or _is_task(cell) or not isinstance(last, Answer) or not last.cells:
        return None
    return None if any(map(check_of, last.checks)) else last


def _add_to_lesson(parts: list[Section | Answer], cell: NotebookNode) -> None:
    if cell.cell_type != "markdown":
        _section(parts).pieces.append(cell)
        return
    for title, text in sections(cell.source):
        if title is not None:
            parts.append(Section(title))
        if text.strip():
            # A copy, so that pictures pasted into the cell are found for each part of it.
            _section(parts).pieces.append(NotebookNode({**cell, "source": text}))  # type: ignore[no-untyped-call]


def _section(parts: list[Section | Answer]) -> Section:
    if not parts or isinstance(parts[-1], Answer):
        parts.append(Section(""))
    last = parts[-1]
    assert isinstance(last, Section)
    return last


def sections(markdown: str) -> Iterator[tuple[str | None, str]]:
    """Yield the parts of some Markdown, each with the heading above it, which is None before the first one.

    A line within a block of code or a fold is not a heading.
    """
    title: str | None = None
    lines: list[str] = []
    fence, folds = "", 0
    for line in markdown.split("\n"):
        opened = _FENCE.match(line)
        heading = None if fence or folds > 0 else _HEADING.fullmatch(line)
        if heading:
            if title is not None or lines:
                yield title, "\n".join(lines)
            title, lines = heading["title"], []
            continue
        if opened and not fence:
            fence = opened["fence"]
        elif opened and opened["fence"].startswith(fence) and not line.strip(" `~"):
            fence = ""
        elif not fence:
            folds += sum(-1 if found["end"] else 1 for found in _FOLD.finditer(line))
        lines.append(line)
    yield title, "\n".join(lines)

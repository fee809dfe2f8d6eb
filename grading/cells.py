"""The grammar of a lesson's cells: what the build writes, what the engine and the pages read, and what nbgrader acts on.

Fences around answers and hidden tests, `check(...)` statements, grade ids, and verdicts among the outputs. It is said here and
nowhere else, with the standard library only: what is about notebooks alone need not wait for torch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol

from grading.outcome import Outcome

VERDICT_MIME = "application/vnd.mlp-course.verdict+json"
# The grade id of the one set-up cell.
SETUP_ID = "setup"
_CHECK_PREFIX = "check-"
_HINTS_PREFIX = "hints-"


class Place(Enum):
    """Where a line stands: before, between and after fences, or as one of the two lines of a fence."""

    OUTSIDE = "outside"
    BEGIN = "begin"
    INSIDE = "inside"
    END = "end"


@dataclass(frozen=True)
class Fence:
    """The two lines around a part of a cell that a class does not get.

    The course writes them as they are here. nbgrader takes every line for one that has their words in it, without the hashes, and so
    does this class.
    """

    begin: str
    end: str

    def places(self, source: str) -> Iterator[tuple[str, Place]]:
        """Yield the lines of a source, each with its place."""
        begin, end = (marker.removeprefix("### ") for marker in (self.begin, self.end))
        inside = False
        for line in source.split("\n"):
            if begin in line:
                inside = True
                yield line, Place.BEGIN
            elif end in line:
                inside = False
                yield line, Place.END
            else:
                yield line, Place.INSIDE if inside else Place.OUTSIDE

    def split(self, source: str) -> tuple[list[str], list[list[str]]]:
        """Return the lines outside of the fences, and for each fence the lines inside; the fences' own are in neither."""
        outside: list[str] = []
        regions: list[list[str]] = []
        for line, place in self.places(source):
            if place is Place.BEGIN:
                regions.append([])
            elif place is not Place.END:
                (regions[-1] if place is Place.INSIDE else outside).append(line)
        return outside, regions

    def outside(self, source: str) -> str:
        """Return a source without the fences and without what is inside of them."""
        return "\n".join(self.split(source)[0])

    def taken_down(self, source: str) -> str:
        """Return a source with all but the lines of the fences."""
        kept = (Place.OUTSIDE, Place.INSIDE)
        return "\n".join(line for line, place in self.places(source) if place in kept)


SOLUTION = Fence("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN_TESTS = Fence("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


def statements_in(source: str) -> list[ast.stmt]:
    """Return the statements of a code cell; none of one that is not Python, or that Python cannot read."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@dataclass(frozen=True)
class CheckStatement:
    """What a check cell asks for: the verdict on `answer`, by the name of an exercise if it names one; `hidden` with the hidden cases."""

    answer: str
    named: str | None
    hidden: bool

    def exercise(self, exercises: Iterable[str]) -> str | None:
        """Return which of these exercises is meant; None if it is none of them."""
        names = list(exercises)
        if self.named is not None:
            return self.named if self.named in names else None
        return self.answer if self.answer in names else method_exercise(self.answer, names)


def check_statement(source: str) -> CheckStatement | None:
    """Return what a cell asks for that is nothing but a check and perhaps its hidden twin; None for any other cell."""
    found = [_check_statement(node) for node in statements_in(source)]
    first = found[0] if found else None
    if first is None or len(found) > 2:
        return None
    if any(one is None or (one.answer, one.named) != (first.answer, first.named) for one in found):
        return None
    return replace(first, hidden=any(one is not None and one.hidden for one in found))


def _check_statement(node: ast.stmt) -> CheckStatement | None:
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "check":
        return None
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    hidden = keywords.pop("hidden", ast.Constant(False))
    keywords.pop("seconds", None)  # how long somebody was ready to wait
    named = call.args[1] if len(call.args) == 2 else keywords.pop("name", ast.Constant(None))
    if keywords or len(call.args) not in (1, 2) or not isinstance(call.args[0], ast.Name):
        return None
    if not isinstance(named, ast.Constant) or not isinstance(named.value, str | None):
        return None
    if not isinstance(hidden, ast.Constant) or not isinstance(hidden.value, bool):
        return None
    return CheckStatement(call.args[0].id, named.value, hidden.value)


def with_hidden_twin(check: str) -> str:
    """Return the source of a check cell, one line such as `check(relu)`, with the same check of the hidden cases in its fence."""
    call = check.removesuffix(")").rstrip().removesuffix(",")
    return f"{check}\n{HIDDEN_TESTS.begin}\n{call}, hidden=True)\n{HIDDEN_TESTS.end}"


def owner_and_function(exercise: str) -> tuple[str, str]:
    """Split the name of an exercise: ("MLPScratch", "forward") of a method, ("", "relu") of a function."""
    owner, _, function = exercise.rpartition(".")
    return owner, function


def method_exercise(owner: str, exercises: Iterable[str]) -> str | None:
    """Return the one exercise that is about a method of a class; None if there is none, or more than one."""
    methods = [name for name in exercises if "." in name and owner_and_function(name)[0] == owner]
    return methods[0] if len(methods) == 1 else None


def grade_id(exercise: str) -> str:
    """Return the id of the cell for the answer to an exercise; nbgrader allows no dots in it."""
    return exercise.replace(".", "-")


def check_id(exercise: str) -> str:
    """Return the id of the check cell of an exercise."""
    return _CHECK_PREFIX + grade_id(exercise)


def hints_id(exercise: str) -> str:
    """Return the id of the cell with the hints to an exercise."""
    return _HINTS_PREFIX + grade_id(exercise)


def exercise_of(identity: str, exercises: Iterable[str]) -> str:
    """Return the exercise, one of these, that a graded cell is about, by its id; of an unknown one what its id calls it."""
    names = list(exercises)
    cells = {check_id(name): name for name in names} | {grade_id(name): name for name in names}
    return cells.get(identity, identity.removeprefix(_CHECK_PREFIX))


def told_to_nbgrader(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a cell's metadata say to nbgrader, whatever their shape; nothing if that is not a mapping."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def grade_id_of(cell: Mapping[str, Any]) -> str | None:
    """Return the grade id that a cell claims; None if it claims none, or something that cannot be one."""
    found = told_to_nbgrader(cell).get("grade_id")
    return found if isinstance(found, str) else None


def is_graded_code(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell is one whose outputs nbgrader turns into points."""
    told = told_to_nbgrader(cell)
    return cell.get("cell_type") == "code" and bool(told.get("grade")) and not told.get("solution")


def name_of(cell: Mapping[str, Any], index: int) -> str:
    """Return what to call a cell in a sentence: by its grade id, or else by its place, which `index` counts from 0."""
    identity = grade_id_of(cell)
    return f"cell '{identity}'" if identity else f"cell {index + 1}"


def label(number: int, identity: str) -> str:
    """Return what to call a cell before a message about it: by its place, counted from 1, and its id if it has one."""
    return f"cell {number} ({identity})" if identity else f"cell {number}"


class Faces(Protocol):
    """What an output shows of a verdict."""

    @property
    def earned(self) -> float:
        """The points earned."""

    @property
    def raises(self) -> bool:
        """Whether the check raises an error, which then decides the score."""

    def html(self) -> str:
        """Return the card."""

    def to_dict(self) -> dict[str, Any]:
        """Return the data."""


def verdict_bundle(verdict: Faces) -> dict[str, Any]:
    """Return a verdict as the data of one output: text for nbgrader, HTML for people, JSON for reports.

    The text is the points, which nbgrader reads as the score. Beside an error it is the verdict's words: no number.
    """
    text = str(verdict) if verdict.raises else f"{verdict.earned:g}"
    return {"text/plain": text, "text/html": verdict.html(), VERDICT_MIME: verdict.to_dict()}


def verdict_in(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the verdict that an output carries, as its own plain data; None if it carries none."""
    data = output.get("data")
    found = data.get(VERDICT_MIME) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else None


def verdicts_in(cell: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the verdicts that a cell's outputs carry, as plain data, in order."""
    return (found for output in cell.get("outputs", ()) if (found := verdict_in(output)) is not None)


def drop_verdicts(cell: Mapping[str, Any]) -> None:
    """Take the verdicts out of what a submission's own process showed: only the judge outside gives any."""
    for output in cell.get("outputs", ()):
        output.get("data", {}).pop(VERDICT_MIME, None)


def failed_check(cell: Mapping[str, Any]) -> bool:
    """Tell whether the last verdict of a cell says that the check itself failed: a fault of the course, not of the answer."""
    verdicts = list(verdicts_in(cell))
    return bool(verdicts) and verdicts[-1].get("outcome") == Outcome.CHECK_ERROR

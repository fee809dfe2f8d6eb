"""The drills of an exercise: wrong ways to write it, as data beside it, for a person to find the fault.

    grading/catalogue/activations/relu/drills.toml

    [solutions]                     # right ways to write it, the model solution first
    model = "return torch.where(X > 0, X, 0)"

    [[variant]]                     # a solution with one line changed ...
    number = 1
    level = 1
    of = "model"
    line = "return torch.where(X > 0, X, 0)"
    becomes = "return torch.where(X > 0, 0, X)"

    [[variant]]                     # ... or a whole body
    number = 2
    level = 2
    body = "return X.abs()"

Numbers are never given again: whatever was drill 7 stays drill 7. An installation for a class may lack these files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent
from typing import Any

from grading.catalogue.finding import course_folder, find
from grading.errors import CourseError

_FILE = "drills.toml"


@dataclass(frozen=True)
class Variant:
    """A wrong way to write an exercise.

    level: 1, 2 or 3, from easy to hard (see docs/drills.md). body: what stands below the docstring, without indentation.
    imports: what it needs beside the names of the lesson.
    """

    number: int
    level: int
    body: str
    imports: str = ""


@dataclass(frozen=True)
class Drills:
    """What an exercise has to drill.

    setup: code that the bodies rely on, such as functions of earlier exercises. solutions: right bodies by a name, the model first.
    variants: wrong ones, by number. lines, distractors: a solution line by line to be put in order, and lines that are not part of it.
    """

    setup: str
    solutions: Mapping[str, str]
    variants: tuple[Variant, ...]
    lines: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()


def drills_of(name: str) -> Drills | None:
    """Return the drills of the exercise with this name; None if it has none, or they are not installed."""
    return _drills_of(name, course_folder())


def are_installed() -> bool:
    """Tell whether there are drills at all; not in an installation for a class."""
    return any((one.folder / _FILE).is_file() for one in find(course_folder()))


@cache
def _drills_of(name: str, course: Path | None) -> Drills | None:
    path = next((one.folder / _FILE for one in find(course) if one.name == name), None)
    if path is None or not path.is_file():
        return None
    try:
        return _read(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise CourseError(f"{path} does not hold drills: {error}; fix it there") from error


def _read(data: Mapping[str, Any]) -> Drills:
    solutions = {name: text.strip("\n") for name, text in data["solutions"].items()}
    variants = tuple(
        Variant(one["number"], one["level"], _body(one, solutions), one.get("imports", "")) for one in data["variant"]
    )
    in_order = data.get("parsons", {})
    lines, distractors = (tuple(one.strip("\n") for one in in_order.get(key, ())) for key in ("lines", "distractors"))
    return Drills(data.get("setup", ""), solutions, variants, lines, distractors)


def _body(one: Mapping[str, Any], solutions: Mapping[str, str]) -> str:
    if "body" in one:
        return str(one["body"]).strip("\n")
    return edited(solutions[one["of"]], one["line"], one["becomes"].strip("\n"), one.get("occurrence", 1))


def edited(body: str, line: str, becomes: str, occurrence: int = 1) -> str:
    """Return a body with one line replaced, or left out if it becomes "".

    line: the line without its indentation; the lines in its place get the same. Raises ValueError if there is no such line.
    """
    lines = body.split("\n")
    places = [place for place, text in enumerate(lines) if text.strip() == line.strip()]
    if len(places) < occurrence:
        raise ValueError(f"no line {line!r} to change")
    place = places[occurrence - 1]
    space = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    return "\n".join([*lines[:place], *(indent(becomes, space).split("\n") if becomes else ()), *lines[place + 1 :]])

"""The settings of a course, `course.toml`: read, with a sentence for everything that cannot be meant. No other file is read."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grading.course_folder.places import line_of
from grading.errors import CourseError
from grading.lesson_names import lessons_called, nearest

FILE = "course.toml"
ALWAYS, AFTER_DUE = "always", "after the due date"
# A course id becomes the name of a folder in nbgrader's exchange.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MOST_POINTS = 1000.0
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class BadSettings(CourseError):
    """`course.toml` says something that cannot be meant; the message names the line."""


@dataclass(frozen=True)
class Late:
    """What lateness costs: this share of the points a day begun, no more than `most`; all of them after some days."""

    percent_per_day: float = 0.0
    grace_minutes: float = 0.0
    most_percent: float = 100.0
    nothing_after_days: float | None = None


@dataclass(frozen=True)
class CourseSettings:
    """What `course.toml` says. points: by exercise, where it is not what the package says; 0 for one that is left out.

    due: by lesson, with a time zone. gradebook: an address, "" for gradebook.db in the folder.
    """

    id: str
    lessons: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Late = Late()
    feedback: str = ALWAYS
    roster: str = "roster.csv"
    gradebook: str = ""

    @property
    def own_points(self) -> dict[str, float]:
        """The points of the exercises that are worth something else here than in the package."""
        return {**self.points, **dict.fromkeys(self.left_out, 0.0)}


def parse_course(folder: Path) -> CourseSettings:
    """Return what a folder's `course.toml` says apart from lessons and exercises, whose names nobody is asked for. Raises BadSettings."""
    reader = _Reader(_text_of(folder / FILE), (), {})
    return reader.settings_without_lessons()


def read_settings(folder: Path, lessons: Sequence[str], exercises: Mapping[str, str]) -> CourseSettings:
    """Read a folder's `course.toml`. lessons: which there are. exercises: the lesson of each. Raises BadSettings."""
    return parse_settings(_text_of(folder / FILE), lessons, exercises)


def parse_settings(text: str, lessons: Sequence[str], exercises: Mapping[str, str]) -> CourseSettings:
    """Return what a text says, for these lessons, and these exercises with the lesson of each. Raises BadSettings."""
    return _Reader(text, lessons, exercises).settings()


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadSettings(f"there is no {path}; `mlp-course new-course FOLDER` makes the folder of a course") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8; save it so in the editor") from None


_TABLES: Mapping[str, tuple[str, ...]] = {
    "course": ("id", "lessons", "leave_out", "roster", "gradebook"),
    "points": (),
    "due": (),
    "late": ("percent_per_day", "grace_minutes", "most_percent", "nothing_after_days"),
    "feedback": ("when",),
}


class _Reader:
    def __init__(self, text: str, lessons: Sequence[str], exercises: Mapping[str, str]) -> None:
        self.text, self.lessons, self.exercises = text, lessons, exercises
        try:
            self.tables: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            said = str(error)
            place = _PLACE.search(said)
            line = place[1] if place and place[1] else text.rstrip("\n").count("\n") + 1
            raise BadSettings(f"{FILE}, line {line}: {_PLACE.sub('', said)}; this is not TOML") from None
        except RecursionError:
            raise BadSettings(f"{FILE}: brackets within brackets, too deep to be read") from None
        for name, table in self.tables.items():
            self._known(name, _TABLES, (name,), "table")
            if not isinstance(table, dict):
                raise self._bad((name,), f"{name} should be a table, [{name}]")
            if _TABLES[name]:
                for key in table:
                    self._known(key, _TABLES[name], (name, key), f"setting in [{name}]")

    def settings(self) -> CourseSettings:
        plain, lessons = self.settings_without_lessons(), self._lessons()
        mine = [name for name, lesson in self.exercises.items() if lesson in lessons]
        left_out = self._left_out(mine)
        points, due = self._points(mine, left_out), self._due(lessons)
        return replace(plain, lessons=lessons, left_out=left_out, points=points, due=due)

    def settings_without_lessons(self) -> CourseSettings:
        return CourseSettings(
            id=self._id(),
            lessons=(),
            late=self._late(),
            feedback=self._feedback(),
            roster=self._text("course", "roster", "roster.csv"),
            gradebook=self._gradebook(),
        )

    def _bad(self, path: Sequence[str], sentence: str, word: str = "") -> BadSettings:
        return BadSettings(f"{FILE}, line {line_of(self.text, path, word)}: {sentence}")

    def _known(self, name: str, names: Iterable[str], path: Sequence[str], what: str) -> None:
        known = list(names)
        if name not in known:
            near = nearest(name, known)
            meant = f"did you mean {near!r}?" if near else f"there are {', '.join(known)}"
            raise self._bad(path, f"no {what} is called {name!r}; {meant}", name)

    def _value(self, table: str, key: str, default: Any) -> Any:
        return self.tables.get(table, {}).get(key, default)

    def _text(self, table: str, key: str, default: str) -> str:
        value = self._value(table, key, default)
        if not isinstance(value, str):
            raise self._bad((table, key), f"{key} should be a text in quotes, not {_shown(value)}")
        return value

    def _number(self, table: str, key: str, default: float | None, most: float = math.inf) -> float | None:
        value = self._value(table, key, default)
        return default if value is default else self._amount((table, key), value, most)

    def _amount(self, path: Sequence[str], value: Any, most: float) -> float:
        range_ = f"from 0 to {most:g}" if math.isfinite(most) else "of 0 or more"
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or value == math.inf:
            raise self._bad(path, f"{path[-1]} should be a number {range_}, not {_shown(value)}")
        return float(value)

    def _names(self, key: str) -> list[str]:
        value = self._value("course", key, [])
        if not isinstance(value, list):
            raise self._bad(("course", key), f"{key} should be a list in brackets, not {_shown(value)}")
        for one in value:
            if not isinstance(one, str):
                message = f"{key} should hold texts in quotes, not {_shown(one)}"
                raise self._bad(("course", key), message, str(one))
        for one in value:
            if value.count(one) > 1:
                raise self._bad(("course", key), f"{one!r} stands twice in {key}", one)
        return value

    def _id(self) -> str:
        found = self._text("course", "id", "")
        if not _ID.fullmatch(found):
            message = f"id is {found!r}; it is one word of letters, digits, '-', '_' and '.', such as mlp-2026"
            raise self._bad(("course", "id"), message)
        return found

    def _lessons(self) -> tuple[str, ...]:
        names = self._names("lessons")
        found = tuple(self._lesson(name, ("course", "lessons"), self.lessons) for name in names)
        if not found:
            raise self._bad(
                ("course", "lessons"), f"there is no lesson in lessons; there are {', '.join(self.lessons)}"
            )
        for name, lesson in zip(names, found, strict=True):
            if found.count(lesson) > 1:
                raise self._bad(("course", "lessons"), f"{lesson!r} stands twice in lessons", name)
        return tuple(sorted(found))

    def _lesson(self, word: str, path: Sequence[str], names: Sequence[str]) -> str:
        found = lessons_called(word, names)
        if len(found) != 1:
            near = nearest(word, names)
            meant = f"did you mean {near!r}?" if near else f"there are {', '.join(names)}"
            raise self._bad(path, f"no lesson of this course is called {word!r}; {meant}", word)
        return found[0]

    def _left_out(self, mine: Sequence[str]) -> tuple[str, ...]:
        names = self._names("leave_out")
        for name in names:
            self._exercise(name, ("course", "leave_out"), mine)
        return tuple(names)

    def _exercise(self, name: str, path: Sequence[str], mine: Sequence[str]) -> None:
        if name in self.exercises and name not in mine:
            message = f"the exercise {name!r} is in {self.exercises[name]}, which lessons does not name"
            raise self._bad(path, message, name)
        self._known(name, mine, path, "exercise")

    def _points(self, mine: Sequence[str], left_out: Sequence[str]) -> dict[str, float]:
        found = {}
        for name, value in self.tables.get("points", {}).items():
            path = ("points", name)
            if isinstance(value, dict) and (dotted := _with_a_dot(name, value, self.exercises)):
                raise self._bad(path, f'a name with a dot goes in quotes: "{dotted}" = …')
            self._exercise(name, path, mine)
            points = self._amount(path, value, _MOST_POINTS)
            if name in left_out:
                raise self._bad(
                    path, f"the exercise {name!r} has points and is left out; take it out of one of the two"
                )
            if not points:
                raise self._bad(path, f"an exercise without points is one of leave_out; name {name!r} there")
            found[name] = points
        return found

    def _due(self, lessons: Sequence[str]) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for word, value in self.tables.get("due", {}).items():
            path = ("due", word)
            lesson = self._lesson(word, path, lessons)
            if not isinstance(value, datetime) or value.tzinfo is None or not _is_in_the_calendar(value):
                without = isinstance(value, datetime) and value.tzinfo is None
                kind = " has no time zone" if without else f" is {_shown(value)}"
                example = "2026-10-12T23:59:00+02:00"
                raise self._bad(path, f"the due date of {word}{kind}; write date, time and zone, such as {example}")
            if lesson in found:
                raise self._bad(path, f"{lesson} has two due dates")
            found[lesson] = value
        return found

    def _late(self) -> Late:
        return Late(
            percent_per_day=self._number("late", "percent_per_day", 0.0, 100.0) or 0.0,
            grace_minutes=self._number("late", "grace_minutes", 0.0) or 0.0,
            most_percent=float(self._number("late", "most_percent", 100.0, 100.0) or 0.0),
            nothing_after_days=self._number("late", "nothing_after_days", None),
        )

    def _feedback(self) -> str:
        found = self._text("feedback", "when", ALWAYS)
        if found not in (ALWAYS, AFTER_DUE):
            raise self._bad(("feedback", "when"), f"when is {found!r}; it is {ALWAYS!r} or {AFTER_DUE!r}")
        return found

    def _gradebook(self) -> str:
        found = self._text("course", "gradebook", "")
        if found and "://" not in found:
            example = "postgresql://host/mlp"
            raise self._bad(
                ("course", "gradebook"), f"gradebook is {found!r}; leave it out, or write an address, {example}"
            )
        return found


def _with_a_dot(name: str, value: Mapping[str, Any], exercises: Iterable[str]) -> str:
    """Return the exercise, such as `MLPScratch.forward`, that was written without quotes; "" if none was."""
    return next((one for one in exercises if one.partition(".")[0] == name and one.partition(".")[2] in value), "")


def _is_in_the_calendar(value: datetime) -> bool:
    """Tell whether a time has a date in UTC, as the gradebook keeps it."""
    try:
        value.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _shown(value: Any) -> str:
    kinds = {bool: "true or false", dict: "a table", list: "a list"}
    if type(value) in kinds:
        return kinds[type(value)]
    return f"{value!r}" if isinstance(value, str | int | float) else f"the date {value}"

"""What a change of `course.toml` means: which lessons become others, in a sentence each, said before anything is done.

nbgrader refuses other cells in a lesson that somebody has handed in. No exercise loses its cells here: one that is left out has 0
points, and a lesson whose text is another one in the package stays as it was handed out, with the points of now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from grading.build.declared import points_text
from grading.build.diagnostic import count
from grading.cells import grade_id_of, told_to_nbgrader
from grading.course_folder.applied import Applied, read_applied
from grading.course_folder.settings import CourseSettings, read_settings
from grading.course_folder.sources import (
    exercises_to_choose,
    lessons_to_choose,
    source_of,
    source_path,
    text_of,
)
from grading.course_folder.worth import GradedCell, Notebook, graded_cells, with_points
from grading.engine.course import Course
from grading.engine.database import opened_gradebook
from grading.engine.gradebook.standings import Status, read_standings
from grading.engine.lessons import gradebook_lessons
from grading.errors import CourseError


@dataclass(frozen=True)
class LessonPlan:
    """What is to be done with a lesson. notebook: what source/ is to hold; None if the lesson is taken out.

    make: whether source, release and gradebook are made anew. due: the date that the gradebook gets; None leaves it as it is.
    said: what it means, sentence by sentence.
    """

    lesson: str
    notebook: Notebook | None
    make: bool
    due: datetime | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class CoursePlan:
    """What is to be done in a course's folder."""

    settings: CourseSettings
    lessons: tuple[LessonPlan, ...]

    @property
    def said(self) -> list[str]:
        """What all of it means, in sentences; none if nothing that was there before becomes another thing."""
        return [f"{one.lesson}: {sentence}" for one in self.lessons for sentence in one.said]

    @property
    def changed(self) -> list[LessonPlan]:
        """The lessons with which something is to be done."""
        return [one for one in self.lessons if one.make or one.notebook is None or one.due is not None]


@dataclass(frozen=True)
class _Standing:
    """How far a lesson has come. by_hand: how many points a person gave, by cell. ids: the cells that the gradebook knows."""

    handed_in: int = 0
    graded: int = 0
    due: datetime | None = None
    by_hand: Mapping[str, int] | None = None
    ids: frozenset[str] | None = None


def make_plan(course: Course) -> CoursePlan:
    """Compare `course.toml` with the folder and the gradebook; nothing is written. Raises BadSettings and other CourseErrors."""
    folder = course.root
    settings = read_settings(folder, lessons_to_choose(folder), exercises_to_choose(folder))
    applied = read_applied(folder)
    known = gradebook_lessons(course)
    gone = sorted(set(applied.sources) - set(settings.lessons))
    plans = [
        *(_kept(course, settings, applied, lesson, lesson in known) for lesson in settings.lessons),
        *(_taken_out(course, lesson, lesson in known) for lesson in gone),
    ]
    return CoursePlan(settings, tuple(plans))


def digest_of(text: str) -> str:
    """Return what a file is compared by."""
    return hashlib.sha256(text.encode()).hexdigest()


def _kept(course: Course, settings: CourseSettings, applied: Applied, lesson: str, known: bool) -> LessonPlan:
    standing = _standing(course, lesson) if known else _Standing()
    path = source_path(course.root, lesson)
    text = path.read_text(encoding="utf-8") if path.is_file() else None
    present = _notebook(text, path)
    of_package = source_of(course.root, lesson)
    names = exercises_to_choose(course.root)
    points = {**{cell.exercise: cell.points for cell in graded_cells(of_package, names)}, **settings.own_points}
    base, said = of_package, []
    if standing.handed_in and present is not None and standing.ids not in (None, _ids(of_package)):
        base = present
        said.append(_other_cells(_ids(of_package), standing))
    wanted = with_points(base, points)
    if present is not None:
        said += _changes(present, wanted, points, standing, names)
        by_hand = applied.sources.get(lesson) != digest_of(text or "") and present != wanted
        if by_hand and lesson in applied.sources:
            said.append("its source was changed here since; that change goes, and a copy is kept in .grading/set-aside")
    due, moved = _due(settings.due.get(lesson), standing)
    current = applied.sources.get(lesson) == digest_of(text_of(wanted)) and present == wanted
    made = known and current and (course.root / "release" / lesson / f"{lesson}.ipynb").is_file()
    return LessonPlan(lesson, wanted, not made, due, (*said, *moved))


def _notebook(text: str | None, path: Path) -> Notebook | None:
    if text is None:
        return None
    try:
        found: Notebook = json.loads(text)
    except ValueError:
        raise CourseError(f"{path} is not a notebook; delete it, and it is made anew") from None
    return found


def _taken_out(course: Course, lesson: str, known: bool) -> LessonPlan:
    standing = _standing(course, lesson) if known else _Standing()
    sentence = "is no longer one of the lessons; its source and release go to .grading/set-aside"
    if standing.handed_in:
        sentence += f", what {count(standing.handed_in, 'student')} handed in and all points stay in the gradebook"
    return LessonPlan(lesson, None, False, None, (sentence,))


def _standing(course: Course, lesson: str) -> _Standing:
    with opened_gradebook(course) as gradebook:
        standings = list(read_standings(course, gradebook, lesson).by_student.values())
        known = gradebook.find_assignment(lesson)
        return _Standing(
            sum(one.status is not Status.NOT_HANDED_IN for one in standings),
            sum(one.status in (Status.GRADED, Status.WAITING) for one in standings),
            known.duedate.replace(tzinfo=UTC) if known.duedate else None,
            _by_hand(gradebook, lesson),
            _ids_in(gradebook, lesson) if len(known.submissions) else None,
        )


def _by_hand(gradebook: Gradebook, lesson: str) -> dict[str, int]:
    try:
        cells = gradebook.find_notebook(lesson, lesson).grade_cells
    except MissingEntry:
        return {}
    return {cell.name: sum(grade.manual_score is not None for grade in cell.grades) for cell in cells}


def _ids_in(gradebook: Gradebook, lesson: str) -> frozenset[str] | None:
    try:
        return frozenset(cell.name for cell in gradebook.find_notebook(lesson, lesson).source_cells)
    except MissingEntry:
        return None


def _ids(notebook: Notebook) -> frozenset[str]:
    cells = (cell for cell in notebook["cells"] if told_to_nbgrader(cell))
    return frozenset(identity for cell in cells if (identity := grade_id_of(cell)))


def _other_cells(wanted: frozenset[str], standing: _Standing) -> str:
    there = standing.ids or frozenset()
    differences = [f"{name} is new" for name in sorted(wanted - there)] + [
        f"{name} is gone" for name in sorted(there - wanted)
    ]
    return (
        f"the package has other cells ({', '.join(differences)}), and {count(standing.handed_in, 'student')} handed it in: "
        "it stays as it was handed out, until a new term"
    )


def _changes(
    present: Notebook, wanted: Notebook, points: Mapping[str, float], standing: _Standing, names: Mapping[str, str]
) -> Iterator[str]:
    before = {cell.identity: cell for cell in graded_cells(present, names)}
    after = {cell.identity: cell for cell in graded_cells(wanted, names)}
    moved = [
        (before[name], after[name]) for name in after if name in before and before[name].points != after[name].points
    ]
    if moved:
        yield f"{', '.join(_moved(old, new) for old, new in moved)}{_regrading(standing)}"
    for old, new in moved:
        given = (standing.by_hand or {}).get(old.identity, 0)
        if given:
            yield (
                f"{count(given, 'answer')} to {old.exercise} {'has' if given == 1 else 'have'} points that a person gave, "
                "which stay as they are; look at them in formgrader"
            )
            if not new.points:
                yield f"nbgrader's own tables and pages still count those points for {old.exercise}; ours do not"
    if with_points(present, points) != wanted:
        yield f"its text or its checks are other ones{'' if moved else _regrading(standing)}"


def _moved(old: GradedCell, new: GradedCell) -> str:
    worth = points_text(old.points)
    if not new.points:
        return f"{old.exercise} is left out and becomes practice (it had {worth})"
    if not old.points:
        return f"{old.exercise} has points again ({points_text(new.points)})"
    return f"{old.exercise} is worth {points_text(new.points)} and no longer {worth}"


def _regrading(standing: _Standing) -> str:
    if not standing.handed_in:
        return "; nobody has handed it in: if you gave out the release, give out the new one"
    return (
        f"; {count(standing.handed_in, 'student')} handed it in, {standing.graded} of them graded: "
        "nobody has to hand in again, the next `autograde` grades them anew"
    )


def _due(wanted: datetime | None, standing: _Standing) -> tuple[datetime | None, list[str]]:
    """Return the due date that the gradebook is to get, None if it has it, and what that means for those graded."""
    if wanted is None or wanted == standing.due:
        return None, []
    if standing.due is None and not standing.handed_in:
        return wanted, []
    before = f" and no longer {standing.due:%Y-%m-%d %H:%M} UTC" if standing.due else ""
    sentence = f"it is due {wanted.astimezone(UTC):%Y-%m-%d %H:%M} UTC{before}"
    if standing.handed_in:
        sentence += "; only penalties change, at the next `autograde`, and no notebook is run for it"
    return wanted, [sentence]

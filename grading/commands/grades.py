"""Write the points of a class as Canvas, Moodle or Brightspace imports them, or as a plain table.

A column for each lesson; without LESSON, of all lessons in the gradebook. Points are those after the penalty for lateness. Where
they are not known, because a person has still to grade something, nothing was handed in or nothing of it can be read, a cell
stays empty, which is not 0; the plain table says which of these it is.

    python -m grading grades --for csv --exercises exercises.csv
    python -m grading grades --for canvas --canvas-export gradebook.csv 02 03
    python -m grading grades --for canvas --canvas-export gradebook.csv --column "02=Homework 2"
    python -m grading grades --for moodle --moodle-worksheet worksheet.csv 02-activations
    python -m grading grades --for brightspace
    python -m grading grades --for csv --json

Canvas needs its own export, whose ids, columns and rows are kept. Moodle's worksheet is of one assignment; without one, the table is
for Moodle's Import grades. Students are found by their ids, never by their names: whoever is in one list and not in the other is
named, with the nearest. Names that a spreadsheet would take for a formula get a ' before them. See docs/lms.md.

Exit status:
  0  written, and everybody's points have their row
  1  nothing was written; the message says why
  2  the command was not understood
  3  written, but points of somebody have no row or two, as a message says
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.arguments import add_course, add_json, add_lessons, print_json
from grading.errors import CourseError
from grading.text import legible

HELP = "write the points of a class for Canvas, Moodle, Brightspace or a spreadsheet"

if TYPE_CHECKING:
    from grading.engine.course import Course
    from grading.lms.grades import Filled, Grades

_EXPORTS = {"canvas": "canvas_export", "moodle": "moodle_worksheet", "brightspace": "brightspace_export"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_lessons(parser)
    parser.add_argument(
        "--for",
        dest="system",
        required=True,
        choices=("canvas", "moodle", "brightspace", "csv"),
        help="who will read it",
    )
    add_course(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where (default: DIR/reports/grades-SYSTEM.csv)")
    parser.add_argument(
        "--exercises", type=Path, metavar="FILE", help="also write a row for each exercise of each student"
    )
    parser.add_argument(
        "--canvas-export", type=Path, metavar="FILE", help="what Canvas's gradebook exports, to be filled"
    )
    parser.add_argument(
        "--moodle-worksheet", type=Path, metavar="FILE", help="a grading worksheet of Moodle, to be filled"
    )
    parser.add_argument(
        "--brightspace-export", type=Path, metavar="FILE", help="what Brightspace's grades export, to be filled"
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="LESSON=TITLE",
        help="what a lesson is called there; may be given again",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the tables, say who is in doubt and return the exit status."""
    from grading.engine.course import open_course
    from grading.engine.database import opened_gradebook
    from grading.engine.lessons import gradebook_lessons, lesson_of
    from grading.lms.grades import read_grades, summary
    from grading.lms.plain import exercises_table
    from grading.lms.table import write_table

    export = _export(arguments)
    course = open_course(arguments.course)
    lessons = [lesson_of(course, word) for word in arguments.lessons] or gradebook_lessons(course)
    if not lessons:
        raise CourseError(
            f"the gradebook of {course.root} knows no lesson; `nbgrader generate_assignment LESSON` makes one known"
        )
    target = arguments.output or course.root / "reports" / f"grades-{arguments.system}.csv"
    _see_that_files_differ(target, arguments.exercises, export)
    with opened_gradebook(course) as gradebook:
        grades = read_grades(course, gradebook, list(dict.fromkeys(lessons)))
    filled = _filled(arguments, course, grades, export)
    for line in (*filled.left_out, *filled.notes):
        print(legible(line), file=sys.stderr)
    write_table(target, filled.header, filled.rows, filled.delimiter)
    written = [target]
    if arguments.exercises:
        table = exercises_table(grades)
        write_table(arguments.exercises, table.header, table.rows)
        written.append(arguments.exercises)
    if arguments.json:
        print_json({**_as_data(grades), "written": list(map(str, written)), "left_out": list(filled.left_out)})
    else:
        for lesson in grades.lessons:
            print(legible(summary(lesson, grades.students)))
        print(legible(f"Written: {', '.join(map(str, written))}"))
    return 3 if filled.left_out else 0


def _as_data(grades: Grades) -> dict[str, Any]:
    lessons = [
        {
            "lesson": lesson.lesson,
            "points": lesson.worth,
            "students": [asdict(lesson.of(student.id)) for student in grades.students],
        }
        for lesson in grades.lessons
    ]
    return {"lessons": lessons}


def _see_that_files_differ(target: Path, exercises: Path | None, export: Path | None) -> None:
    """Raise CourseError if one of the files would be written over another one."""
    if exercises is not None and exercises.resolve() == target.resolve():
        raise CourseError(f"{target} cannot be both tables; name another file for --exercises")
    if export is not None and export.resolve() in (target.resolve(), exercises.resolve() if exercises else None):
        raise CourseError(f"{export} would be written over; name another file to write to")


def _export(arguments: argparse.Namespace) -> Path | None:
    """Return the LMS's own table that is to be filled. Raises CourseError if it is another system's, or missing."""
    for system, option in _EXPORTS.items():
        if system != arguments.system and getattr(arguments, option) is not None:
            raise CourseError(f"--{option.replace('_', '-')} goes with --for {system}")
    found: Path | None = getattr(arguments, _EXPORTS.get(arguments.system, ""), None)
    if arguments.system == "canvas" and found is None:
        raise CourseError(
            "Canvas knows its students and assignments by numbers: export its gradebook and name it by --canvas-export"
        )
    if arguments.column and found is None:
        raise CourseError("--column names a column of an LMS's own table, and none is given")
    return found


def _filled(arguments: argparse.Namespace, course: Course, grades: Grades, export: Path | None) -> Filled:
    from grading.lms.brightspace import fill_brightspace, new_table
    from grading.lms.canvas import fill_canvas
    from grading.lms.moodle import fill_worksheet, gradebook_table
    from grading.lms.plain import lessons_table
    from grading.lms.table import read_table

    if export is None:
        return {"csv": lessons_table, "moodle": gradebook_table, "brightspace": new_table}[arguments.system](grades)
    table, named = read_table(export), _named(course, arguments.column)
    if arguments.system == "moodle":
        return fill_worksheet(table, grades, named)
    filled, without = (fill_canvas if arguments.system == "canvas" else fill_brightspace)(table, grades, named)
    return _without(filled, without, bool(arguments.lessons), grades, export, table.header)


def _without(
    filled: Filled, without: list[str], chosen: bool, grades: Grades, export: Path, header: tuple[str, ...]
) -> Filled:
    """Return what was filled, with a note on each lesson that has no column. Raises NoColumn if that lesson was asked for."""
    from dataclasses import replace

    from grading.lms.grades import no_column

    if without and (chosen or len(without) == len(grades.lessons)):
        raise no_column(without[0], without[0], header, str(export))
    notes = [f"{export} has no column for {lesson}; it is left out" for lesson in without]
    return replace(filled, notes=(*notes, *filled.notes))


def _named(course: Course, given: list[str]) -> dict[str, str]:
    """Return the titles that --column gives, by lesson. Raises CourseError if one is not of its form."""
    from grading.engine.lessons import lesson_of

    found = {}
    for text in given:
        word, equals, title = text.partition("=")
        if not (word.strip() and equals and title.strip()):
            raise CourseError(f"--column {text!r} should be LESSON=TITLE, such as '02=Homework 2'")
        found[lesson_of(course, word)] = title.strip()
    return found

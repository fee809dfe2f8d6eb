"""Read a class into the gradebook, from what Canvas, Moodle or Brightspace exports of it or from a plain table.

FILE is the export of Canvas's gradebook or its list of people, the table of Moodle's participants, the classlist or the
grades of Brightspace, or a table with the headings id, first_name, last_name, email and lms_user_id. Commas, semicolons and tabs
are found out, and so are UTF-8, UTF-16 and Windows's encoding.

    python -m grading roster
    python -m grading roster canvas-gradebook.csv
    python -m grading roster participants.csv --id "Email address"
    python -m grading roster classlist.csv --dry-run

A student's id is what their folder in submitted/ is called: Canvas's SIS Login ID, Moodle's or Brightspace's username, or, where
the file lacks it, the next best; a line says which it was. What the gradebook knows of somebody and the file does not say
stays, and so do all points. Nobody is removed: those whom the file does not name are listed. See docs/lms.md.

Exit status:
  0  everybody in the file is in the gradebook
  1  the file or the gradebook cannot be used; nothing was written
  2  the command was not understood
  3  written, but a line of the file was left out, as a message says
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.arguments import add_course, add_json, print_json
from grading.errors import CourseError
from grading.text import legible

HELP = "read a class from Canvas, Moodle, Brightspace or a table"

if TYPE_CHECKING:
    from grading.engine.course import Course
    from grading.engine.gradebook.students import Changes
    from grading.lms.roster import Roster


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the exported table (default: the roster of course.toml)"
    )
    add_course(parser)
    parser.add_argument("--id", default="", metavar="COLUMN", help="the heading of the column with the students' ids")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the class into the gradebook, say what changed and return the exit status."""
    from grading.engine.course import open_course
    from grading.engine.gradebook.students import changes, read_students, write_roster
    from grading.lms.roster import roster_in
    from grading.lms.table import read_table

    course = open_course(arguments.course)
    _see_that_it_is_a_course(course)
    file = arguments.file or _file_of(course)
    table = read_table(file)
    known = read_students(course)
    roster = roster_in(table, arguments.id, known)
    for line in roster.left_out:
        print(legible(f"{file}, {line}"), file=sys.stderr)
    found = changes(known, roster.students) if arguments.dry_run else write_roster(course, roster.students)
    if arguments.json:
        print_json(_as_data(roster, found, written=not arguments.dry_run))
    else:
        for line in _told(roster, found, arguments.dry_run):
            print(legible(line))
    return 3 if roster.left_out else 0


def _file_of(course: Course) -> Path:
    """Return the class list that `course.toml` names. Raises CourseError if there is no `course.toml`, or it is not in order."""
    from grading.course_folder.settings import parse_course

    return course.root / parse_course(course.root).roster


def _as_data(roster: Roster, found: Changes, written: bool) -> dict[str, Any]:
    ids = {kind: [student.id for student in getattr(found, kind)] for kind in ("new", "changed", "gone")}
    counts = {"students": len(roster.students), "ids_from": roster.column, "system": str(roster.system)}
    return {**counts, **ids, "left_out": list(roster.left_out), "written": written}


def _see_that_it_is_a_course(course: Course) -> None:
    """Raise CourseError if nothing in a folder is a course's, so that no gradebook is made in the wrong one."""
    of_a_course = ("nbgrader_config.py", "nbgrader_config.json", "source", "gradebook.db")
    if not any((course.root / name).exists() for name in of_a_course):
        raise CourseError(f"{course.root} is not the folder of a course; give that folder with --course")


def _told(roster: Roster, found: Changes, dry_run: bool) -> list[str]:
    """Return the lines that sum up: where the ids are from, who is new or changed, and whom the file does not name."""
    from grading.lms.roster import described

    same = len(roster.students) - len(found.new) - len(found.changed)
    counts = f"{len(found.new)} new, {len(found.changed)} changed, {same} as they were, {len(found.gone)} gone"
    written = "nothing was written; it would be " if dry_run else ""
    lines = [f"{len(roster.students)} students, their ids from {roster.column!r} ({roster.system}): {written}{counts}"]
    if found.gone:
        lines.append(f"In the gradebook and not in the file, and left there: {described(found.gone)}")
    return lines

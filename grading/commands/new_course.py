"""Make the folder of a course of your own, apart from the package: its settings, its lessons for nbgrader, its gradebook.

    mlp-course new-course mlp-2026
    mlp-course new-course mlp-2026 01 02 03

The folder must be empty, or not be there yet. Without LESSON it gets all lessons. What it holds:

  course.toml          the settings, with a comment on each: lessons, exercises left out, points, due dates, lateness, feedback
  nbgrader_config.py   nbgrader's settings: those of the package with what course.toml says
  roster.csv           the class, to be filled in
  source/, release/    the lessons for nbgrader, with and without answers
  gradebook.db         nbgrader's gradebook, which knows the lessons
  .gitignore           keeps everything of students out of git

Change course.toml and say `mlp-course update-course`. The guide is docs/instructors-guide.md.

Exit status: 0 done, 1 it could not be done, as a message says; 2 not understood.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grading.arguments import add_json, add_lessons, print_json
from grading.text import legible

HELP = "make the folder of a course of your own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder to make; new, or empty")
    add_lessons(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, make the lessons, say what is there."""
    from grading.course_folder.new import new_course
    from grading.course_folder.plan import make_plan
    from grading.course_folder.update import carry_out
    from grading.engine.course import open_course

    files = new_course(arguments.folder, arguments.lessons)
    course = open_course(arguments.folder)
    plan = make_plan(course)

    def say(line: str) -> None:
        if not arguments.json:
            print(legible(line))

    carry_out(course, plan, say)
    if arguments.json:
        lessons = list(plan.settings.lessons)
        print_json({"folder": str(course.root), "lessons": lessons, "files": [path.name for path in files]})
    else:
        print(
            legible(f"{course.root} is a course. Its settings are in course.toml; commands are given in that folder.")
        )
    return 0

"""Make of a course's folder what its course.toml says: source, release, points and due dates.

Before anything is done it is said what the change means, lesson by lesson: for what was handed out, for what was handed in, for what a
person has graded. Somebody at a terminal is asked; otherwise --yes is the answer. No points are lost, nobody has to hand in again,
and what is replaced, the gradebook among it, is kept in .grading/set-aside/.

    mlp-course update-course --dry-run
    mlp-course update-course
    mlp-course update-course --yes

An exercise that is left out keeps its cells and its check, as practice with 0 points. What lateness costs, when feedback is
written, the name of the course and its gradebook are read from course.toml by every command and need none of this.

Exit status:
  0  the folder is as course.toml says, or with --dry-run: would be
  1  nothing was changed; the message says why, or nobody said yes
  2  the command was not understood
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from grading.arguments import add_course, add_json, print_json
from grading.text import legible

HELP = "make of a course's folder what its course.toml says"

if TYPE_CHECKING:
    from grading.course_folder.plan import CoursePlan, LessonPlan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_course(parser)
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say what the change means, ask, and do it."""
    from grading.course_folder.plan import make_plan
    from grading.course_folder.update import carry_out
    from grading.engine.course import open_course

    course = open_course(arguments.course)
    plan = make_plan(course)

    def tell(line: str) -> None:
        if not arguments.json:
            print(legible(line), flush=True)

    for line in plan.said:
        tell(line)
    if arguments.dry_run:
        for one in plan.changed:
            tell(f"{one.lesson}: {_what_would_be(one)}")
    done, aside = False, None
    if plan.changed and not arguments.dry_run and (done := arguments.yes or not plan.said or _agreed(arguments.json)):
        aside = carry_out(course, plan, tell)
    if arguments.json:
        print_json(_as_data(plan, done, str(aside or "")))
    elif not plan.changed:
        tell("nothing to do: the folder is as course.toml says")
    elif aside:
        tell(f"What was there before is in {aside}")
    if done or arguments.dry_run or not plan.changed:
        return 0
    print("nothing was changed; --yes does it without asking", file=sys.stderr)
    return 1


def _what_would_be(one: LessonPlan) -> str:
    if one.notebook is None:
        return "would be taken out"
    return "source, release and gradebook would be made" if one.make else "would get its due date"


def _agreed(silent: bool) -> bool:
    if silent or not sys.stdin.isatty():
        return False
    return input("Do it? [y/N] ").strip().casefold() in ("y", "yes")


def _as_data(plan: CoursePlan, done: bool, kept_in: str) -> dict[str, Any]:
    lessons = [
        {
            "lesson": one.lesson,
            "made": one.make,
            "taken_out": one.notebook is None,
            "due": one.due.isoformat() if one.due else None,
            "said": list(one.said),
        }
        for one in plan.changed
    ]
    return {"done": done, "kept_in": kept_in, "lessons": lessons}

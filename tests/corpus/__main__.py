"""Measure the judge over the whole corpus and write docs/judge.md and docs/judge.json: `python -m tests.corpus`."""

from __future__ import annotations

import argparse
import os
import sys

from grading import exercises
from grading.errors import CourseError


def main() -> int:
    """Run the command; return 1 if something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument(
        "--exercise", action="append", default=[], help="only this exercise; may be given several times"
    )
    parser.add_argument("--seeds", type=int, default=50, help="seeds for every wrong answer (default: 50)")
    parser.add_argument("--right-seeds", type=int, default=1000, help="seeds for every right answer (default: 1000)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs have measured")
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/")
    arguments = parser.parse_args()
    from tests.corpus import report, run

    unknown = set(arguments.exercise) - {one.name for one in exercises()}
    if unknown:
        parser.error(f"there is no exercise {sorted(unknown)[0]!r}")
    plan = run.Plan(arguments.right_seeds, arguments.seeds, arguments.seeds)
    try:
        measured = run.run(plan, arguments.exercise, arguments.jobs, fresh=arguments.fresh)
    except KeyboardInterrupt:
        print("interrupted; what is measured is kept, run it again to go on", file=sys.stderr)
        return 130
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    found = report.rows(measured, plan)
    text = report.page(found)
    print(text[text.index(report._HEAD) :])
    if not arguments.dry:
        report.write(found)
    return int(any(results for row in found.values() for results in row["problems"].values()))


if __name__ == "__main__":
    sys.exit(main())

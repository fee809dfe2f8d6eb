"""Measure the judge over the whole corpus and write docs/judge.md and tests/golden/judge.json: `python -m tests.corpus`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from grading import exercise, exercises
from grading.errors import CourseError
from grading.judging.exercise import Exercise


def _chosen(names: Sequence[str]) -> list[Exercise]:
    return [exercise(name) for name in names] if names else list(exercises())


def main() -> int:
    """Run the command; return 1 if something is not as it should be."""
    try:
        return _run()
    except KeyboardInterrupt:
        print("interrupted; what is measured is kept, run it again to go on", file=sys.stderr)
        return 130
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1


def _run() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("exercise", nargs="*", metavar="NAME", help="only these exercises; default all")
    parser.add_argument("--seeds", type=int, default=1000, help="seeds for the scores of answers (default: 1000)")
    parser.add_argument("--few", type=int, default=50, help="seeds for generated answers (default: 50)")
    parser.add_argument("--names", type=int, default=10, help="seeds for the names of wrong answers (default: 10)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs have measured")
    parser.add_argument(
        "--page", action="store_true", help="measure nothing, write the page anew from what was measured"
    )
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/")
    arguments = parser.parse_args()
    from tests.corpus import report, run
    from tests.corpus.complete import missing

    if arguments.page:
        report.PAGE.write_text(report.page(report.read()))
        return 0
    needs = [need for one in _chosen(arguments.exercise) for need in missing(one)]
    if needs:
        print("\n".join(needs), file=sys.stderr)
        return 1
    plan = run.Plan(arguments.seeds, arguments.names, arguments.few)
    measured = run.run(plan, arguments.exercise, arguments.jobs, fresh=arguments.fresh)
    found = report.rows(measured, plan)
    text = report.page(found)
    print(text[text.index(report.HEAD) :])
    if not arguments.dry:
        report.write(found)
    return int(any(results for row in found.values() for results in row["problems"].values()))


if __name__ == "__main__":
    sys.exit(main())

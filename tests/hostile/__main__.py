"""Write docs/hostile.md: what becomes of every hostile submission under stock nbgrader and under ours.

    python -m tests.hostile [NAME ...]      some submissions only, printed instead of written
    python -m tests.hostile --odd [NAME ...]    docs/odd.md, or these rows of it anew: the same for people who mean no harm, and by
                                                nbgrader with our settings; and what comes of circumstances

Stock nbgrader runs a submission with the rights of whoever calls it, so it gets only those that are safe to run so; it
takes several seconds for each. Minutes in all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.engine import tiny
from tests.engine.odd import remove
from tests.hostile import sandbox
from tests.hostile.case import Case
from tests.hostile.circumstance import Way
from tests.hostile.circumstances import CIRCUMSTANCES, not_as_due, outcomes, table, with_rows
from tests.hostile.conftest import graded
from tests.hostile.corpus import CASES
from tests.hostile.innocent import INNOCENT
from tests.hostile.lesson import LESSON
from tests.hostile.school import (
    Outcome,
    School,
    changes,
    complaints,
    end_processes,
    enrol,
    leaks,
    make_school,
    points_of,
    snapshot,
)

ROOT = Path(__file__).parents[2]
STOCK_CONFIG = tiny.STOCK_CONFIG + "c.ExecutePreprocessor.timeout = 20\nc.ExecutePreprocessor.iopub_timeout = 20\n"
STOPS_EVERYTHING = ("One or more notebooks in the assignment use", "error accessing the nbgrader database")
HEADING = """\
# What a hostile class gets

Made by `make hostile-report`; the submissions are in `tests/hostile/` and are our own. Points are those of the three exercises of a small
lesson. Stock nbgrader was given one submission at a time, with a time-out of 20 s for a cell, and only those that can be
run outside a sandbox, each in a fresh copy of the course; "reached outside" means that the submission read, wrote or contacted
something that is not its own. Ours graded all of them and the honest students in {runs}, none of whom gained or lost
anything.

| Submission | What it does | Due | Stock nbgrader | Ours |
|---|---|---|---|---|
"""


ODD_HEADING = """\
# What an odd class gets

Made by `make odd-report`; the submissions are in `tests/hostile/innocent.py`. Nobody here means harm: files and cells are in the
forms that programs, systems and accidents give them; most come from public reports, and all were written anew for this project, by people
who know the grader. Points are those of the three exercises of a
small lesson. Ours is `python -m grading autograde` over all of them; `nbgrader autograde` had one submission at a time, with the
[settings of this course](../nbgrader_config.py) and without any.

| Submission | What it is | Due | nbgrader alone | nbgrader with our settings | Ours | What the instructor is told |
|---|---|---|---|---|---|---|
"""


def stock_outcomes(root: Path, cases: Sequence[Case], config: str = STOCK_CONFIG) -> dict[str, str]:
    """Let nbgrader grade them, each in a fresh copy of the same course, so that none meets what another one left."""
    pristine = make_school(root / "pristine", config)

    def outcome(number: int, case: Case) -> str:
        school = School(root / str(number))
        shutil.copytree(pristine.root, school.root, symlinks=True)
        (school.outside / "secret.txt").write_text(school.secret)
        try:
            found = _stock_outcome(school, case)
        finally:
            end_processes(school)
            remove(school.root)
        print(f"stock: {case.name!r}: {found}", file=sys.stderr)
        return found

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(outcome, range(len(cases)), cases)
        return dict(zip((case.name for case in cases), found, strict=True))


def _stock_outcome(school: School, case: Case) -> str:
    enrol(school, case, port=9, abstract="nobody")
    before = snapshot(school)
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON, f"--student={case.name}"]
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "HOME": str(school.root / "home"),
        "HOSTILE_SECRET": school.secret,
    }
    try:
        done = subprocess.run(
            command, cwd=school.root / "course", env=environment, capture_output=True, text=True, timeout=180
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    harm = [*changes(before, snapshot(school)), *leaks(school)]
    outside = "; **reached outside**" if harm else ""
    if any(words in done.stderr for words in STOPS_EVERYTHING):
        return f"stops the class{outside}"
    points = points_of(school).get(case.name)
    if done.returncode or points is None:
        return f"not graded{outside}"
    undeserved = any(got > due for got, due in zip(points, case.points, strict=True))
    return f"{'**' if undeserved else ''}{shown(points)}{'**' if undeserved else ''}{outside}"


def shown(points: Sequence[float]) -> str:
    return " · ".join(f"{point:g}" for point in points)


def row(case: Case, stock: str, outcome: Outcome) -> str:
    name = case.name.encode("unicode_escape").decode()[:24].replace("|", "\\|")
    told = ", ".join(sorted(outcome.told.get(case.name, ())))
    ours = shown(outcome.points.get(case.name, ())) + (f" ({told})" if told else "")
    due = ("at most " if case.at_most else "") + shown(case.points)
    return f"| `{name}` | {case.description} | {due} | {stock} | {ours} |"


def odd_row(case: Case, alone: str, configured: str, outcome: Outcome) -> str:
    told = ", ".join(sorted(outcome.told.get(case.name, ())))
    due = ("at most " if case.at_most else "") + shown(case.points)
    ours = shown(outcome.points.get(case.name, ()))
    return f"| `{case.name}` | {case.description} | {due} | {alone} | {configured} | {ours} | {told} |"


def odd_report(names: Sequence[str]) -> int:
    """Write docs/odd.md, or some rows of it anew; return 1 if our command does not give what is due."""
    cases = [case for case in INNOCENT if not names or case.name in names]
    circumstances = [one for one in CIRCUMSTANCES if not names or one.name in names]
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        submissions, wrong = odd_submissions(Path(folder), cases) if cases else ("", [])
        found = outcomes(Path(folder, "circumstances"), circumstances)
    target = ROOT / "docs" / "odd.md"
    text = submissions + table(circumstances, found)
    target.write_text(with_rows(target.read_text("utf-8"), text) if names else text, encoding="utf-8")
    wrong += not_as_due(found, [Way.OURS])
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


def odd_submissions(folder: Path, cases: Sequence[Case]) -> tuple[str, list[str]]:
    """Grade submissions in three ways; return the table, and what our command does not do as is due."""
    outcome = graded(folder / "ours", cases, seconds=60, limit=3600)
    alone = stock_outcomes(folder / "alone", cases)
    configured = stock_outcomes(folder / "configured", cases, (ROOT / "nbgrader_config.py").read_text("utf-8"))
    rows = (odd_row(case, alone[case.name], configured[case.name], outcome) + "\n" for case in cases)
    return ODD_HEADING + "".join(rows), list(complaints(cases, outcome))


def main(names: Sequence[str]) -> int:
    if names[:1] == ["--odd"]:
        return odd_report(names[1:])
    cases = [case for case in CASES if not names or case.name in names]
    runnable = [case for case in cases if sandbox.is_active() or not case.needs_sandbox]
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        outcome = graded(Path(folder, "ours"), runnable, seconds=16, limit=3600)
        wrong = list(complaints(runnable, outcome))
        remove(Path(folder, "ours"))
        if wrong:
            print(*wrong, sep="\n", file=sys.stderr)
            return 1
        stock = stock_outcomes(Path(folder, "stock"), [c for c in cases if not c.needs_sandbox and not c.slow])
    rows = [row(case, stock.get(case.name, "not run"), outcome) for case in runnable]
    text = HEADING.format(runs="one run") + "\n".join(rows) + "\n"
    if names:
        print(text)
    else:
        (ROOT / "docs" / "hostile.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

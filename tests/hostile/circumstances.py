"""All circumstances of grading, and the table of what comes of each of them in three ways of grading."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grading.engine.assignment import generate_assignment
from tests.engine import tiny
from tests.engine.odd import remove
from tests.hostile import sandbox
from tests.hostile.circumstance import ROOT, STUDENT, Circumstance, Seen, Trial, Way
from tests.hostile.course_circumstances import COURSE
from tests.hostile.lesson import LESSON, write_course
from tests.hostile.machine_circumstances import MACHINE
from tests.hostile.ordinary import why_not_ordinary
from tests.hostile.school import School

CIRCUMSTANCES: tuple[Circumstance, ...] = (*COURSE, *MACHINE)

HEADING = """
## The course's folder and the machine

Each circumstance meets a copy of the same course, with one student whose three answers are right or with the students that it
names: `tests/hostile/course_circumstances.py` and `tests/hostile/machine_circumstances.py`. Ours and nbgrader with our settings have the
same [settings](../nbgrader_config.py). Without `--force`, which no command is told unless a row says so,
nbgrader grades nothing again.
Bold is what is not as due; a dash, where there is nothing of the kind.

| Circumstance | What happens | Due | nbgrader alone | nbgrader with our settings | Ours |
|---|---|---|---|---|---|
"""


def make_class(root: Path, way: Way) -> Trial:
    """Write a course in which one student has handed in three right answers."""
    settings = tiny.STOCK_CONFIG if way is Way.ALONE else (ROOT / "nbgrader_config.py").read_text("utf-8")
    school = School(root)
    for name in ("course", "home"):
        (root / name).mkdir(parents=True)
    write_course(root / "course", settings)
    trial = Trial(way, school)
    if way is Way.CONFIGURED and not sandbox.is_active():
        trial.configure("c.SandboxedExecute.unsafe_no_sandbox = True")
    generate_assignment(school.course, LESSON)
    trial.hand_in(STUDENT, {})
    return trial


def outcomes(
    root: Path, circumstances: Sequence[Circumstance], ways: Sequence[Way] = tuple(Way)
) -> dict[tuple[str, Way], Seen | None]:
    """Bring each of them about in each way, and return what came out; what cannot be done on this machine is told and left out."""
    possible = list(_possible(circumstances))
    pristine: dict[tuple[Way, bool], Path] = {}
    for way in ways:
        trial = make_class(root / f"{way.name}-new", way)
        pristine[way, False] = trial.school.root
        if any(one.graded for one in possible):
            pristine[way, True] = shutil.copytree(trial.school.root, root / f"{way.name}-graded")
            Trial(way, School(pristine[way, True])).grade()

    def outcome(number: int, circumstance: Circumstance, way: Way) -> Seen | None:
        place = Path(shutil.copytree(pristine[way, circumstance.graded], root / str(number)))
        try:
            seen = circumstance.happens(Trial(way, School(place), ordinary=circumstance.ordinary))
        finally:
            remove(place)
        print(f"{way.value}: {circumstance.name}: {seen}", file=sys.stderr)
        return seen

    tasks = [(one, way) for one in possible for way in ways]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        found = threads.map(lambda task: outcome(task[0], *task[1]), enumerate(tasks))
        return {(one.name, way): seen for (one, way), seen in zip(tasks, found, strict=True)}


def _possible(circumstances: Sequence[Circumstance]) -> Iterator[Circumstance]:
    for one in circumstances:
        if one.ordinary and why_not_ordinary():
            print(f"{one.name} is left out: {why_not_ordinary()}", file=sys.stderr)
        else:
            yield one


def table(circumstances: Sequence[Circumstance], found: Mapping[tuple[str, Way], Seen | None]) -> str:
    """Return the table of what came out."""
    rows = [
        f"| `{one.name}` | {one.description} | {one.due} | {cells} |\n"
        for one in circumstances
        if (one.name, Way.OURS) in found
        for cells in [" | ".join(str(found[one.name, way] or "–") for way in Way)]
    ]
    return HEADING + "".join(rows)


def with_rows(text: str, rows: str) -> str:
    """Return a page with rows of tables in place of those that begin with the same name; what is new comes at the end."""
    new = {line.split("|")[1]: line for line in rows.splitlines() if line.startswith("| `")}
    lines = [new.pop(line.split("|")[1], line) if line.startswith("| `") else line for line in text.splitlines()]
    return "\n".join([*lines, *new.values()]) + "\n"


def not_as_due(found: Mapping[tuple[str, Way], Seen | None], ways: Sequence[Way]) -> Iterator[str]:
    """Yield what our own way of grading does otherwise than it should."""
    for (name, way), seen in found.items():
        if way in ways and seen is not None and not seen.as_due:
            yield f"{name}, {way.value}: {seen.text}"

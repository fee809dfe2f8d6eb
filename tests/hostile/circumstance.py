"""What a circumstance of grading is: something about the course's folder or the machine, and what must come of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grading.cells import verdicts_in
from tests.hostile import sandbox
from tests.hostile.case import ALL
from tests.hostile.lesson import LESSON, RIGHT, filled
from tests.hostile.ordinary import as_ordinary_user
from tests.hostile.school import School, hand_in, points_of, released

ROOT = Path(__file__).parents[2]
# The one student of every class to begin with; everything that is handed in is right, unless a circumstance says otherwise.
STUDENT = "ada"
TRACEBACK = "Traceback (most recent call last)"
# Longer sentences are cut off in the table.
_LONGEST = 300
_LEVEL = re.compile(r"^\[\w+ \| (?P<level>[A-Z]+)\] ?", re.MULTILINE)


class Way(Enum):
    """By what a class is graded."""

    ALONE = "nbgrader alone"
    CONFIGURED = "nbgrader with our settings"
    OURS = "ours"


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    status: int
    text: str

    @property
    def broke(self) -> bool:
        """Whether a traceback was shown."""
        return TRACEBACK in self.text

    @property
    def sentence(self) -> str:
        """What was wrong, in the command's own words: nbgrader's first error, otherwise the last line."""
        levels = list(_LEVEL.finditer(self.text))
        errors = [match.end() for match in levels if match["level"] in ("ERROR", "CRITICAL")]
        lines = self.text[errors[0] :].splitlines()[:1] if errors else self.text.rstrip().splitlines()[-1:]
        return "".join(lines)


@dataclass(frozen=True)
class Seen:
    """What came out in one way of grading, for one cell of the table, and whether it is as due."""

    text: str
    as_due: bool

    def __str__(self) -> str:
        text = " ".join(self.text.split()).replace("|", "\\|")
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
        return text if self.as_due else f"**{text}**"


@dataclass
class Trial:
    """A class of the small lesson, to be graded in one way.

    ordinary: commands run without the rights of root. python: the interpreter that they run under. environment: variables of
        theirs, besides this process's; None: unset. umask: theirs; -1: as here.
    """

    way: Way
    school: School
    ordinary: bool = False
    python: Path = Path(sys.executable)
    environment: dict[str, str | None] = field(default_factory=dict)
    umask: int = -1

    @property
    def course(self) -> Path:
        return self.school.root / "course"

    def grade(self, *words: str) -> Said:
        """Grade the lesson."""
        return self.run(self.grading_command(*words))

    def grading_command(self, *words: str) -> list[str]:
        if self.way is Way.OURS:
            return self.ours("autograde", LESSON, *sandbox.words(), *words)
        return self.nbgrader("autograde", LESSON, *words)

    def ours(self, *words: str) -> list[str]:
        return [str(self.python), "-m", "grading", *words, *(() if words[0] == "judge" else ("--course", "."))]

    def nbgrader(self, *words: str) -> list[str]:
        return [str(self.python), "-m", "nbgrader", *words]

    def generate(self) -> Said:
        """Make the lesson known anew, from source/."""
        return self.run(self.nbgrader("generate_assignment", LESSON, "--force"))

    def feedback(self) -> Said:
        """Write the pages of feedback."""
        ours = self.way is Way.OURS
        return self.run(self.ours("feedback", LESSON) if ours else self.nbgrader("generate_feedback", LESSON))

    def start(self, command: Sequence[str], stdin: Any = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a command in the course's folder."""
        own = {"OMP_NUM_THREADS": "1", "HOME": str(self.school.root / "home"), "COLUMNS": "120", **self.environment}
        # nbgrader starts `alembic` by its bare name.
        paths = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        everything = {**os.environ, "PATH": os.pathsep.join(paths), **own}
        return subprocess.Popen(
            as_ordinary_user(command, self.school.root) if self.ordinary else command,
            cwd=self.course,
            env={name: value for name, value in everything.items() if value is not None},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            umask=self.umask,
        )

    def run(self, command: Sequence[str], stdin: bytes = b"") -> Said:
        """Run a command in the course's folder and return what it came to."""
        with self.start(command, subprocess.PIPE) as running:
            text, _ = running.communicate(stdin, timeout=600)
        return Said(running.returncode, text.decode(errors="replace"))

    def configure(self, line: str) -> None:
        """Add a line to the course's settings."""
        with (self.course / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")

    def keep_gradebook_at(self, address: str) -> None:
        """Give the gradebook another address, as an instructor would with these settings."""
        if self.way is Way.ALONE:
            self.configure(f"c.CourseDirectory.db_url = {address!r}")
        else:
            self.environment["MLP_COURSE_DB_URL"] = address

    def hand_in(self, student: str, answers: Mapping[str, str], first: str = "", when: str = "") -> None:
        """Hand in the released lesson with these answers, with a cell of their own before everything, and at a time."""
        notebook = filled(released(self.school), {**RIGHT, **answers})
        if first:
            own = {"cell_type": "code", "metadata": {}, "id": "own", "source": first, "outputs": []}
            notebook["cells"].insert(0, {**own, "execution_count": None})
        folder = hand_in(self.school, student, notebook)
        if when:
            (folder / "timestamp.txt").write_text(when)

    def folder(self, step: str, student: str = STUDENT) -> Path:
        return self.course / step / student / LESSON

    def points(self) -> dict[str, tuple[float, ...]]:
        return points_of(self.school)

    def gradebook(self) -> Gradebook:
        course = self.school.course
        return Gradebook(course.database, course.directories.course_id)

    def verdicts(self, student: str) -> list[Any]:
        """Return the verdicts in a student's graded notebook."""
        return [found for cell in self.graded_cells(student) for found in verdicts_in(cell)]

    def graded_cells(self, student: str) -> list[Any]:
        path = self.folder("autograded", student) / f"{LESSON}.ipynb"
        cells: list[Any] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return cells

    def shortened(self, text: str) -> str:
        """Leave out of a text what is another one in each run: the folders of this trial and of the project."""
        short = text.replace(str(self.course), "…").replace(str(self.school.root), "…").replace(str(ROOT), "…")
        return re.sub(rf"{re.escape(tempfile.gettempdir())}/[^\s:;,]+", "…", short)


Happens = Callable[[Trial], Seen | None]


@dataclass(frozen=True)
class Circumstance:
    """Something about a course's folder or a machine.

    due: what is to come of it, in words. happens: brings it about and says what came out; None where a way of grading has
        nothing of the kind. graded: whether the class was graded before. ordinary: whether it is nothing for root.
    """

    name: str
    description: str
    due: str
    happens: Happens
    graded: bool = False
    ordinary: bool = False


def points_seen(trial: Trial, said: Said, student: str = STUDENT, due: Sequence[float] = ALL) -> Seen:
    """Say which points a student has, whom everything right is due unless said otherwise."""
    got = trial.points().get(student)
    if got is None:
        return Seen("traceback" if said.broke else trial.shortened(said.sentence), False)
    shown = " · ".join(f"{point:g}" for point in got)
    return Seen(f"{shown}, and a traceback" if said.broke else shown, got == tuple(due) and not said.broke)


def refusal_seen(trial: Trial, said: Said) -> Seen:
    """Say in which words a command refused; one sentence is due."""
    if said.broke:
        return Seen("traceback", False)
    if said.status == 0:
        return Seen("nothing is said", False)
    return Seen(trial.shortened(said.sentence), said.sentence != "")

"""Grading the hostile class in one run, the way a person would, and looking at what that did to everything else."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from nbgrader.api import Gradebook

from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.gradebook.journal import read_journal
from tests.hostile.case import ALL, NOTHING, Case
from tests.hostile.lesson import LESSON, POINTS, RIGHT, SOLUTION_TOKEN, filled, write_course
from tests.hostile.memory import Peaks, memory_watched
from tests.waiting import eventually

ESCAPED = "ESCAPED"
# An unusual number of seconds, by which processes that were left behind are recognized.
_SLEEP = "31415"

HONEST = {
    "honest-right": (RIGHT, ALL),
    "honest-untouched": ({}, NOTHING),
    "honest-half": ({"relu": RIGHT["relu"]}, (1.0, 0.0, 0.0)),
    "zz-honest-right": (RIGHT, ALL),
}


@dataclass(frozen=True)
class Outcome:
    """What a run over the class did. points and told by student; everything that should not be there is in `harm`."""

    status: int
    said: str
    seconds: float
    peaks: Peaks
    points: dict[str, tuple[float, ...]]
    told: dict[str, frozenset[str]]
    harm: tuple[str, ...]


@dataclass
class School:
    """A course in `root`/course, a place outside it, and what an attacker who knows both would know."""

    root: Path
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    heard: list[bytes] = field(default_factory=list)

    @property
    def course(self) -> Course:
        return open_course(self.root / "course")

    @property
    def outside(self) -> Path:
        return self.root / "outside"


def make_school(root: Path, config: str) -> School:
    """Write the course with its honest students."""
    school = School(root)
    for name in ("course", "outside", "home"):
        (root / name).mkdir(parents=True)
    (school.outside / "secret.txt").write_text(school.secret)
    write_course(root / "course", config)
    generate_assignment(school.course, LESSON)
    for student, (answers, _) in HONEST.items():
        hand_in(school, student, filled(released(school), answers))
    return school


def released(school: School) -> dict[str, Any]:
    text = (school.root / "course" / "release" / LESSON / f"{LESSON}.ipynb").read_text()
    notebook: dict[str, Any] = json.loads(text)
    return notebook


def hand_in(school: School, student: str, content: Any, name: str | None = f"{LESSON}.ipynb") -> Path:
    folder = school.root / "course" / "submitted" / student / LESSON
    folder.mkdir(parents=True)
    if name is not None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / name).write_bytes(data)
    return folder


def enrol(school: School, case: Case, port: int, abstract: str) -> None:
    """Hand in a hostile submission."""
    words = {
        "@COURSE@": str(school.root / "course"),
        "@OUTSIDE@": str(school.outside),
        "@PORT@": str(port),
        "@ABSTRACT@": abstract,
    }
    cell, first = case.cell, case.first
    for word, value in words.items():
        cell, first = cell.replace(word, value), first.replace(word, value)
    notebook = filled(released(school), {**RIGHT, "sigmoid": cell})
    if first:
        notebook["cells"].insert(0, {"cell_type": "code", "metadata": {}, "source": first, "outputs": []})
    content = case.change(notebook) if case.change else notebook
    folder = hand_in(school, case.name, content, case.file_name)
    if case.beside:
        case.beside(folder, school.outside)


def grade(school: School, cases: Sequence[Case], *words: str, seconds: float, limit: float) -> Outcome:
    """Run `python -m grading autograde` over everybody, once."""
    with _listeners(school) as (port, abstract):
        for case in cases:
            enrol(school, case, port, abstract)
        before = snapshot(school)
        command = [sys.executable, "-m", "grading", "autograde", LESSON, "--course", str(school.root / "course")]
        command += ["--seconds", f"{seconds:g}", *words]
        started = time.monotonic()
        # Not below pytest's own folder: the names of sockets have room for about a hundred characters.
        with tempfile.TemporaryDirectory(prefix="h-") as temporary:
            environment = _environment(school, temporary)
            with (
                subprocess.Popen(
                    command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
                ) as running,
                memory_watched(running.pid) as peaks,
            ):
                said, _ = running.communicate(timeout=limit)
            took = time.monotonic() - started
            harm = [*_left_behind(school), *(f"{path} was left" for path in Path(temporary).iterdir())]
        harm += [*changes(before, snapshot(school)), *leaks(school), *_heard(school)]
    return Outcome(running.returncode, said, took, peaks, points_of(school), _told(school), tuple(harm))


def complaints(cases: Sequence[Case], outcome: Outcome) -> Iterator[str]:
    """Yield everything that is not as it must be."""
    for case in cases:
        got = outcome.points.get(case.name, ())
        due = all(point <= most for point, most in zip(got, case.points, strict=True)) if case.at_most and got else None
        if not (got == case.points if due is None else due):
            yield f"{case.name} got {got}, {case.points} are due"
        told = outcome.told.get(case.name)
        if case.told is not None and told != case.told:
            yield f"{case.name} was reported for {told}, not for {case.told}"
    for student, (_, points) in HONEST.items():
        if outcome.points.get(student) != points or outcome.told.get(student):
            yield f"{student} got {outcome.points.get(student)} and {outcome.told.get(student)}"
    for stranger in outcome.points.keys() - {*HONEST, *(case.name for case in cases)}:
        yield f"{stranger} is in the gradebook and nobody"
    count = len(cases) + len(HONEST)
    if f"{count} submissions, {count} graded now" not in outcome.said or "Traceback" in outcome.said:
        yield f"the class was not graded to the end: {outcome.said}"
    yield from outcome.harm


def _environment(school: School, temporary: str) -> dict[str, str]:
    own = {"HOME": str(school.root / "home"), "TMPDIR": temporary, "HOSTILE_SECRET": school.secret}
    return {**os.environ, **own, "OMP_NUM_THREADS": "1"}


def points_of(school: School) -> dict[str, tuple[float, ...]]:
    """Return everyone's points in the order of the exercises."""
    course = school.course
    found = {}
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        for submission in gradebook.assignment_submissions(LESSON):
            grades = {grade.name: float(grade.score) for grade in submission.notebooks[0].grades}
            found[submission.student_id] = tuple(grades[f"check-{name}"] for name in POINTS)
    return found


def _told(school: School) -> dict[str, frozenset[str]]:
    journal = read_journal(school.course.own_files / f"{LESSON}.jsonl")
    return {student: frozenset(problem.kind for problem in entry.problems) for student, entry in journal.items()}


def snapshot(school: School) -> dict[str, str]:
    """Return a digest of every file that grading must leave alone."""
    course = school.root / "course"
    roots = [course / "source", course / "release", course / "submitted", school.outside]
    files = [path for root in roots for path in _files(root)]
    files.append(course / "nbgrader_config.py")
    files += [path for path in (school.root / "home").rglob("*.py") if path.is_file()]
    for place in (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")):
        files += [path for name in ("letter", "pwned") if (path := place / name).is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _files(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, however deep, and however long the paths are which are not yielded then."""
    waiting = [root]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                elif entry.is_file(follow_symlinks=False):
                    yield Path(entry.path)


def changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            what = "appeared" if path not in before else "is gone" if path not in after else "was changed"
            yield f"{path} {what}"


def leaks(school: School) -> Iterator[str]:
    """Yield where a word that only an escaped submission knows came back."""
    words = {ESCAPED: "escaped", school.secret: "read the secret", SOLUTION_TOKEN: "read the solution"}
    for path in sorted((school.root / "course" / "autograded").rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode(errors="replace")
            yield from (f"{path.parent.parent.name} {what}" for word, what in words.items() if word in text)


def _left_behind(school: School) -> Iterator[str]:
    """Yield the processes of this run that are still there, a moment after its end."""
    if not eventually(lambda: not list(_processes(school)), 10):
        yield from (f"process left behind: {found}" for found in _processes(school))


def _processes(school: School) -> Iterator[str]:
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if _SLEEP in " ".join(words) or _belongs_to(process, school):
                yield f"{process.pid} {words}"
        except psutil.Error:
            continue


def _belongs_to(process: Any, school: School) -> bool:
    return bool(process.environ().get("HOSTILE_SECRET") == school.secret)


def end_processes(school: School) -> None:
    """End what a submission that ran without a sandbox has left behind."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _belongs_to(process, school):
                process.kill()


def _heard(school: School) -> Iterator[str]:
    yield from (f"a server outside heard {said!r}" for said in school.heard)


@contextmanager
def _listeners(school: School) -> Iterator[tuple[int, str]]:
    """Listen on loopback and on an abstract socket; whatever is said there is heard."""
    abstract = f"hostile-{school.secret[:8]}"
    tcp = socket.create_server(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX)
    local.bind(f"\0{abstract}")
    local.listen()
    for listener in (tcp, local):
        threading.Thread(target=_listen, args=(listener, school.heard), daemon=True).start()
    try:
        yield tcp.getsockname()[1], abstract
    finally:
        for listener in (tcp, local):
            # close() alone would leave the thread waiting in accept().
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


def _listen(listener: socket.socket, heard: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            heard.append(connection.recv(100))

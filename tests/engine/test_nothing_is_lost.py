"""Whatever ends a run, the next one goes on, and the gradebook is as if nothing had happened."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.database import GradebookUnavailable
from grading.engine.gradebook.journal import read_journal
from grading.engine.workers.pool import WorkerDied
from grading.engine.workers.worker import Job, Result
from grading.sandbox.forkserver.available import SandboxUnavailable
from tests.engine import fake, tiny
from tests.waiting import wait_until

STUDENTS = 40
# In a mount namespace of its own: a small disk with the course and little room, graded; more room, graded again.
FULL_DISK = """
set -eu
mount -t tmpfs -o size=64m none "$2"
cp -r "$1"/. "$2"
room=$(df --output=avail -k "$2" | tail -1)
head -c $(( (room - 200) * 1024 )) /dev/zero >"$2/ballast"
"$0" -m tests.engine.fake "$2" && exit 9
rm "$2/ballast"
"$0" -m tests.engine.fake "$2"
cp -r "$2"/. "$1"
"""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake.write_class(tmp_path_factory.mktemp("class"), STUDENTS).root


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> Course:
    return open_course(Path(shutil.copytree(handed_in, tmp_path / "course")))


@pytest.fixture(scope="module")
def undisturbed(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    course = open_course(Path(shutil.copytree(handed_in, tmp_path_factory.mktemp("undisturbed") / "course")))
    fake.grade(course)
    return fake.gradebook(course)


def run_fake(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.engine.fake", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=1200, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.hostile)])
def test_after_kills_at_random_moments_the_gradebook_is_that_of_an_undisturbed_run(
    course: Course, undisturbed: object, kills: int
) -> None:
    done = run_fake(course.root, "--kills", str(kills))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) >= kills // 3
    fake.grade(course)
    assert fake.gradebook(course) == undisturbed
    assert fake.notebooks_and_journal_agree(course)
    assert sorted(path.name for path in (course.root / "autograded" / "s0000").iterdir()) == [tiny.LESSON]
    assert not any(graded.ran for graded in grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool)))


def test_a_full_disk_stops_with_one_line_and_the_next_run_goes_on(course: Course, undisturbed: object) -> None:
    place = course.root.parent / "disk"
    place.mkdir()
    inside = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    if subprocess.run([*inside, "mount", "-t", "tmpfs", "none", str(place)], capture_output=True).returncode:
        pytest.skip("no tmpfs may be mounted here")
    words = ["bash", "-c", FULL_DISK, sys.executable, str(course.root), str(place)]
    done = subprocess.run([*inside, *words], capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=300)
    assert done.returncode == 0, done.stderr + done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert "full" in done.stdout or "No space left" in done.stdout
    assert "run it again" in done.stdout
    assert fake.gradebook(course) == undisturbed


def test_a_locked_gradebook_stops_with_one_line_and_the_next_run_goes_on(course: Course, undisturbed: object) -> None:
    fake.grade(course, students=["s0000", "s0001"])
    with sqlite3.connect(course.root / "gradebook.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookUnavailable, match=r"locked.*run it again"):
            fake.grade(course)
        other.rollback()
    other.close()
    fake.grade(course)
    assert fake.gradebook(course) == undisturbed


def test_the_seeds_of_a_lesson_are_recorded_and_the_same_until_there_is_feedback(course: Course) -> None:
    def seeds() -> list[int]:
        entries = read_journal(course.own_files / f"{tiny.LESSON}.jsonl")
        return [entries[student].seeds[tiny.LESSON] for student in ("s0000", "s0001")]

    some = ["s0000", "s0001"]
    fake.grade(course, students=some)
    first = seeds()
    assert len(set(first)) == 1  # everybody is asked the same
    fake.grade(course, students=some, reproduce=True)
    assert seeds() == first
    assert fake.notebooks_and_journal_agree(course)
    fake.grade(course, students=some, force=True)
    assert seeds() == first
    page = course.folder("feedback", "s0000", tiny.LESSON) / f"{tiny.LESSON}.html"
    page.parent.mkdir(parents=True)
    page.write_text("what was asked")
    fake.grade(course, students=some, force=True)
    assert seeds() == first
    tiny.hand_in(course.root, "s0001", tiny.answered(course.root, {}))
    fake.grade(course, students=some)
    assert seeds()[0] == first[0] != seeds()[1]
    again = seeds()
    fake.grade(course, students=some, reproduce=True)
    assert seeds() == again


class Unprotected(fake.FakePool):
    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        future: Future[list[Result]] = Future()
        future.set_exception(SandboxUnavailable("submissions cannot be isolated here"))
        return future


def test_where_nothing_isolates_the_run_stops_at_once_and_records_nobody(course: Course) -> None:
    with pytest.raises(SandboxUnavailable, match="cannot be isolated"):
        grade_class(course, tiny.LESSON, Plan(pool=Unprotected))
    assert fake.gradebook(course) == {}


class Fragile(fake.FakePool):
    """Its workers die of one student's notebook, and of the ones beside it."""

    def __init__(self) -> None:
        self.running: list[Future[list[Result]]] = []
        self.met = False

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        deadly = any(b"return 7" in job.notebook for job in jobs)
        future: Future[list[Result]] = Future()
        if deadly or len(self.running) == 1:
            for one in (future, *self.running):
                one.set_exception(WorkerDied("it is gone"))
            self.running.clear()
        elif any(b"return 5" in job.notebook for job in jobs) and not self.met:
            self.met = True
            self.running.append(future)
        else:
            future.set_result([fake.executed(job) for job in jobs])
        return future


def test_a_submission_that_takes_workers_down_costs_nobody_else(course: Course, undisturbed: object) -> None:
    told = grade_class(course, tiny.LESSON, Plan(pool=Fragile, students=["s0005", "s0007", "s0008"]))
    assert [[problem.kind for problem in graded.problems] for graded in told] == [[], ["grader-failure"], []]
    assert isinstance(undisturbed, dict)
    assert fake.gradebook(course) == {student: undisturbed[student] for student in ("s0005", "s0008")}


def commands_below(process_id: int) -> Iterator[list[str]]:
    for process in psutil.Process(process_id).children(recursive=True):
        with suppress(psutil.Error):  # it may just have ended
            yield process.cmdline()


def test_a_killed_grader_takes_its_workers_and_kernels_with_it(tmp_path: Path) -> None:
    root = tmp_path / "course"
    course = fake.write_class(root, 0)
    marker = f"75319{os.getpid()}"
    slow = f"def half(x):\n    import subprocess\n    subprocess.run(['sleep', '{marker}'])"
    tiny.hand_in(root, "s01", tiny.answered(root, {"half": slow}))
    command = [sys.executable, "-m", "grading", "autograde", tiny.LESSON, "--course", str(course.root), "--jobs", "1"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
        wait_until(lambda: any(marker in words for words in commands_below(running.pid)))
        family = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(process.is_running() for process in family))

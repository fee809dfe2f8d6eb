"""A gradebook in PostgreSQL: the same, and graders that share it and no folder come one after the other, too."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.database import GradebookUnavailable
from grading.engine.gradebook import bulk_writes as rows
from grading.engine.gradebook.recorder import Prepared, Recorder
from grading.engine.turns.advisory import turn_in_database
from grading.engine.turns.turns import Busy
from tests.engine import fake, tiny
from tests.engine.gradebook import postgresql
from tests.engine.turns.test_turns import (
    GUARDED_CONFIG,
    autograded,
    endless_run,
    hand_in_something_that_ends,
    journal_lines,
    line_with,
    start,
)

EVERYBODY = [f"s{number:04}" for number in range(6)]
OTHER = "01-other"
_numbers = count()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgresql.server() as found:
        yield found


@pytest.fixture
def course(address: str, tmp_path: Path) -> Course:
    """A course of which six students handed in a lesson, and whose gradebook knows another one as well."""
    url = postgresql.new_database(address, f"course{next(_numbers)}")
    root = tiny.write_course(tmp_path / "course", GUARDED_CONFIG + f"c.CourseDirectory.db_url = {url!r}\n")
    course = open_course(root)
    source = Path(shutil.copytree(root / "source" / tiny.LESSON, root / "source" / OTHER))
    (source / f"{tiny.LESSON}.ipynb").rename(source / f"{OTHER}.ipynb")
    for lesson in (tiny.LESSON, OTHER):
        generate_assignment(course, lesson)
    for number, student in enumerate(EVERYBODY):
        answers = {**tiny.RIGHT, "double": f"def double(x):\n    return {number}"}
        tiny.hand_in(root, student, tiny.answered(root, answers))
    return course


@pytest.fixture
def elsewhere(course: Course, tmp_path: Path) -> Course:
    """Another copy of the folder, with the same gradebook: another machine, perhaps."""
    return open_course(Path(shutil.copytree(course.root, tmp_path / "elsewhere")))


def test_of_two_runs_at_once_the_second_waits_and_nobody_loses_a_notebook(course: Course) -> None:
    both = [start(course, "autograde", "--force", "--jobs", "2") for _ in range(2)]
    said = [running.communicate(timeout=300)[1] for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert autograded(course) == sorted(fake.gradebook(course)) == EVERYBODY
    assert sorted("is at work on '00-tiny'" in words for words in said) == [False, True]


def test_a_gradebook_is_enough_to_meet_and_after_kill_9_the_one_that_waits_goes_on(
    course: Course, elsewhere: Course
) -> None:
    with endless_run(course) as first, start(elsewhere, "autograde", "--jobs", "1") as second:
        line = line_with(second, "this waits until that has ended")
        assert "`autograde` of " in line
        assert f"(process {first.pid} on " in line
        hand_in_something_that_ends(elsewhere)
        first.send_signal(signal.SIGKILL)
        assert "6 submissions, 6 graded now" in line_with(second, "submissions,")
        assert second.wait(60) == 0
    assert autograded(elsewhere) == sorted(fake.gradebook(elsewhere)) == EVERYBODY


def test_ctrl_c_ends_the_waiting_without_a_traceback(course: Course, elsewhere: Course) -> None:
    with (
        Recorder(course, tiny.LESSON) as recorder,
        recorder.alone("autograde", None),
        start(elsewhere, "autograde") as waiting,
    ):
        line_with(waiting, "this waits until that has ended")
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=60)
    assert (waiting.returncode, said.strip()) == (130, "autograde: interrupted")


def test_stock_nbgrader_elsewhere_does_not_touch_what_is_being_graded(course: Course, elsewhere: Course) -> None:
    with Recorder(course, tiny.LESSON) as recorder, recorder.alone("autograde", None):
        words = [sys.executable, "-m", "nbgrader", "autograde", tiny.LESSON]
        done = subprocess.run(words, cwd=elsewhere.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    assert "is at work on '00-tiny'; run this again when that has ended" in done.stderr
    assert autograded(elsewhere) == []
    assert fake.gradebook(elsewhere) == {}


def test_a_turn_ends_with_its_connection_and_is_for_one_lesson(course: Course) -> None:
    engine = create_engine(course.database)
    with (
        turn_in_database(engine, tiny.LESSON, "autograde", None),
        turn_in_database(engine, OTHER, "autograde", None),
        pytest.raises(Busy, match=r"`autograde` of .*process"),
        turn_in_database(engine, OTHER, "autograde", None),
    ):
        pass
    with turn_in_database(engine, tiny.LESSON, "autograde", None):
        pass
    engine.dispose()


def test_whoever_loses_the_connection_writes_nothing_more_and_the_next_run_goes_on(course: Course) -> None:
    engine = create_engine(course.database, isolation_level="AUTOCOMMIT")

    def lose(_: object) -> None:
        with engine.connect() as connection:
            lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'mlp-course %'"
            connection.execute(text(lost))

    with pytest.raises(GradebookUnavailable, match="run it again"):
        grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool), lose)
    engine.dispose()
    assert 1 <= journal_lines(course) == len(fake.gradebook(course)) < 6
    fake.grade(course)
    assert autograded(course) == sorted(fake.gradebook(course)) == EVERYBODY
    assert fake.notebooks_and_journal_agree(course)


def at_the_same_time(*tasks: Callable[[], Any]) -> list[Any]:
    """Call functions in threads that begin together, and return what each gave; what one raised is raised."""
    barrier = Barrier(len(tasks))

    def begin(task: Callable[[], Any]) -> Any:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return [done.result() for done in [threads.submit(begin, task) for task in tasks]]


def test_two_lessons_at_once_add_the_same_new_students_in_any_order(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is no public way to get between two rows of one insert.
    both_in_the_middle, really = Barrier(2), rows._insert

    def insert(connection: Any, table: Any, values: Any) -> None:
        """Insert half of the students, and wait a moment for the other lesson to have come as far."""
        half = len(values) // 2 if table.name == "student" else 0
        really(connection, table, values[:half])
        if half:
            with suppress(BrokenBarrierError):
                both_in_the_middle.wait(2)
        really(connection, table, values[half:])

    def record(lesson: str, students: list[str]) -> dict[str, str]:
        with Recorder(course, lesson) as recorder, recorder.alone("autograde", None):
            recorder.templates()
            prepared = [recorder.prepare(student, {}, {}) for student in students]
            return recorder.commit([one for one in prepared if isinstance(one, Prepared)])

    monkeypatch.setattr(rows, "_insert", insert)  # see above
    done = at_the_same_time(lambda: record(tiny.LESSON, ["n1", "n2"]), lambda: record(OTHER, ["n2", "n1"]))
    assert done == [{}, {}]
    assert fake.gradebook(course).keys() == {"n1", "n2"}


INDEXED = {"grade": "notebook_id", "comment": "notebook_id", "submitted_notebook": "assignment_id"}


def test_several_runs_may_begin_at_once(course: Course) -> None:
    def begin() -> None:
        with Recorder(course, tiny.LESSON):
            pass

    engine = create_engine(course.database)
    for _ in range(5):
        with engine.begin() as connection:
            for table, column in INDEXED.items():
                connection.execute(text(f"DROP INDEX IF EXISTS mlp_course_{table}_{column}"))
        at_the_same_time(*[begin] * 4)
        found = {index["name"] for table in INDEXED for index in inspect(engine).get_indexes(table)}
        assert {f"mlp_course_{table}_{column}" for table, column in INDEXED.items()} <= found
    engine.dispose()

"""What is wrong with one student's files, or goes wrong with one student, costs that one and nobody else.

The file is long because this is held at every stage that a submission goes through, with the same three students.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from grading.__main__ import main
from grading.commands.autograde import problem_line, summary_line
from grading.engine import classroom
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.execution import notebook_run as execution
from grading.engine.feedback import pages as feedback
from grading.engine.feedback.page import FeedbackPage
from grading.engine.gradebook import recorder, results
from grading.engine.gradebook.results import read_results
from grading.engine.workers.worker import Job, Result, run_all
from tests.engine import failing, fake, odd, tiny
from tests.engine.feedback.test_feedback import SAFE_CONFIG
from tests.hostile import lesson as graded_by_checks

BROKEN = "s0001"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake.write_class(tmp_path_factory.mktemp("class"), 3).root


@pytest.fixture
def course(handed_in: Path) -> Iterator[Course]:
    """Three students: s0000, s0001, with whom something goes wrong, and s0002; where everybody may look."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(handed_in, Path(folder, "course")))
        for path in (root, root.parent):
            path.chmod(0o755)
        yield open_course(root)
        odd.remove(root)


def raising_for_one(
    function: Callable[..., Any],
) -> Callable[..., Any]:
    """Return a function that fails if something among its arguments is about the one."""

    def broken(*arguments: Any, **named: Any) -> Any:
        if BROKEN in repr((arguments, named)):
            raise ValueError("out of order")
        return function(*arguments, **named)

    return broken


def log_of(course: Course, lesson: str = tiny.LESSON) -> str:
    path = course.own_files / f"{lesson}.log"
    return path.read_text() if path.exists() else ""


def deep(folder: Path) -> None:
    odd.nest(folder, 1500)


def unreadable(folder: Path) -> None:
    (folder / f"{tiny.LESSON}.ipynb").chmod(0)


def closed(folder: Path) -> None:
    folder.chmod(0)


def shut(folder: Path) -> None:
    folder.parent.chmod(0)


def digits(folder: Path) -> None:
    path = folder / f"{tiny.LESSON}.ipynb"
    path.write_text(path.read_text().replace('"nbformat": 4', '"odd": ' + "7" * 10**6 + ', "nbformat": 4'))


def levels(folder: Path) -> None:
    path = folder / f"{tiny.LESSON}.ipynb"
    path.write_text(
        path.read_text().replace('"nbformat": 4', '"odd": ' + "[" * 10**5 + "]" * 10**5 + ', "nbformat": 4')
    )


# What is done to a submission: whether it is recorded all the same, and whether there is a line about it.
ODD = {
    deep: (True, True),
    unreadable: (False, True),
    closed: (False, True),
    shut: (False, True),
    digits: (True, False),
    levels: (True, True),
}


@pytest.mark.parametrize(("change", "due"), ODD.items())
def test_an_odd_submission_costs_one_student_one_line(
    course: Course,
    change: Callable[[Path], None],
    due: tuple[bool, bool],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    changed = course.folder("submitted", BROKEN, tiny.LESSON)
    change(changed)
    monkeypatch.setattr(classroom, "LocalPool", lambda *_: fake.FakePool())
    for name in ("students_with", "find_submission"):
        monkeypatch.setattr(classroom, name, odd.unprivileged(getattr(classroom, name)))
    status = main(["autograde", tiny.LESSON, "--course", str(course.root), "--unsafe-no-sandbox"])
    lines = capfd.readouterr().err.splitlines()
    recorded, told = due
    assert status == told
    assert sum(line.startswith(f"{BROKEN}: ") for line in lines) == told
    assert not [line for line in lines if "Traceback" in line]
    assert fake.gradebook(course).keys() == {"s0000", "s0002"} | ({BROKEN} if recorded else set())
    assert lines[-1].startswith(f"{tiny.LESSON}: 3 submissions, {2 + recorded} graded now, 0 unchanged")
    assert ("1 not graded" in lines[-1]) == (not recorded)
    assert log_of(course) == ""


class OneRaises(fake.FakePool):
    """A pool with whose workers something goes wrong that nobody expected."""

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        if any(b"return 1" in job.notebook for job in jobs):
            future: Future[list[Result]] = Future()
            future.set_exception(ValueError("out of order"))
            return future
        return super().submit(jobs)


class OneRefuses(fake.FakePool):
    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        if any(b"return 1" in job.notebook for job in jobs):
            raise ValueError("out of order")
        return super().submit(jobs)


# Where it goes wrong: what is broken there, or a pool of which one worker fails.
STAGES: dict[str, tuple[Any, str]] = {
    "intake": (classroom, "find_submission"),
    "cleaning": (classroom, "clean"),
    "sanitizing": (recorder.Recorder, "sanitize"),
    "scoring": (recorder.Recorder, "_finish"),
    "preparing": (recorder, "write_partial"),
    "gradebook": (recorder.LessonRows, "write"),
    "publishing": (recorder, "publish"),
    "worker": (OneRaises, ""),
    "pool": (OneRefuses, ""),
}


@pytest.mark.parametrize("stage", STAGES)
def test_what_nobody_expected_costs_one_student_and_is_in_the_log(
    course: Course, stage: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place, name = STAGES[stage]
    if name:
        monkeypatch.setattr(place, name, raising_for_one(getattr(place, name)))
    monkeypatch.setattr(classroom, "LocalPool", lambda *_: fake.FakePool() if name else place())
    words = ["autograde", tiny.LESSON, "--course", str(course.root), "--unsafe-no-sandbox"]
    assert main(words) == 1
    lines = capfd.readouterr().err.splitlines()
    told = [line for line in lines if line.startswith("s0")]
    assert len(told) == 1
    assert told[0].startswith(f"{BROKEN}: not graded, through no fault of the student: ")
    assert "ValueError: out of order" in told[0]
    assert told[0].endswith(f"(the traceback is in {course.own_files / f'{tiny.LESSON}.log'})")
    assert "3 submissions, 2 graded now, 0 unchanged, 1 not graded, 1 with a problem" in lines[-1]
    assert f" {BROKEN}, " in log_of(course)
    assert log_of(course).count("Traceback (most recent call last)") == 1
    monkeypatch.undo()
    monkeypatch.setattr(classroom, "LocalPool", lambda *_: fake.FakePool())
    assert main(words) == 0
    assert "1 graded now, 2 unchanged" in capfd.readouterr().err
    assert fake.gradebook(course).keys() == {"s0000", BROKEN, "s0002"}
    assert fake.notebooks_and_journal_agree(course)


def test_of_a_fault_in_a_worker_process_the_traceback_is_the_workers(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = classroom.clean

    def clean(submission: Any, *more: Any) -> Any:
        cleaned = really(submission, *more)
        return replace(cleaned, files={"\0": b""}) if submission.student == BROKEN else cleaned  # no file has this name

    monkeypatch.setattr(classroom, "clean", clean)
    told = grade_class(course, tiny.LESSON, Plan(jobs=1))
    assert [len(graded.problems) for graded in told] == [0, 1, 0]
    assert "embedded null byte" in problem_line(told[1])
    assert "worker.py" in log_of(course)


class Here(fake.FakePool):
    """Runs notebooks for what they are, in this process."""

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        future: Future[list[Result]] = Future()
        try:
            future.set_result(run_all(jobs))
        except Exception as error:
            future.set_exception(error)
        return future


def test_what_nobody_expected_of_the_judge_costs_one_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graded_by_checks.write_course(tmp_path / "course", tiny.ENGINE_CONFIG)
    course = open_course(tmp_path / "course")
    generate_assignment(course, graded_by_checks.LESSON)
    released = json.loads(next((course.root / "release").rglob("*.ipynb")).read_text())
    for student in ("s01", "s02"):
        target = course.folder("submitted", student, graded_by_checks.LESSON)
        target.mkdir(parents=True)
        text = json.dumps(graded_by_checks.filled(released, graded_by_checks.RIGHT))
        (target / f"{graded_by_checks.LESSON}.ipynb").write_text(text)
    really, left = execution.outputs_of, ["once"]

    def outputs_of(verdict: Any, execution_count: int) -> Any:
        if left:
            raise ValueError(f"out of order {left.pop()}")
        return really(verdict, execution_count)

    monkeypatch.setattr(execution, "outputs_of", outputs_of)
    told = grade_class(course, graded_by_checks.LESSON, Plan(pool=Here))
    assert [graded.recorded for graded in told] == [False, True]
    assert "ValueError: out of order once" in problem_line(told[0])
    assert problem_line(told[1]) == ""
    assert "in outputs_of" in log_of(course, graded_by_checks.LESSON)


def test_a_kernel_that_cannot_be_started_leaves_its_traceback(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object) -> None:
        raise RuntimeError("no kernel today")

    monkeypatch.setattr("grading.engine.workers.worker.BoundedExecution.execute_within_limits", started)
    told = grade_class(course, tiny.LESSON, Plan(pool=Here, students=[BROKEN]))
    assert "no kernel could be started: no kernel today (the traceback is in" in problem_line(told[0])
    assert "in started" in log_of(course)


def test_the_last_line_counts_who_was_not_graded() -> None:
    graded = classroom.Graded
    class_of_four = [
        graded("a", True),
        graded("b", False),
        graded("c", True, recorded=False),
        graded("d", False, recorded=False),
    ]
    assert summary_line("x", class_of_four).startswith("x: 4 submissions, 1 graded now, 1 unchanged, 2 not graded")


class OutOfOrder(dict[Any, Any]):
    """Fails when something is looked up in it."""

    def get(self, *_: Any) -> NoReturn:
        raise ValueError("out of order")


def marks_out_of_order(marks_of_class: Callable[..., Any]) -> Callable[..., Any]:
    def broken(*arguments: Any) -> Any:
        found = marks_of_class(*arguments)
        return {**found, BROKEN: replace(found[BROKEN], by_cell=OutOfOrder())}

    return broken


def verdicts_out_of_order(read_results: Callable[..., Any]) -> Callable[..., Any]:
    def broken(*arguments: Any) -> Any:
        return [
            replace(result, cells=tuple(replace(cell, verdict=OutOfOrder()) for cell in result.cells))
            if result.student == BROKEN
            else result
            for result in read_results(*arguments)
        ]

    return broken


@pytest.mark.parametrize(
    ("name", "breaking"),
    [
        ("marks_of_class", marks_out_of_order),
        ("read_published", raising_for_one),
        ("read_results", verdicts_out_of_order),
    ],
    ids=["marks", "file", "verdict"],
)
def test_a_student_who_cannot_be_shown_is_told_and_the_others_are_shown(
    course: Course,
    name: str,
    breaking: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    fake.grade(course)
    words = ["report", tiny.LESSON, "--course", str(course.root)]
    assert main(words) == 0
    assert "not shown" not in capfd.readouterr().out
    monkeypatch.setattr(results, name, breaking(getattr(results, name)))
    assert main(words) == 1
    said = capfd.readouterr().out
    told = " ".join(said.split())
    assert f"{BROKEN} not shown, through no fault of the student: ValueError: out of order (the traceback is in" in told
    assert said.count("not graded") == 1
    page = (course.root / "reports" / f"{tiny.LESSON}.html").read_text()
    assert "not shown, through no fault of the student" in page
    assert f" {BROKEN}, " in log_of(course)


def test_a_report_has_room_for_a_student_whose_name_is_no_text(course: Course) -> None:
    nameless = course.root / "submitted" / "caf\udce9" / tiny.LESSON
    nameless.mkdir(parents=True)
    fake.grade(course)
    assert main(["report", tiny.LESSON, "--course", str(course.root)]) == 0
    assert "caf\\udce9" in (course.root / "reports" / f"{tiny.LESSON}.html").read_text()


def test_an_autograded_notebook_that_somebody_broke_costs_one_row(course: Course) -> None:
    fake.grade(course)
    path = course.folder("autograded", BROKEN, tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    path.chmod(0o644)
    path.write_text("{")
    found = {result.student: result for result in read_results(course, tiny.LESSON)}
    assert [problem.kind for problem in found[BROKEN].problems] == [results.NOT_SHOWN]
    assert found["s0000"].cells
    assert found["s0002"].cells


@pytest.fixture
def with_pages(course: Course) -> Iterator[Course]:
    (course.root / "nbgrader_config.py").write_text(SAFE_CONFIG)
    fake.grade(course)
    yield open_course(course.root)


def test_what_nobody_expected_of_a_page_costs_one_page(with_pages: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    really = FeedbackPage.from_notebook_node

    def page(exporter: Any, nb: Any, resources: Any = None, **more: Any) -> Any:
        if resources["nbgrader"]["student"] == BROKEN:
            raise ValueError("out of order")
        return really(exporter, nb, resources, **more)

    monkeypatch.setattr(FeedbackPage, "from_notebook_node", page)
    pages = feedback.write_pages(with_pages.root, tiny.LESSON, ["s0000", BROKEN, "s0002"])
    assert [page.made for page in pages] == [True, False, True]
    assert pages[1].failure.startswith("ValueError: out of order (the traceback is in")
    assert "in page" in log_of(with_pages)


def test_a_graded_folder_that_cannot_be_read_costs_one_page(
    with_pages: Course, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if f"autograded/{BROKEN}/" in path.as_posix():
            raise OSError("out of order")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    assert main(["feedback", tiny.LESSON, "--course", str(with_pages.root), "--jobs", "1"]) == 1
    said = capfd.readouterr().err
    assert f"{BROKEN}: OSError: out of order (the traceback is in" in said
    assert "2 pages written, 0 unchanged, 1 not written" in said


def test_a_process_that_ends_while_it_writes_pages_costs_its_pages(
    with_pages: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "write_pages", failing.end_this_process)
    pages = feedback.make_feedback(with_pages, tiny.LESSON, jobs=1)
    assert [(page.made, page.failure.partition(":")[0]) for page in pages] == [(False, "BrokenProcessPool")] * 3
    assert log_of(with_pages).count("writing the page: BrokenProcessPool") == 3

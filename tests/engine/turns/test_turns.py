"""A lesson's results are written by one at a time, and nobody who is gone keeps anybody waiting."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from grading.__main__ import main
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.feedback.pages import make_feedback
from grading.engine.turns.turns import Busy, at_work, turn
from grading.errors import CourseError
from tests.engine import fake, tiny
from tests.engine.stock.test_stock_tools import nbgrader
from tests.engine.test_nothing_is_lost import run_fake
from tests.waiting import wait_until

HERE = Path(__file__).parents[3]
GUARDED_CONFIG = (
    tiny.ENGINE_CONFIG + 'c.Autograde.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"\n'
    'c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"\n'
)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake.write_class(tmp_path_factory.mktemp("class") / "course", 6).root


@pytest.fixture
def course(handed_in: Path, tmp_path: Path) -> Course:
    return open_course(Path(shutil.copytree(handed_in, tmp_path / "course")))


def start(course: Course, *words: str) -> "subprocess.Popen[str]":
    """Start a command on the lesson, in a process of its own."""
    command = [sys.executable, "-m", "grading", *words[:1], tiny.LESSON, "--course", str(course.root), *words[1:]]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)


def line_with(running: "subprocess.Popen[str]", words: str) -> str:
    """Wait for a line with these words on standard error, and return it."""
    assert running.stderr
    for line in running.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended, with status {running.wait()}, and never said {words!r}")


def autograded(course: Course) -> list[str]:
    return sorted(path.parts[-3] for path in course.root.glob(f"autograded/*/{tiny.LESSON}/{tiny.LESSON}.ipynb"))


def journal_lines(course: Course) -> int:
    path = course.own_files / f"{tiny.LESSON}.jsonl"
    return len(path.read_bytes().splitlines()) if path.exists() else 0


@pytest.mark.parametrize("attempt", range(2))
def test_of_two_runs_at_once_the_second_waits_and_nobody_loses_a_notebook(course: Course, attempt: int) -> None:
    both = [start(course, "autograde", "--force", "--jobs", "2") for _ in range(2)]
    said = [running.communicate(timeout=300)[1] for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    everybody = [f"s{number:04}" for number in range(6)]
    assert autograded(course) == everybody
    assert sorted(fake.gradebook(course)) == everybody
    assert all("6 submissions, 6 graded now" in words for words in said)
    waited = [
        ("is at work on '00-tiny'" in words, str(other.pid) in words)
        for words, other in zip(said, both[::-1], strict=True)
    ]
    assert sorted(waited) == [(False, False), (True, True)]


def test_many_runs_at_once_come_one_after_the_other(course: Course) -> None:
    command = [sys.executable, "-m", "tests.engine.fake", str(course.root), "--wait"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen(command, cwd=HERE, text=True, **pipes) for _ in range(3)]
    for one in running:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=300)[0] for one in running]
    assert [(one.returncode, words) for one, words in zip(running, said, strict=True)] == [(0, "")] * 3
    assert autograded(course) == [f"s{number:04}" for number in range(6)]
    assert fake.notebooks_and_journal_agree(course)


@contextmanager
def endless_run(course: Course) -> Iterator["subprocess.Popen[str]"]:
    """A run that has graded somebody, and comes to no end."""
    endless = {**tiny.RIGHT, "half": "def half(x):\n    import time\n    time.sleep(3600)"}
    tiny.hand_in(course.root, "s0005", tiny.answered(course.root, endless))
    with start(course, "autograde", "--jobs", "1", "--seconds", "3600") as running:
        try:
            wait_until(lambda: journal_lines(course) >= 1)
            yield running
        finally:
            running.kill()


@pytest.fixture
def at_it(course: Course) -> Iterator["subprocess.Popen[str]"]:
    with endless_run(course) as running:
        yield running


@pytest.fixture(scope="module")
def busy(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, "subprocess.Popen[str]"]]:
    """A course and a run that is at work on it, for tests that leave both alone."""
    course = open_course(Path(shutil.copytree(handed_in, tmp_path_factory.mktemp("busy") / "course")))
    with endless_run(course) as running:
        yield course, running
        assert running.poll() is None


def hand_in_something_that_ends(course: Course) -> None:
    tiny.hand_in(course.root, "s0005", tiny.answered(course.root, tiny.RIGHT))


def test_after_kill_9_the_one_that_waits_goes_on_at_once(course: Course, at_it: "subprocess.Popen[str]") -> None:
    with start(course, "autograde", "--jobs", "1", "--seconds", "3600") as second:
        line = line_with(second, "this waits until that has ended")
        assert f"process {at_it.pid} on {socket.gethostname()}, since 20" in line
        hand_in_something_that_ends(course)
        graded = journal_lines(course)
        at_it.send_signal(signal.SIGKILL)
        assert f"6 submissions, {6 - graded} graded now, {graded} unchanged" in line_with(second, "submissions,")
        assert second.wait(60) == 0
    assert autograded(course) == sorted(fake.gradebook(course)) == [f"s{number:04}" for number in range(6)]


def test_a_run_that_begins_right_after_kill_9_finds_no_lock(course: Course, at_it: "subprocess.Popen[str]") -> None:
    family = psutil.Process(at_it.pid).children(recursive=True)
    assert len(family) >= 3  # a fork server, what forks the workers, a worker
    frozen = [process for process in family if "grading.sandbox" not in " ".join(process.cmdline())]
    for process in frozen:
        process.suspend()  # so that they are there for certain when the grader is not
    try:
        at_it.send_signal(signal.SIGKILL)
        at_it.wait()
        hand_in_something_that_ends(course)
        assert not at_work(course, tiny.LESSON)
        fake.grade(course)
        assert all(process.is_running() for process in frozen)
    finally:
        for process in frozen:
            process.resume()
    assert autograded(course) == [f"s{number:04}" for number in range(6)]


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="descriptors of other processes are seen on Linux only"
)
def test_no_process_of_a_run_has_its_lock_but_the_grader(busy: tuple[Course, "subprocess.Popen[str]"]) -> None:
    _, at_it = busy

    def has(process: int) -> bool:
        links = [os.readlink(path) for path in Path(f"/proc/{process}/fd").iterdir() if path.is_symlink()]
        return any(link.endswith(f"{tiny.LESSON}.lock") for link in links)

    assert has(at_it.pid)
    assert not [one.pid for one in psutil.Process(at_it.pid).children(recursive=True) if has(one.pid)]


def test_who_does_not_want_to_wait_is_told_who_is_at_work(
    busy: tuple[Course, "subprocess.Popen[str]"], capfd: pytest.CaptureFixture[str]
) -> None:
    course, at_it = busy
    for command in ("autograde", "feedback"):
        assert main([command, tiny.LESSON, "--course", str(course.root), "--no-wait"]) == 1
        said = capfd.readouterr().err
        assert f"{command}: `autograde` of " in said
        assert f"process {at_it.pid} on " in said
        assert "is at work on '00-tiny'; run this again when that has ended" in said
    with pytest.raises(Busy):
        grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))
    with pytest.raises(Busy):
        make_feedback(course, tiny.LESSON)


def test_ctrl_c_ends_the_waiting_without_a_traceback(busy: tuple[Course, "subprocess.Popen[str]"]) -> None:
    for command in ("autograde", "feedback"):
        with start(busy[0], command) as waiting:
            line_with(waiting, "this waits until that has ended, or until Ctrl-C")
            waiting.send_signal(signal.SIGINT)
            _, said = waiting.communicate(timeout=60)
        assert (waiting.returncode, said.strip()) == (130, f"{command}: interrupted")


def test_a_report_is_of_what_is_done_so_far_and_says_so(
    busy: tuple[Course, "subprocess.Popen[str]"], course: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", tiny.LESSON, "--course", str(busy[0].root)]) == 0
    assert "This is what is done so far: `autograde` of " in capfd.readouterr().out
    fake.grade(course)
    assert main(["report", tiny.LESSON, "--course", str(course.root)]) == 0
    assert "so far" not in capfd.readouterr().out


def test_another_lesson_and_another_course_need_not_wait(course: Course, tmp_path: Path) -> None:
    other = open_course(tiny.write_course(tmp_path / "other"))
    with turn(course, tiny.LESSON, "autograde", None), turn(course, "01-other", "autograde", None):
        with turn(other, tiny.LESSON, "autograde", None):
            assert at_work(other, tiny.LESSON)
        assert not at_work(other, tiny.LESSON)


def test_a_misspelt_name_is_told_without_waiting(course: Course) -> None:
    with turn(course, tiny.LESSON, "autograde", None):
        with pytest.raises(CourseError, match="no '00-tiny' from s99"):
            grade_class(course, tiny.LESSON, Plan(students=["s99"]))
        with pytest.raises(CourseError, match="nobody"):
            make_feedback(course, "00-tyni")
    assert [path.name for path in course.own_files.iterdir()] == [f"{tiny.LESSON}.lock"]


def test_stock_nbgrader_and_our_command_exclude_each_other(course: Course, at_it: "subprocess.Popen[str]") -> None:
    (course.root / "nbgrader_config.py").write_text(GUARDED_CONFIG)
    before = autograded(course)
    for command in ("autograde", "generate_feedback"):
        words = [sys.executable, "-m", "nbgrader", command, tiny.LESSON, "--force"]
        done = subprocess.run(words, cwd=course.root, capture_output=True, text=True, timeout=300)
        assert done.returncode == 1
        assert f"process {at_it.pid} on " in done.stderr
        assert "is at work on '00-tiny'; run this again when that has ended" in done.stderr
        assert "Traceback" not in done.stderr
    assert set(before) <= set(autograded(course))
    at_it.kill()
    at_it.wait()
    hand_in_something_that_ends(course)
    nbgrader(course.root, "autograde", tiny.LESSON, "--force")
    nbgrader(course.root, "generate_feedback", tiny.LESSON)
    assert autograded(course) == [f"s{number:04}" for number in range(6)]
    assert not at_work(course, tiny.LESSON)


def test_our_command_waits_for_stock_nbgrader(course: Course) -> None:
    (course.root / "nbgrader_config.py").write_text(GUARDED_CONFIG)
    endless = {**tiny.RIGHT, "half": "def half(x):\n    import time\n    time.sleep(3600)"}
    tiny.hand_in(course.root, "s0005", tiny.answered(course.root, endless))
    command = [sys.executable, "-m", "nbgrader", "autograde", tiny.LESSON]
    with subprocess.Popen(command, cwd=course.root, stderr=subprocess.PIPE, text=True) as stock:
        line_with(stock, "Autograding")
        with pytest.raises(Busy, match=f"`nbgrader autograde` of .* \\(process {stock.pid} on .*\\) is at work"):
            grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))
        stock.kill()
        stock.communicate()
    hand_in_something_that_ends(course)
    fake.grade(course)
    assert autograded(course) == [f"s{number:04}" for number in range(6)]


def test_whoever_only_looks_keeps_nobody_from_work(course: Course) -> None:
    end, seen = threading.Event(), set()

    def look() -> None:
        while not end.is_set():
            seen.add(at_work(course, tiny.LESSON) != "")

    looking = [threading.Thread(target=look) for _ in range(3)]
    for one in looking:
        one.start()
    try:
        for _ in range(5):
            fake.grade(course)
    finally:
        end.set()
        for one in looking:
            one.join()
    assert True in seen
    assert autograded(course) == [f"s{number:04}" for number in range(6)]


def test_a_run_that_was_killed_waits_for_nobody(course: Course) -> None:
    assert int(run_fake(course.root, "--kills", "3").stdout) >= 1
    fake.grade(course)
    assert autograded(course) == [f"s{number:04}" for number in range(6)]

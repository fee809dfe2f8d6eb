"""A whole class: every student gets what is due, whatever the others handed in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.commands.autograde import Pace
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, NoSuchLesson, open_course
from grading.engine.gradebook.results import read_results
from grading.engine.problems import Problem
from grading.engine.underway import Graded
from tests.engine import tiny
from tests.engine.conftest import PLAN
from tests.waiting import wait_until

GradedClass = tuple[Course, dict[str, Graded]]

# student: points, problems told
EXPECTED: dict[str, tuple[float, list[str]]] = {
    "s01": (6.0, []),
    "s02": (0.0, []),
    "s03": (5.0, ["time-limit"]),
    "s04": (0.0, ["not-json"]),
    "s05": (6.0, ["renamed"]),
    "s06": (3.5, []),
    "s07": (4.0, []),
    "s08": (6.0, ["stored-output"]),
}


def gradebook_scores(course: Course) -> dict[str, float]:
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        return {found.student_id: found.score for found in gradebook.assignment_submissions(tiny.LESSON)}


@pytest.mark.parametrize("student", EXPECTED)
def test_the_gradebook_has_the_points_of(graded_class: GradedClass, student: str) -> None:
    assert gradebook_scores(graded_class[0])[student] == EXPECTED[student][0]


@pytest.mark.parametrize("student", EXPECTED)
def test_the_problems_are_told_of(graded_class: GradedClass, student: str) -> None:
    assert [problem.kind for problem in graded_class[1][student].problems] == EXPECTED[student][1]


def test_a_written_answer_waits_for_a_person_and_an_empty_one_does_not(graded_class: GradedClass) -> None:
    results = {result.student: result for result in read_results(graded_class[0], tiny.LESSON)}
    written = {student: result.cells[-1].earned for student, result in results.items()}
    assert written["s01"] is None
    assert written["s02"] == 0


def test_autograded_notebooks_are_where_nbgrader_looks_and_read_only(graded_class: GradedClass) -> None:
    folder = graded_class[0].folder("autograded", "s05", tiny.LESSON)
    notebook = folder / f"{tiny.LESSON}.ipynb"
    assert sorted(path.name for path in folder.iterdir()) == [notebook.name]
    assert notebook.stat().st_mode & 0o777 == 0o444
    assert "language_info" in json.loads(notebook.read_text())["metadata"]


def test_the_time_of_the_submission_is_recorded(graded_class: GradedClass) -> None:
    course = graded_class[0]
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        assert str(gradebook.find_submission(tiny.LESSON, "s01").timestamp) == "2026-11-01 10:00:00"
    assert (course.folder("autograded", "s01", tiny.LESSON) / "timestamp.txt").exists()


def test_nothing_is_run_twice_and_the_problems_are_told_again(graded_class: GradedClass) -> None:
    again = grade_class(graded_class[0], tiny.LESSON, PLAN)
    assert [graded.ran for graded in again] == [False] * len(EXPECTED)
    assert [[problem.kind for problem in graded.problems] for graded in again] == [e[1] for e in EXPECTED.values()]


def test_a_chosen_student_is_run_again_by_force(graded_class: GradedClass) -> None:
    plan = Plan(students=["s06"], force=True, jobs=1, limits=PLAN.limits)
    assert [(g.student, g.ran) for g in grade_class(graded_class[0], tiny.LESSON, plan)] == [("s06", True)]
    assert gradebook_scores(graded_class[0])["s06"] == 3.5


def test_a_student_who_did_not_hand_in_is_named(graded_class: GradedClass) -> None:
    with pytest.raises(NoSuchLesson, match="s99"):
        grade_class(graded_class[0], tiny.LESSON, Plan(students=["s99"]))


@pytest.fixture
def small_course(tmp_path: Path) -> Course:
    course = open_course(tiny.write_course(tmp_path))
    generate_assignment(course, tiny.LESSON)
    return course


def grade_command(course: Course, *words: str) -> int:
    return main(["autograde", tiny.LESSON, "--course", str(course.root), "--jobs", "1", *words])


def test_the_command_ends_with_0_if_all_is_well_and_grades_only_what_has_changed(
    small_course: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    tiny.hand_in(small_course.root, "s01", tiny.answered(small_course.root, tiny.RIGHT))
    assert grade_command(small_course) == 0
    assert "1 graded now, 0 unchanged" in capfd.readouterr().err
    assert grade_command(small_course) == 0
    assert "0 graded now, 1 unchanged" in capfd.readouterr().err
    tiny.hand_in(small_course.root, "s01", tiny.answered(small_course.root, {}))
    assert grade_command(small_course) == 0
    assert "1 graded now, 0 unchanged" in capfd.readouterr().err
    assert gradebook_scores(small_course) == {"s01": 0.0}


def test_the_command_ends_with_1_and_one_line_for_a_bad_file(
    small_course: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    tiny.hand_in(small_course.root, "s01", b"oops")
    assert grade_command(small_course) == 1
    lines = capfd.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("s01")] == [
        "s01: the file is not JSON, line 1: cut off or edited by hand?"
    ]


def test_the_command_says_what_to_do_when_the_lesson_is_not_generated(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    course = open_course(tiny.write_course(tmp_path))
    tiny.hand_in(course.root, "s01", b"oops")
    assert grade_command(course) == 1
    assert f"nbgrader generate_assignment {tiny.LESSON}" in capfd.readouterr().err


def test_the_command_says_so_when_nobody_handed_in(small_course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    assert grade_command(small_course) == 1
    assert "nobody handed in" in capfd.readouterr().err


def test_a_deleted_gradebook_is_filled_again(small_course: Course) -> None:
    tiny.hand_in(small_course.root, "s01", b"oops")
    plan = Plan(jobs=1)
    assert grade_class(small_course, tiny.LESSON, plan)[0].ran
    (small_course.root / "gradebook.db").unlink()
    generate_assignment(small_course, tiny.LESSON)
    assert grade_class(small_course, tiny.LESSON, plan)[0].ran
    assert not grade_class(small_course, tiny.LESSON, plan)[0].ran


def test_a_preprocessor_of_the_configuration_that_fails_costs_one_submission(tmp_path: Path) -> None:
    broken = "\nc.Autograde.autograde_preprocessors.append('tests.engine.failing.Failing')\n"
    course = open_course(tiny.write_course(tmp_path, tiny.ENGINE_CONFIG + broken))
    generate_assignment(course, tiny.LESSON)
    for student in ("s01", "s02"):
        tiny.hand_in(course.root, student, tiny.answered(course.root, tiny.RIGHT))
    told: list[Any] = grade_class(course, tiny.LESSON, Plan(jobs=2))
    assert [[p.kind for p in graded.problems] for graded in told] == [["grader-failure"], []]
    assert "out of order" in told[0].problems[0].sentence


def test_an_interrupted_run_leaves_no_process_behind_and_the_next_one_goes_on(small_course: Course) -> None:
    root = small_course.root
    tiny.hand_in(root, "s01", tiny.answered(root, tiny.RIGHT))
    # A process of the submission that can be found from outside: nothing that it could write is seen there.
    asleep = ["sleep", f"6{os.getpid()}"]
    tiny.hand_in(
        root, "s02", tiny.answered(root, {"half": f"def half(x):\n    __import__('subprocess').run({asleep!r})"})
    )
    command = [sys.executable, "-m", "grading", "autograde", tiny.LESSON, "--course", str(root), "--jobs", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        wait_until(lambda: is_running(asleep))
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.rstrip().endswith("autograde: interrupted")
    assert "Traceback" not in said
    wait_until(lambda: not is_running(asleep))
    tiny.hand_in(root, "s02", tiny.answered(root, {}))
    assert [(g.student, g.ran) for g in grade_class(small_course, tiny.LESSON, Plan(jobs=1))] == [
        ("s01", False),
        ("s02", True),
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it waits for processes that there are on Linux only")
@pytest.mark.parametrize("verdicts", [None, 0, 3, 7])
def test_ctrl_c_in_a_terminal_which_all_processes_hear_ends_without_a_traceback(
    small_course: Course, verdicts: int | None
) -> None:
    root = small_course.root
    for number in range(40):
        tiny.hand_in(root, f"s{number:02}", tiny.answered(root, tiny.RIGHT))
    command = [sys.executable, "-m", "grading", "autograde", tiny.LESSON, "--course", str(root), "--jobs", "2"]
    journal = small_course.own_files / f"{tiny.LESSON}.jsonl"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as running:
        if verdicts is None:
            wait_until(lambda: bool(psutil.Process(running.pid).children()))
        elif verdicts == 0:
            wait_until(lambda: is_running_below(running.pid, "grading.sandbox.forkserver.server", "forkserver"))
        else:
            wait_until(lambda: journal.exists() and len(journal.read_bytes().splitlines()) >= verdicts)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert said.strip().splitlines()[-1] == "autograde: interrupted"
    assert "Traceback" not in said
    graded = len(journal.read_bytes().splitlines()) if journal.exists() else 0
    assert sum(not one.ran for one in grade_class(small_course, tiny.LESSON, Plan(jobs=2))) == graded < 40


@pytest.mark.parametrize(
    "words", [["--jobs", "0"], ["--jobs", "-2"], ["--jobs", "two"], ["--seconds", "0"], ["--seconds", "nan"]]
)
def test_a_number_that_makes_no_sense_is_refused(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["autograde", tiny.LESSON, *words])
    assert ended.value.code == 2
    assert f"{words[1]!r} should be a" in capfd.readouterr().err


def is_running(command: list[str]) -> bool:
    return any(process.info["cmdline"] == command for process in psutil.process_iter(["cmdline"]))


def is_running_below(process: int, *words: str) -> bool:
    """Tell whether there is a process below this one for each of the words, with that word in its command line."""
    found = [one.info for one in psutil.process_iter(["ppid", "cmdline"])]
    lines = [" ".join(one["cmdline"] or ()) for one in found if one["ppid"] == process]
    return all(any(word in line for line in lines) for word in words)


def test_the_bar_says_how_fast_it_goes_and_how_many_had_a_problem() -> None:
    seconds = iter([0.0, 30.0])
    pace = Pace(lambda: next(seconds))
    for ran, problems in ((True, ()), (True, (Problem("renamed", "it was renamed"),)), (False, ())):
        pace.count(Graded("s01", ran, problems))
    assert str(pace) == "4 a minute, 1 with a problem"

"""Who got what, and which exercise went wrong how."""

from dataclasses import replace

import pytest

from grading.engine.gradebook.standings import Status
from grading.report.summary import Person, Standing, summarize
from tests.report.example import REDUCES, RESULTS, CellResult, StudentResult, relu, verdict

SUMMARY = summarize("02-activations", RESULTS)
ROWS = {student.student: student for student in SUMMARY.students}
EXERCISES = {exercise.name: exercise for exercise in SUMMARY.exercises}


@pytest.mark.parametrize(
    ("student", "standings", "earned"),
    [
        ("s01", [Standing.RIGHT, Standing.RIGHT, Standing.WAITING], 3.0),
        ("s02", [Standing.WRONG, Standing.PARTLY, Standing.WAITING], 1.5),
        ("s03", [Standing.WRONG, Standing.UNTOUCHED, Standing.WRONG], 0.0),
        ("s04", [Standing.RIGHT, Standing.WRONG, Standing.RIGHT], 2.0),
        ("s05", [Standing.ABSENT] * 3, 0.0),
        ("s06", [], 0.0),
        ("s07", [Standing.RIGHT, Standing.COURSE, Standing.WAITING], 2.5),
    ],
)
def test_the_row_of(student: str, standings: list[Standing], earned: float) -> None:
    assert [mark.standing for mark in ROWS[student].marks] == standings
    assert ROWS[student].earned == earned


def test_equal_mistakes_are_counted_together_and_explained_once() -> None:
    fault = EXERCISES["relu"].faults[0]
    assert (fault.name, fault.title, fault.advice) == (REDUCES["mistake"], REDUCES["title"], REDUCES["advice"])
    assert fault.students == ("s02", "s03")


def test_the_most_frequent_fault_comes_first() -> None:
    other = StudentResult("s08", (relu(0.0, "failed", title="a rare one."),))
    assert [len(f.students) for f in summarize("x", [other, *RESULTS]).exercises[0].faults] == [2, 1]


def test_a_cell_without_a_verdict_is_explained_by_its_error() -> None:
    titles = [fault.title for fault in EXERCISES["tanh"].faults]
    assert "TimeLimit: did not end in time" in titles


def test_a_file_that_could_not_be_read_is_no_fault_in_an_exercise() -> None:
    assert not any("s05" in fault.students for exercise in SUMMARY.exercises for fault in exercise.faults)


def test_the_mean_is_over_what_is_graded_and_who_could_be_read() -> None:
    # Of six, three wait with "why", and one check failed itself without points to come; s05 could not be read, s06 was not graded.
    numbers = SUMMARY.numbers
    assert numbers.left_out == ("why",)
    assert (numbers.points, numbers.students) == (3.0, 5)
    assert numbers.mean == pytest.approx((3.0 + 1.5 + 0 + 1.0 + 2.5) / 5)
    assert numbers.median == 1.5
    assert EXERCISES["relu"].mean == pytest.approx(3 / 5)
    assert SUMMARY.points == 4.0


def test_everybody_whom_the_gradebook_knows_is_there() -> None:
    people = {"s00": Person("Ada L"), "s01": Person("Alan T", Status.WAITING, late=3600.0)}
    summary = summarize("x", RESULTS, people=people)
    assert [student.student for student in summary.students] == ["s00", *(result.student for result in RESULTS)]
    assert (summary.students[0].status, summary.students[0].marks) == (Status.NOT_HANDED_IN, ())
    assert summary.count(Status.NOT_HANDED_IN) == 1
    assert summary.students[1].person == people["s01"]
    assert summary.numbers == SUMMARY.numbers


def test_the_mistakes_of_all_exercises_are_ordered_by_how_many_made_them() -> None:
    counts = [len(fault.students) for _, fault in SUMMARY.mistakes]
    assert counts == sorted(counts, reverse=True) and counts[0] == 2
    assert SUMMARY.mistakes[0][0].name == "relu"


@pytest.mark.parametrize(("count", "shown"), [(2, False), (3, True), (9, True)])
def test_an_example_is_shown_from_three_students_on(count: int, shown: bool) -> None:
    source = '# by Ada\ndef relu(X):\n    """My own."""\n    return torch.max(X, 0)  # Ada\n'
    cells = [replace(relu(0.0, "failed", **REDUCES), source=source) for _ in range(count)]
    summary = summarize("x", [StudentResult(f"s{number}", (one,)) for number, one in enumerate(cells)])
    (fault,) = summary.exercises[0].faults
    assert fault.example == ("def relu(X):\n    return torch.max(X, 0)" if shown else "")


def test_a_verdict_of_another_version_still_counts() -> None:
    old = relu(0.5, "failed")
    broken = {**(old.verdict or {}), "device": None, "seed": "?"}
    summary = summarize("x", [StudentResult("s01", (old.__class__("check-relu", 1.0, 0.5, broken),))])
    assert summary.students[0].marks[0].standing is Standing.PARTLY


def test_a_class_without_anybody_graded_has_a_summary() -> None:
    summary = summarize("x", [StudentResult("s01")])
    assert (summary.numbers.mean, summary.points, summary.exercises) == (None, 0, ())


def test_who_has_no_verdict_stands_in_the_same_row_as_the_others() -> None:
    name, cell = "MLPScratch.forward", "check-MLPScratch-forward"
    judged = CellResult(cell, 2.0, 2.0, verdict(name, "passed", 1.0, 2.0))
    without = [
        CellResult(cell, 2.0, 0.0, present=False),
        CellResult(cell, 2.0, 0.0, error="TimeLimit: did not end"),
        CellResult(cell, 2.0, None),
        CellResult(cell, 2.0, 2.0),
        CellResult(cell, 2.0, 0.0, error="NotImplementedError"),
    ]
    results = [StudentResult(f"s{number}", (one,)) for number, one in enumerate([without[0], judged, *without[1:]])]
    assert [(exercise.name, sum(exercise.standings.values())) for exercise in summarize("x", results).exercises] == [
        (name, 6)
    ]

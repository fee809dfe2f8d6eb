"""A written answer beside the cell meant for it reaches the person who grades it; an untouched one is said to be untouched."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import open_course
from grading.engine.gradebook.results import read_results
from grading.engine.intake.notebook_file import read_notebook
from grading.engine.limits import Limits
from grading.report.summary import Standing, summarize
from tests.engine import tiny
from tests.engine.fake import FakePool
from tests.engine.intake.test_intake import TEMPLATE, cells, kinds, read

STUB = "Because."  # what the template has in the cell for the written answer
PROSE = "The next section."
LESSON = replace(TEMPLATE, text=("The question?", PROSE, "plot()", *(cell.source for cell in TEMPLATE.cells)))


def own(text: str, kind: str = "markdown", **more: Any) -> dict[str, Any]:
    return {**tiny.cell(kind, text), "id": f"own-{len(text)}", **more}


def written(before: list[Any], after: list[Any], why: str = STUB) -> tuple[str, list[str], list[str]]:
    """Return the answer, the student's own cells, and what was told, of a submission with cells around its written answer."""
    answer, check, question = cells(why=why)
    notebook = tiny.notebook([answer, check, own("The question?"), *before, question, *after])
    intake = read_notebook(json.dumps(notebook).encode(), LESSON, Limits())
    assert intake.notebook is not None
    found = {one["metadata"]["nbgrader"]["grade_id"]: one for one in intake.notebook["cells"] if one["metadata"]}
    mine = [
        one["source"] for one in intake.notebook["cells"] if not one["metadata"] and one["source"] not in LESSON.text
    ]
    return found["why"]["source"], mine, kinds(intake)


ELSEWHERE: list[tuple[list[Any], list[Any], str]] = [
    ([], [own("My answer.")], "My answer."),
    ([], [own("My answer."), own(PROSE)], "My answer."),
    ([], [own(""), own("My answer.")], "My answer."),
    ([], [own("One."), own("Two.")], "One.\n\nTwo."),
    ([], [own("My answer.", "raw")], "My answer."),
    ([], [own("My\r\nanswer.")], "My\nanswer."),
    ([own("My answer.")], [], "My answer."),
    ([own("My answer.")], [own(PROSE), own("A note.")], "My answer."),
]


@pytest.mark.parametrize(("before", "after", "answer"), ELSEWHERE)
@pytest.mark.parametrize("why", [STUB, "", f" {STUB}\r\n"])
def test_an_answer_in_a_new_cell_is_put_into_its_own_and_told(
    before: list[Any], after: list[Any], answer: str, why: str
) -> None:
    found, mine, told = written(before, after, why)
    assert (found, told) == (answer, ["written-elsewhere"])
    assert [text for text in mine if text] == (["A note."] if any(one["source"] == "A note." for one in after) else [])


@pytest.mark.parametrize("text", ["My answer is this.", "# My answer.", '"""My answer."""'])
def test_text_in_a_new_code_cell_is_an_answer_too_and_the_cell_stays(text: str) -> None:
    assert written([], [own(text, "code")]) == (text, [text], ["written-elsewhere"])


NOT_AN_ANSWER: list[tuple[list[Any], list[Any]]] = [
    ([], []),
    ([], [own(PROSE)]),
    ([], [own(PROSE), own("A note.")]),
    ([], [own("")]),
    ([], [own("plot()", "code"), own("A note.")]),
    ([], [own("y = 1", "code"), own("A note.")]),
    ([own("A note."), own("The question?")], []),
]


@pytest.mark.parametrize(("before", "after"), NOT_AN_ANSWER)
def test_the_lessons_own_text_and_what_is_further_away_is_no_answer(before: list[Any], after: list[Any]) -> None:
    found, _, told = written(before, after)
    assert (found, told) == (STUB, [])


def test_an_answer_in_its_own_cell_stays_alone() -> None:
    assert written([], [own("A note.")], why="Mine.") == ("Mine.", ["A note."], [])


def test_where_the_text_of_the_lesson_is_not_known_nothing_is_put_anywhere() -> None:
    intake = read(tiny.notebook([*cells(why=STUB), own("My answer.")]))
    assert intake.problems == ()


def test_pictures_come_along() -> None:
    pasted = {"a.png": {"image/png": "aGk="}}
    intake = read(tiny.notebook([*cells(why=STUB), own("![](attachment:a.png)", attachments=pasted)]), LESSON)
    assert intake.notebook is not None
    assert intake.notebook["cells"][2]["attachments"] == pasted


def test_a_person_is_asked_for_such_an_answer_and_an_untouched_one_is_not_wrong(tmp_path: Path) -> None:
    course = open_course(tiny.write_course(tmp_path / "course"))
    generate_assignment(course, tiny.LESSON)
    answers = {name: source for name, source in tiny.RIGHT.items() if name != "written"}
    untouched, elsewhere = (tiny.answered(course.root, answers) for _ in range(2))
    elsewhere["cells"].append({**own("Because it is so."), "id": "new"})
    tiny.hand_in(course.root, "blank", untouched)
    tiny.hand_in(course.root, "elsewhere", elsewhere)
    tiny.hand_in(course.root, "right", tiny.answered(course.root, tiny.RIGHT))
    told = {one.student: one.problems for one in grade_class(course, tiny.LESSON, Plan(pool=FakePool))}
    assert [problem.kind for problem in told["elsewhere"]] == ["written-elsewhere"]
    assert told["blank"] == told["right"] == ()
    summary = summarize(tiny.LESSON, read_results(course, tiny.LESSON))
    standings = {one.student: one.marks[-1].standing for one in summary.students}
    assert standings == {"blank": Standing.UNTOUCHED, "elsewhere": Standing.WAITING, "right": Standing.WAITING}

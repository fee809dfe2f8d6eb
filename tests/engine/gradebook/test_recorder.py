"""What we write for many students at once is what nbgrader's own preprocessors write for one at a time."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode, from_dict
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from sqlalchemy import Engine, event, text

from grading.cells import VERDICT_MIME
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.gradebook import recorder as recorders
from grading.engine.gradebook.preprocessor_plan import DONE_BY_INTAKE
from grading.engine.gradebook.recorder import Prepared, Recorder
from grading.engine.intake.submission import Submission, clean
from grading.engine.limits import DEFAULT_LIMITS
from tests.engine import fake, tiny

LATE = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
DUE = "2026-11-01 12:00:00 UTC"


def result(value: str, **more: Any) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "data": {"text/plain": value, **more},
        "metadata": {},
        "execution_count": 1,
    }


def stream(name: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": "old"}


ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["x"] * 300}
FAILED_CHECK = {VERDICT_MIME: {"outcome": "error in the check"}}
# By student: the outputs of the check of double, the timestamp, the answers; None: no notebook.
STUDENTS: dict[str, tuple[list[Any], str, dict[str, str] | None]] = {
    "s01": ([result("2.0")], "", tiny.RIGHT),
    "s02": ([result("0.5")], "2026-11-01 11:59:00 UTC", {}),
    "s03": ([ERROR], "2026-11-01 12:01:00 UTC", tiny.RIGHT),
    "s04": ([], "2026-11-03 09:00:00 UTC", tiny.RIGHT),
    "s05": ([stream("stderr")], "not a time", tiny.RIGHT),
    "s06": ([stream("stdout"), result("1.25")], "", {"double": "x"}),
    "s07": ([result("-1")], "", tiny.RIGHT),
    "s08": ([result("1.0", **FAILED_CHECK)], "", tiny.RIGHT),
    "s09": ([], "2026-11-05 09:00:00 UTC", None),
    "s10": ([{"output_type": "stream", "name": "stdout", "text": "line\n" * 3000}], "", tiny.RIGHT),
}


def course_at(root: Path) -> Course:
    course = open_course(tiny.write_course(root, tiny.ENGINE_CONFIG + LATE))
    generate_assignment(course, tiny.LESSON)
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_assignment(tiny.LESSON, duedate=DUE)
    return course


def executed(course: Course, recorder: Recorder, student: str) -> dict[str, NotebookNode]:
    outputs, _, answers = STUDENTS[student]
    if answers is None:
        return {}
    content = json.dumps(tiny.answered(course.root, answers)).encode()
    submission = Submission(student, {tiny.LESSON: content})
    notebook = clean(submission, recorder.templates(), frozenset(), DEFAULT_LIMITS).notebooks[tiny.LESSON]
    check = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "check-double")
    check.outputs = from_dict(copy.deepcopy(outputs))
    return {tiny.LESSON: notebook}


def record_class(course: Course, in_bulk: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if not in_bulk:
            patch.setattr(recorders, "can_be_done_in_bulk", lambda _: False)
        made = Recorder(course, tiny.LESSON)
    with made as recorder:
        recorder.templates()
        batch = []
        for student, (_, stamp, _) in STUDENTS.items():
            files = {"timestamp.txt": stamp.encode()} if stamp else {}
            prepared = recorder.prepare(student, executed(course, recorder, student), files)
            assert isinstance(prepared, Prepared)
            batch.append(prepared)
        assert recorder.commit(batch) == {}


def files_of(course: Course) -> dict[str, bytes]:
    root = course.root / "autograded"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, Course]]:
    courses = course_at(tmp_path_factory.mktemp("bulk")), course_at(tmp_path_factory.mktemp("stock"))
    record_class(courses[0], in_bulk=True)
    record_class(courses[1], in_bulk=False)
    yield courses


def test_the_gradebook_is_the_same_as_through_nbgrader(both: tuple[Course, Course]) -> None:
    ours, stock = map(fake.gradebook, both)
    assert ours == stock
    assert ours["s04"]["notebooks"][tiny.LESSON]["penalty"] == 6.0
    assert {student: found["score"] for student, found in ours.items()}["s08"] == 5.0


def test_the_autograded_folders_are_the_same_as_through_nbgrader(both: tuple[Course, Course]) -> None:
    ours, stock = map(files_of, both)
    assert ours == stock


def test_recording_again_keeps_what_a_person_has_given(both: tuple[Course, Course]) -> None:
    for course in both:
        with Gradebook(course.database, course.directories.course_id) as gradebook:
            grade = gradebook.find_grade("check-double", tiny.LESSON, tiny.LESSON, "s01")
            grade.manual_score, grade.extra_credit = 0.25, 0.5
            gradebook.find_comment("half", tiny.LESSON, tiny.LESSON, "s01").manual_comment = "Well done."
            gradebook.db.commit()
    record_class(both[0], in_bulk=True)
    record_class(both[1], in_bulk=False)
    ours, stock = map(fake.gradebook, both)
    assert ours == stock
    assert ours["s01"]["notebooks"][tiny.LESSON]["grades"]["check-double"] == (2.0, 0.25, 0.5, True)


def test_a_clean_notebook_passes_nbgraders_own_preparation_unchanged(both: tuple[Course, Course]) -> None:
    course = both[0]
    with Recorder(course, tiny.LESSON) as recorder:
        found = executed(course, recorder, "s02")[tiny.LESSON]
        for cell in found.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        before = copy.deepcopy(found)
        names = {"student": "s02", "assignment": tiny.LESSON, "notebook": tiny.LESSON, "db_url": course.database}
        resources = {"unique_key": tiny.LESSON, "output_files_dir": f"{tiny.LESSON}_files", "nbgrader": names}
        for preprocessor in sorted(DONE_BY_INTAKE, key=lambda found: found.__name__):
            nbgraders_own = preprocessor(parent=Autograde(coursedir=course.directories, config=course.config))
            after, _ = nbgraders_own.preprocess(copy.deepcopy(found), copy.deepcopy(resources))
            assert after == before, preprocessor


def test_no_table_is_read_through_to_find_one_student(tmp_path: Path) -> None:
    course = fake.write_class(tmp_path / "course", 3)
    fake.grade(course)
    said: list[tuple[str, Any]] = []
    with Recorder(course, tiny.LESSON) as recorder:
        recorder.templates()

        def note(_: Any, cursor: Any, sql: str, values: Any, *more: Any) -> None:
            said.append((sql, values))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            prepared = recorder.prepare("s0001", {}, {})
            assert isinstance(prepared, Prepared)
            assert recorder.commit([prepared]) == {}
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        queries = [(sql, values) for sql, values in said if sql.startswith("SELECT")]
        assert len(queries) >= 4
        with Gradebook(course.database) as gradebook, gradebook.engine.connect() as connection:
            plans = [
                str(row)
                for sql, values in queries
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]
    tables = ("grade", "comment", "student", "submitted_assignment", "submitted_notebook")
    assert not [plan for plan in plans if any(f"SCAN {table}" in plan for table in tables)]


def test_one_student_that_cannot_be_written_does_not_keep_the_others(tmp_path: Path) -> None:
    course = course_at(tmp_path / "course")
    with Recorder(course, tiny.LESSON) as recorder:
        recorder.templates()
        batch = [recorder.prepare(student, {}, {}) for student in ("s01", "\udc80", "s02")]
        assert all(isinstance(prepared, Prepared) for prepared in batch)
        assert recorder.commit([found for found in batch if isinstance(found, Prepared)]).keys() == {"\udc80"}
    assert fake.gradebook(course).keys() == {"s01", "s02"}


def test_the_journal_mode_of_the_gradebook_is_as_before(tmp_path: Path) -> None:
    course = course_at(tmp_path / "course")
    with Recorder(course, tiny.LESSON) as recorder:
        recorder.templates()
        assert journal_mode(course) == "wal"
    assert journal_mode(course) == "delete"


def journal_mode(course: Course) -> Any:
    with Gradebook(course.database) as gradebook:
        return gradebook.db.execute(text("PRAGMA journal_mode")).scalar()

"""A class is read from the exports of Canvas, Moodle and Brightspace, and written without touching anybody's points."""

from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.engine.course import Course, open_course
from grading.engine.database import quiet_database
from grading.engine.gradebook.students import Student, read_students, write_roster
from grading.lms.roster import Roster, roster_in
from grading.lms.table import BadTable, read_table
from tests.engine import tiny
from tests.lms import samples

ADA = Student("ada", "Ada", "Lovelace", "", "101")
MAIL = "ada@uni.example"


def read(text: str, folder: Path, column: str = "", known: tuple[Student, ...] = ()) -> Roster:
    path = folder / "class.csv"
    path.write_text(text, encoding="utf-8")
    return roster_in(read_table(path), column, known)


@pytest.mark.parametrize(
    ("text", "system", "column", "first", "count"),
    [
        (samples.CANVAS, "Canvas", "SIS Login ID", ADA, 4),
        (samples.CANVAS_TWO_NAMES, "Canvas", "SIS Login ID", ADA, 1),
        (samples.CANVAS_PEOPLE, "Canvas", "Student SIS ID", replace(ADA, id="0012345", email=MAIL), 1),
        (samples.MOODLE, "Moodle", "ID number", Student("0012345", "Ada", "Lovelace", MAIL, "0012345"), 3),
        (samples.MOODLE_GERMAN, "Moodle", "Anmeldename", Student("ada", "Ada", "Lovelace", MAIL, "0012345"), 1),
        (samples.MOODLE_WORKSHEET, "Moodle", "ID number", Student("0012345", "Ada", "Lovelace", MAIL, "0012345"), 3),
        (samples.BRIGHTSPACE, "Brightspace", "Username", Student("ada", "Ada", "Lovelace", MAIL, "0012345"), 2),
        (samples.BRIGHTSPACE_CLASSLIST, "Brightspace", "Username", Student("ada", "Ada", "Lovelace", "", "0012345"), 2),
        (samples.PLAIN, "plain", "id", replace(ADA, email=MAIL), 1),
        ("id\nada\n", "plain", "id", Student("ada"), 1),
        ("Username\nada\n", "plain", "Username", Student("ada"), 1),
    ],
)
def test_each_form_of_a_roster_is_read(
    text: str, system: str, column: str, first: Student, count: int, tmp_path: Path
) -> None:
    roster = read(text, tmp_path)
    assert (roster.system, roster.column, roster.students[0], len(roster.students)) == (system, column, first, count)


def test_names_keep_their_quotes_commas_and_umlauts(tmp_path: Path) -> None:
    names = [student.name for student in read(samples.CANVAS, tmp_path).students]
    assert names == ["Ada Lovelace", '"Amazing" Grace Hopper', "Jörg Müller", "Emmy Noether"]


def test_the_ids_may_be_those_of_another_column(tmp_path: Path) -> None:
    ids = [student.id for student in read(samples.CANVAS, tmp_path, "sis user id").students]
    assert ids == ["0012345", "0012346", "0012347", "0012348"]
    with pytest.raises(
        BadTable, match="has no column Matricola; name the one with the students' ids by --id; there are: Student"
    ):
        read(samples.CANVAS, tmp_path, "Matricola")


HEAD = "id,first_name,last_name,role\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (",Ada,Lovelace,\n", "line 2: Ada Lovelace has nothing under id; left out"),
        ("a/b,Ada,,\n", "line 2: 'a/b' cannot be the name of a student's folder; left out"),
        ("..,Ada,,\n", "line 2: '..' cannot be the name of a student's folder; left out"),
        (".hidden,Ada,,\n", "line 2: '.hidden' cannot be the name of a student's folder; left out"),
        ('"a\nb",Ada,,\n', "line 3: 'a?b' cannot be the name of a student's folder; left out"),
        ("*,Ada,,\n", "line 2: '*' cannot be the name of a student's folder; left out"),
        (
            "1.23457E+11,Ada,,\n",
            "line 2: '1.23457E+11' is what a spreadsheet made of a longer number, export the file again; left out",
        ),
        ("ada,Ada,,\nada,Grace,,\n", "line 3: 'ada' is there a second time with something else beside it; left out"),
        ("ada,Ada,,\nADA,Ada,,\n", "line 3: 'ADA' may be 'ada', which is known already; left out"),
        ("7,Ada,,\n", "line 2: '7' may be '007', which is known already; left out"),
        ("prof,Paul,Prof,Teacher\n", "line 2: prof is not a student but Teacher; left out"),
        (f"{'x' * 129},Ada,,\n", f"line 2: '{'x' * 79}…' has more than 128 characters in a cell; left out"),
    ],
)
def test_a_row_that_names_no_student_is_told(rows: str, said: str, tmp_path: Path) -> None:
    roster = read(HEAD + rows, tmp_path, known=(Student("007"),))
    assert roster.left_out == (said,)
    assert len(roster.students) == rows.count("\n") - 1 - ('"' in rows)


@pytest.mark.parametrize("role", ["Student", "Teaching assistant, Student", "", "Teilnehmer/in", "Hörer"])
def test_who_may_be_a_student_is_one(role: str, tmp_path: Path) -> None:
    assert [student.id for student in read(f'{HEAD}ada,Ada,,"{role}"\n', tmp_path).students] == ["ada"]


def test_a_row_that_is_there_twice_is_one_student(tmp_path: Path) -> None:
    roster = read(f"{HEAD}ada,Ada,,\nada,Ada,,\n", tmp_path)
    assert (len(roster.students), roster.left_out) == (1, ())


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(tiny.write_course(tmp_path / "course"))


def test_a_roster_makes_and_changes_students_and_removes_nobody(course: Course) -> None:
    before = [Student("ada", "A.", "Lovelace", MAIL, ""), Student("gone"), Student("same", "S")]
    write_roster(course, before)
    found = write_roster(course, [Student("ada", "Ada", "", "", "101"), Student("new"), Student("same", "S")])
    assert [student.id for student in found.new] == ["new"]
    assert found.changed == (Student("ada", "Ada", "Lovelace", MAIL, "101"),)
    assert found.gone == (Student("gone"),)
    assert read_students(course) == [found.changed[0], Student("gone"), Student("new"), Student("same", "S")]


def test_points_and_submissions_stay_as_they_are(course: Course) -> None:
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.add_assignment("00")
        gradebook.add_notebook("one", "00")
        gradebook.add_grade_cell("cell", "one", "00", max_score=2, cell_type="code")
        gradebook.add_student("ada")
        gradebook.add_submission("00", "ada", timestamp="2026-11-01 10:00:00 UTC")
        grade = gradebook.find_grade("cell", "one", "00", "ada")
        grade.auto_score, grade.manual_score = 1.0, 2.0
        gradebook.db.commit()
    write_roster(course, [ADA, Student("grace")])
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        assert gradebook.find_submission("00", "ada").score == 2.0
        assert gradebook.find_student("ada").lms_user_id == "101"


def test_the_command_says_who_is_new_changed_and_gone(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_roster(course, [Student("ada", "Augusta"), Student("old")])
    path = tmp_path / "canvas.csv"
    path.write_text(samples.CANVAS, encoding="utf-16")
    words = ["roster", str(path), "--course", str(course.root)]
    counts = "3 new, 1 changed, 0 as they were, 1 gone"
    assert main([*words, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"4 students, their ids from 'SIS Login ID' (Canvas): nothing was written; it would be {counts}\n"
    )
    assert [student.first_name for student in read_students(course)] == ["Augusta", ""]
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"4 students, their ids from 'SIS Login ID' (Canvas): {counts}",
        "In the gradebook and not in the file, and left there: old",
    ]
    assert main(words) == 0
    assert "0 new, 0 changed, 4 as they were, 1 gone" in capsys.readouterr().out


def test_the_command_ends_with_3_if_a_row_was_left_out_and_with_1_if_there_is_no_file(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "class.csv"
    path.write_text(f"{HEAD},\x1b[31mEve,,\nada,Ada,,\n", encoding="utf-8")
    assert main(["roster", str(path), "--course", str(course.root)]) == 3
    assert capsys.readouterr().err == f"{path}, line 2: ?[31mEve has nothing under id; left out\n"
    assert [student.id for student in read_students(course)] == ["ada"]
    assert main(["roster", str(tmp_path / "none.csv"), "--course", str(course.root)]) == 1
    assert capsys.readouterr().err == f"roster: there is no file {tmp_path / 'none.csv'}\n"


def test_no_gradebook_is_made_where_there_is_no_course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "class.csv"
    path.write_text(samples.PLAIN, encoding="utf-8")
    assert main(["roster", str(path), "--course", str(tmp_path)]) == 1
    assert "is not the folder of a course" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["class.csv"]

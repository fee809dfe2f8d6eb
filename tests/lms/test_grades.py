"""The points of a class go where they belong, to everybody by their own ids, and what is not known stays empty."""

from pathlib import Path

import pytest

from grading.__main__ import main
from grading.engine.course import Course
from grading.engine.gradebook.students import Student, write_roster
from tests.lms import samples, school
from tests.lms.exported import TINY_BRIGHTSPACE, TINY_CANVAS, TINY_WORKSHEET, export, table, write


def test_the_plain_table_has_points_and_status_of_everybody(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    rows = export(course, "--for", "csv")
    assert rows[0] == [
        "student_id", "last_name", "first_name", "email", "lms_user_id",
        "00-tiny", "00-tiny status", "00-tiny late penalty",
    ]  # fmt: skip
    assert [(row[0], *row[5:]) for row in rows[1:]] == [
        ("ada", "7", "graded", ""),
        ("emmy", "", "not handed in", ""),
        ("grace", "", "waiting for a person", ""),
        ("joerg", "0", "graded, late", ""),
    ]
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "00-tiny: 2 graded, 1 not handed in, 1 waiting for a person"
    assert out[1].startswith("Written: ")


def test_each_exercise_has_a_row_in_another_table(course: Course) -> None:
    export(course, "--for", "csv", "00", "--exercises", str(course.root / "deep" / "exercises.csv"))
    rows = table(course.root / "deep" / "exercises.csv")
    assert rows[0] == ["student_id", "lesson", "exercise", "points", "worth", "status"]
    assert len(rows) == 1 + 4 * 4
    assert ["grace", "00-tiny", "double", "2", "2", "waiting for a person"] in rows
    assert ["grace", "00-tiny", "written", "", "1", "waiting for a person"] in rows
    assert ["emmy", "00-tiny", "double", "", "2", "not handed in"] in rows


def test_somebody_who_is_in_no_roster_has_a_row(course: Course) -> None:
    (course.root / "submitted" / "zuse" / "00-tiny").mkdir(parents=True)
    assert export(course, "--for", "csv")[-1] == ["zuse", "", "", "", "", "", "not graded yet", ""]


def test_without_an_output_the_table_lies_among_the_reports(course: Course) -> None:
    assert main(["grades", "--for", "csv", "--course", str(course.root)]) == 0
    assert (course.root / "reports" / "grades-csv.csv").is_file()


def test_a_name_is_never_a_formula(course: Course) -> None:
    write_roster(course, [Student("ada", "=cmd|' /C calc'!A0", "@SUM(A1)", "+49@uni.example")])
    assert export(course, "--for", "csv")[1][1:4] == ["'@SUM(A1)", "'=cmd|' /C calc'!A0", "'+49@uni.example"]


def test_canvas_gets_its_own_rows_with_the_points_in_them(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, TINY_CANVAS)
    rows = export(course, "--for", "canvas", "--canvas-export", str(path))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "00 Tiny (4711)"],
        ["", "", "", "", "", ""],
        ["    Points Possible", "", "", "", "", "7"],
        ["Lovelace, Ada", "101", "0012345", "ada", "Group 1", "7"],
        ['Hopper, "Amazing" Grace', "102", "0012346", "grace", "Group 1 and Group 2", "3"],
        ["Müller, Jörg", "103", "0012347", "joerg", "Group 2", "0"],
        ["Noether, Emmy", "104", "0012348", "emmy", "Group 2", ""],
        ["Student, Test", "199", "", "0f3e2d1c", "Group 1", ""],
    ]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_canvas_may_have_been_through_a_spreadsheet(encoding: str, course: Course, tmp_path: Path) -> None:
    semicolons = TINY_CANVAS.replace(",", ";").replace("Lovelace;", "Lovelace,").replace("Müller;", "Müller,")
    path = write(tmp_path, semicolons, encoding=encoding)
    target = tmp_path / "out.csv"
    words = ["grades", "--for", "canvas", "--canvas-export", str(path), "--output", str(target)]
    assert main([*words, "--course", str(course.root)]) == 0
    assert table(target, ";")[5] == ["Müller, Jörg", "103", "0012347", "joerg", "Group 2", "0"]


def test_a_column_of_canvas_may_have_any_title(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, TINY_CANVAS.replace("00 Tiny", "Quiz (Week 1)"))
    words = ("--for", "canvas", "--canvas-export", str(path), "--column")
    for title in ("00=Quiz (Week 1)", "00-tiny=quiz (week 1) (4711)", "0= Quiz (Week 1) "):
        assert export(course, *words, title)[3][5] == "7"


def test_somebody_who_is_excused_stays_so(course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, TINY_CANVAS)
    rows = export(course, "--for", "canvas", "--canvas-export", str(path), "--column", "00=Homework 3")
    assert rows[5][5] == "EX"
    assert capsys.readouterr().err.splitlines() == [
        "joerg (Jörg Müller) is excused from 00-tiny and stays so",
        "00-tiny is worth 7 points here and 10 there; the points are written as they are: change what it is worth in the LMS",
    ]


@pytest.mark.parametrize(
    ("before", "after", "status", "said"),
    [
        # Nobody is found by a name; but the nearest is told.
        (
            "101,0012345,ada,",
            "999,0099999,lovelace,",
            3,
            "ada (Ada Lovelace) is nobody in the file; the nearest is Lovelace, Ada (",
        ),
        (
            "101,0012345,ada,",
            "999,0099999,lovelace,",
            3,
            "Lovelace, Ada (lovelace, 0099999, 999) is nobody in the gradebook; the nearest is ada (Ada Lovelace)",
        ),
        # Two students in one row, or one student in two rows, get nothing.
        ("101,0012345,ada,", "102,0012345,ada,", 3, "may be ada (Ada Lovelace) or grace (Grace Hopper)"),
        ("104,0012348,emmy,", "101,0012345,emmy2,", 3, "is ada (Ada Lovelace), and so is another line with other ids"),
        # Capital letters are no difference, and one of the ids is enough.
        ("101,0012345,ada,", "101,,,", 0, ""),
        ("101,0012345,ada,", "999,0012345,ADA,", 0, ""),
        ("101,0012345,ada,", "999,ada,ada@uni.example,", 0, ""),
        # Whoever has no points needs no row.
        ('"Noether, Emmy",104,0012348,emmy,Group 2,,,,\n', "", 0, "emmy (Emmy Noether) is nobody in the file"),
        ('Ada"', 'Bob"', 0, ""),
    ],
)
def test_points_reach_whom_they_belong_to_or_nobody(
    before: str, after: str, status: int, said: str, course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert before in TINY_CANVAS
    path = write(tmp_path, TINY_CANVAS.replace(before, after))
    rows = export(course, "--for", "canvas", "--canvas-export", str(path), status=status)
    assert said in capsys.readouterr().err
    assert [row[5] for row in rows[3:]].count("7") == (status == 0)


def test_a_student_in_two_sections_has_two_rows(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, TINY_CANVAS + '"Lovelace, Ada",101,0012345,ada,Group 2,,,,\n')
    rows = export(course, "--for", "canvas", "--canvas-export", str(path))
    assert [row[5] for row in rows if row[0] == "Lovelace, Ada"] == ["7", "7"]


def test_a_worksheet_of_moodle_gets_grades_and_loses_comments(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, TINY_WORKSHEET)
    write_roster(course, [Student("joerg", email="joerg@uni.example")])
    rows = export(course, "--for", "moodle", "--moodle-worksheet", str(path))
    assert rows == [
        ["Identifier", "Full name", "ID number", "Email address", "Grade", "Maximum grade", "Last modified (grade)"],
        ["Participant 5001", "Ada Lovelace", "0012345", "ada@uni.example", "7", "7.00", "-"],
        ["Participant 5002", "Grace Hopper", "0012346", "grace@uni.example", "", "7.00", "-"],
        ["Participant 5003", "Jörg Müller", "0012347", "joerg@uni.example", "0", "7.00", "-"],
    ]


def test_a_worksheet_in_an_unknown_language_keeps_all_its_columns(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, TINY_WORKSHEET.replace("Last modified (grade)", "Muokattu").replace(",Grade,", ",Arvosana,"))
    rows = export(course, "--for", "moodle", "--moodle-worksheet", str(path), "--column", "00=Arvosana", status=3)
    before = table(path)
    assert (rows[0], rows[1][5]) == (before[0], "7")
    assert [[*row[:5], *row[6:]] for row in rows] == [[*row[:5], *row[6:]] for row in before]


def test_a_worksheet_may_be_in_german_with_semicolons(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, samples.MOODLE_WORKSHEET_GERMAN, encoding="cp1252")
    target = tmp_path / "out.csv"
    words = ["grades", "00", "--for", "moodle", "--moodle-worksheet", str(path), "--output", str(target)]
    assert main([*words, "--course", str(course.root)]) == 3  # Jörg is not in it
    assert table(target, ";")[1][4] == "7"


def test_moodles_gradebook_gets_a_column_for_each_lesson(course: Course) -> None:
    rows = export(course, "--for", "moodle")
    assert rows[:2] == [
        ["Student", "ID number", "First name", "Last name", "Email address", "00-tiny"],
        ["ada", "101", "Ada", "Lovelace", "ada@uni.example", "7"],
    ]
    assert [row[5] for row in rows[2:]] == ["", "", "0"]


def test_brightspace_gets_its_own_rows(course: Course, tmp_path: Path) -> None:
    path = write(tmp_path, TINY_BRIGHTSPACE)
    rows = export(course, "--for", "brightspace", "--brightspace-export", str(path), status=3)
    item = "00-tiny Points Grade <Numeric MaxPoints:7 Weight:10>"
    assert rows == [
        ["OrgDefinedId", "Username", item, "End-of-Line Indicator"],
        ["#0012345", "#ada", "7", "#"],
        ["#0012346", "#grace", "", "#"],
    ]


def test_brightspace_may_get_a_new_table(course: Course) -> None:
    rows = export(course, "--for", "brightspace")
    assert rows[:2] == [
        ["OrgDefinedId", "Username", "00-tiny Points Grade", "End-of-Line Indicator"],
        ["101", "ada", "7", "#"],
    ]
    write_roster(course, [Student(name, lms_user_id=name) for name in ("ada", "grace", "joerg", "emmy")])
    assert export(course, "--for", "brightspace")[:2] == [
        ["OrgDefinedId", "00-tiny Points Grade", "End-of-Line Indicator"],
        ["ada", "7", "#"],
    ]


def test_points_of_somebody_who_does_not_have_the_assignment_are_told(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, TINY_CANVAS.replace("ada,Group 1,,", "ada,Group 1,N/A,"))
    rows = export(course, "--for", "canvas", "--canvas-export", str(path), status=3)
    assert rows[3][5] == "N/A"
    assert capsys.readouterr().err == "ada (Ada Lovelace) does not have 00-tiny there\n"


def test_more_points_than_there_are_are_written_and_told(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school.record(course, "ada", {"check-double": 2.0, "check-half": 1.0, "check-share": 3.0}, 1.5)
    rows = export(course, "00", "--for", "moodle", "--moodle-worksheet", str(write(tmp_path, TINY_WORKSHEET)), status=3)
    assert rows[1][4] == "7.5"
    assert "ada (Ada Lovelace) has 7.5 points in 00-tiny, and there it is worth 7\n" in capsys.readouterr().err


def test_a_number_of_canvas_is_not_an_id_at_the_university(course: Course, tmp_path: Path) -> None:
    school.record(course, "101", {"check-double": 2.0}, 0.0)
    rows = export(course, "--for", "canvas", "--canvas-export", str(write(tmp_path, TINY_CANVAS)), status=3)
    assert rows[3][5] == "7"
    nobody = TINY_CANVAS.replace("101,0012345,ada,", "101,0012345,,")
    write_roster(course, [Student("ada", lms_user_id="9")])
    rows = export(course, "--for", "canvas", "--canvas-export", str(write(tmp_path, nobody)), status=3)
    assert rows[3][5] == ""

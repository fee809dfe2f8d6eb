"""Beside a graded notebook lies only what no browser runs, whichever command graded it; the notebook had all of its files."""

import json
import mimetypes
import os
import re
from pathlib import Path

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Graded, Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.intake.allowed_files import KEPT_KINDS, is_kept, not_kept
from tests.engine import tiny
from tests.engine.stock.test_stock_tools import nbgrader

KEPT = (
    "data.csv", "points.tsv", "notes.txt", "timestamp.txt", "README.md", "plot.png", "PHOTO.JPG", "a.jpeg", "a.gif", "a.webp", "helper.py",
    "weights.pth", "model.pt", "x.npy", "x.npz", "results.json", "run.log", "deep/er/data.csv", "other.ipynb", "page.html.txt",
    "settings.yaml", "äöü.csv", "a b.txt",
)  # fmt: skip
# What some browser shows as a page, runs, or hands on to a program that runs what is in it; and what nobody knows.
NOT_KEPT = (
    "page.html", "page.htm", "PAGE.HTML", "page.xhtml", "page.xht", "page.shtml", "page.phtml", "page.html5", "page.svg", "page.svgz",
    "page.xml", "page.xsl", "page.xslt", "page.rdf", "page.rss", "page.atom", "page.mml", "page.mht", "page.mhtml", "page.eml", "page.pdf",
    "page.swf", "page.js", "page.mjs", "page.css", "page.wasm", "page.vbs", "page.hta", "page.jar", "page.url", "page.desktop", "page.php",
    "page.txt.html", "page.csv.svg", "page.html ", "page.html.", "page", "page.", "html", ".html", "page.docm", "page.exe", "page.bin",
    "page.html/", "deep/er/page.html", "page.csv/index.html", "page.html\n", "page.txt\n", "page.png;.html", "page.unknown", "page.zip",
    "page.html.gz", "page.ｈｔｍｌ", "nbgrader_config.py", "jupyter_server_config.json", "deep/NBGRADER_CONFIG.PY",
)  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_data_pictures_and_text_are_kept(name: str) -> None:
    assert is_kept(name)
    assert not_kept({name}) == []


@pytest.mark.parametrize("name", NOT_KEPT)
def test_pages_settings_and_what_nobody_knows_are_not_kept_and_told(name: str) -> None:
    assert not is_kept(name)
    assert [(problem.kind, problem.graded) for problem in not_kept({name})] == [("not-kept", True)]


@pytest.mark.parametrize("table", [mimetypes.MimeTypes(), mimetypes], ids=["pythons", "this-machines"])
def test_no_kind_that_is_kept_is_served_as_something_that_runs(table: mimetypes.MimeTypes) -> None:
    runs = re.compile(r"html|xml|svg|pdf|script|css|flash|wasm|message|multipart")
    kinds = {suffix: str(table.guess_type(f"/a/x{suffix}")[0]) for suffix in KEPT_KINDS}
    assert {suffix: kind for suffix, kind in kinds.items() if runs.search(kind)} == {}
    assert runs.search(str(table.guess_type("/a/x.html")[0]))


LOOKS = "from pathlib import Path\nfor path in sorted(Path().rglob('*.*')):\n    print(path, len(path.read_bytes()))"
OWN_FILES = {"figure.svg": b"<svg/>", "table.csv": b"1,2"}
HANDED_IN = {
    "page.html": b"<p>", "deep/page.svg": b"<svg>", "nbgrader_config.py": b"1", "data.csv": b"1,2,3", "deep/data.csv": b"1",
    "figure.svg": b"<svg onload=alert(1)>", "mine.html": b"<b>", "mine.csv": b"5,6", "timestamp.txt": b"2026-11-01 10:00:00 UTC",
}  # fmt: skip
BESIDE = {"data.csv", "deep/data.csv", "mine.csv", "timestamp.txt", "figure.svg", "table.csv"}
CONFIG = f"{tiny.ENGINE_CONFIG}c.Autograde.exclude_overwriting = {{{tiny.LESSON!r}: ['mine.html', 'mine.csv']}}\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A lesson with files of its own, and two students with the same files, some of them active and some only links."""
    root = tiny.write_course(tmp_path_factory.mktemp("kept") / "course", CONFIG)
    for name, content in {**OWN_FILES, "mine.html": b"", "mine.csv": b""}.items():
        (root / "source" / tiny.LESSON / name).write_bytes(content)
    course = open_course(root)
    generate_assignment(course, tiny.LESSON)
    (root / "secret.csv").write_text("of the instructor")
    for student in ("ours", "stock"):
        notebook = tiny.answered(root, tiny.RIGHT)
        notebook["cells"].insert(1, {**tiny.cell("code", LOOKS), "id": "looks"})
        tiny.hand_in(root, student, notebook)
        for name, content in HANDED_IN.items():
            tiny.hand_in(root, student, content, name)
        os.symlink(root / "secret.csv", root / "submitted" / student / tiny.LESSON / "linked.csv")
    return course


@pytest.fixture(scope="module")
def told(course: Course) -> Graded:
    """What is told of the student whom our command grades; nbgrader's own grades the other one."""
    nbgrader(course.root, "autograde", tiny.LESSON, "--student", "stock")
    return grade_class(course, tiny.LESSON, Plan(students=["ours"], jobs=1))[0]


@pytest.mark.parametrize("student", ["ours", "stock"])
def test_beside_the_graded_notebook_lies_what_is_kept_and_what_is_the_lessons(
    course: Course, told: Graded, student: str
) -> None:
    folder = course.folder("autograded", student, tiny.LESSON)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found.keys() == {f"{tiny.LESSON}.ipynb"} | BESIDE
    assert (found["figure.svg"], found["mine.csv"]) == (OWN_FILES["figure.svg"], HANDED_IN["mine.csv"])


@pytest.mark.parametrize("student", ["ours", "stock"])
def test_the_notebook_ran_with_all_of_its_files_and_none_that_is_a_link(
    course: Course, told: Graded, student: str
) -> None:
    path = course.folder("autograded", student, tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    printed = next(cell for cell in json.loads(path.read_text())["cells"] if "rglob" in "".join(cell["source"]))
    lines = "".join(printed["outputs"][0]["text"]).split("\n")[:-1]
    expected = {**HANDED_IN, **OWN_FILES}
    assert lines == [f"{name} {len(expected[name])}" for name in sorted(expected, key=Path)]


def test_the_instructor_hears_of_what_was_not_kept(told: Graded) -> None:
    sentences = [problem.sentence for problem in told.problems if problem.kind == "not-kept"]
    names = ("deep/page.svg", "mine.html", "nbgrader_config.py", "page.html")
    assert [sentence.split("'")[1] for sentence in sentences] == list(names)


def test_feedback_takes_over_nothing_more(course: Course, told: Graded) -> None:
    nbgrader(course.root, "generate_feedback", tiny.LESSON)
    for student in ("ours", "stock"):
        folder = course.folder("feedback", student, tiny.LESSON)
        found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert found == {f"{tiny.LESSON}.html"} | BESIDE

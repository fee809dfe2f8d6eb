"""Feedback for a class: nbgrader's pages, many at a time, in which nothing of a submission runs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import from_dict
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.cells import VERDICT_MIME
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.feedback.page import FeedbackPage
from grading.engine.feedback.pages import make_feedback
from grading.engine.feedback.safe_html import clean_html
from grading.engine.gradebook.recorder import Prepared, Recorder
from grading.engine.intake.submission import Submission, clean
from grading.engine.limits import DEFAULT_LIMITS
from tests.engine import tiny
from tests.engine.stock.test_stock_tools import nbgrader

SAFE_CONFIG = (
    tiny.ENGINE_CONFIG
    + """
c.HTMLExporter.filters = {"markdown2html": "grading.engine.feedback.safe_html.markdown2html"}
c.HTMLExporter.preprocessors = ["grading.engine.feedback.safe_html.SafeOutputs"]
c.GenerateFeedback.HTMLExporter.preprocessors = [
    "grading.engine.feedback.safe_html.HideHiddenChecks",
    "grading.engine.feedback.safe_html.SafeOutputs",
]
c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"
"""
)
# Everything that a browser would run says so in this way.
CALL = "window.pwned=1"
ATTACKS = (
    f"<script>{CALL}</script>",
    f"<img src=x onerror={CALL}>",
    f"<svg onload={CALL}><script>{CALL}</script></svg>",
    f"<a href='javascript:{CALL}'>x</a>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}>",
    f"<object data='data:text/html,<script>{CALL}</script>'></object>",
    "<style>body{display:none}</style><div style='position:fixed;inset:0' class='modal-backdrop navbar-fixed-top'>x</div>",
    "<img src='https://attacker.invalid/pixel.png'><link rel=stylesheet href=//attacker.invalid/x.css>",
    "<meta http-equiv=refresh content='0;url=https://attacker.invalid/'><base href='https://attacker.invalid/'>",
    "<form action='https://attacker.invalid/'><input class='score' name=_xsrf><button>x</button></form>",
    "<a href='http:page.html'>a</a> [b](http:page.html) [c](/page.html) [d](?page.html) $\\href{http:page.html}{e}$",
)
DANGEROUS = re.compile(
    r"pwned|attacker\.invalid/x\.css|<iframe|<object|<form|<base|http-equiv=.?refresh|navbar-fixed-top|display:none}",
    re.IGNORECASE,
)
VERDICT: dict[str, Any] = {
    "exercise": "double", "lesson": "00-tiny", "outcome": "failed", "score": 0.0, "points": 2.0, "seed": 1, "device": "cpu",
    "findings": [
        {"part": "", "kind": "values", "title": f"it is <script>{CALL}</script> wrong.", "case": "a batch of one",
         "facts": [["with", "a batch of one"], ["input", "X = 31415"], ["got", "2"]]}
    ],
}  # fmt: skip


def display(**data: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"width": f'1" onload="{CALL}'}}}


def hostile_outputs() -> list[dict[str, Any]]:
    html = [display(**{"text/html": attack}) for attack in ATTACKS]
    kinds = ("text/markdown", "text/latex", "image/svg+xml", "application/javascript", "text/vnd.mermaid")
    others = [display(**{kind: attack}) for kind in kinds for attack in ATTACKS[:3]]
    pictures = [display(**{"image/png": f'x" onerror="{CALL}'}), display(**{"image/png": "aGk="})]
    streams: list[dict[str, Any]] = [{"output_type": "stream", "name": f'"><script>{CALL}', "text": ATTACKS[0]}]
    error = {"output_type": "error", "ename": ATTACKS[0], "evalue": ATTACKS[1], "traceback": [ATTACKS[0], ATTACKS[1]]}
    return [*html, *others, *pictures, *streams, error]


def recorded(course: Course, student: str, hostile: bool) -> None:
    notebook = tiny.answered(
        course.root, {**tiny.RIGHT, "written": "**So.** $a<b$ " + "\n\n".join(ATTACKS if hostile else ())}
    )
    if hostile:
        notebook["cells"] += [tiny.cell("markdown", attack) for attack in ATTACKS]
        notebook["cells"].append({"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": ATTACKS[0]})
        notebook["cells"].append(tiny.cell("markdown", "![x](attachment:my%20pic.png)"))
        notebook["cells"].append(tiny.cell("markdown", "# Title <b>bold</b> `code`\n\n| a |\n|---|\n| 1 |"))
    with Recorder(course, tiny.LESSON) as recorder:
        submission = Submission(student, {tiny.LESSON: json.dumps(notebook).encode()})
        found = clean(submission, recorder.templates(), frozenset(), DEFAULT_LIMITS).notebooks[tiny.LESSON]
        for cell in found.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id == "check-double":
                error = {"output_type": "error", "ename": "CheckFailed", "evalue": "x", "traceback": ["double(3) == 6"]}
                cell.outputs = from_dict([display(**{VERDICT_MIME: VERDICT, "text/html": ATTACKS[0]}), error])  # type: ignore[arg-type]
            elif grade_id == "half" and hostile:
                cell.outputs = from_dict(hostile_outputs())
        prepared = recorder.prepare(student, {tiny.LESSON: found}, {"notes.txt": b"mine"})
        assert isinstance(prepared, Prepared), prepared
        assert recorder.commit([prepared]) == {}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    course = open_course(tiny.write_course(tmp_path_factory.mktemp("feedback"), SAFE_CONFIG))
    generate_assignment(course, tiny.LESSON)
    recorded(course, "hostile", hostile=True)
    recorded(course, "honest [1] & co", hostile=False)
    make_feedback(course, tiny.LESSON, jobs=2)
    yield course


def page(course: Course, student: str) -> str:
    return (course.folder("feedback", student, tiny.LESSON) / f"{tiny.LESSON}.html").read_text()


def test_nothing_dangerous_is_left_of_a_hostile_submission(course: Course) -> None:
    text = page(course, "hostile")
    body = text[text.index("<body") :]
    assert "<script" not in body
    assert not re.search(r"<[^>]*\bon\w+\s*=", body)
    assert not re.search(r"(href|src)\s*=\s*.?\s*(javascript|data:text)", body, re.IGNORECASE)
    assert "attacker.invalid/pixel" not in body


def test_what_is_harmless_stays(course: Course) -> None:
    text = page(course, "hostile")
    assert "<summary><h2>Title <b>bold</b> <code>code</code></h2></summary>" in text
    assert "<td>1</td>" in text
    assert "<mi>a</mi><mo>&lt;</mo><mi>b</mi>" in text
    assert 'src="data:image/png;base64,aGk="' in text


def test_no_link_of_a_page_leads_to_a_file_beside_it(course: Course) -> None:
    body = page(course, "hostile").partition("<body")[2]
    links = re.findall(r"""<a [^>]*href=["']?([^"' >]*)""", body)
    assert {link for link in links if not link.startswith(("#", "https://"))} == set()
    assert len(links) > 3
    assert "\\href{http:page.html}" not in body


def test_text_below_a_heading_is_no_link(course: Course) -> None:
    assert not re.search(r"""<a [^>]*href=["']#Title""", page(course, "hostile"))


def test_a_missing_picture_is_marked_on_the_page_and_in_formgrader(course: Course) -> None:
    mark = "[the picture 'my pic.png' is missing]"
    assert mark in page(course, "hostile")
    notebook = course.folder("autograded", "hostile", tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    html, _ = HTMLExporter(config=course.config).from_filename(str(notebook))  # type: ignore[no-untyped-call]
    assert mark in html


def test_of_a_hidden_check_the_property_is_shown_and_not_the_code(course: Course) -> None:
    text = page(course, "honest [1] & co")
    assert "wrong." in text
    assert "a batch of one" in text
    for secret in ("HIDDEN", "double(3)", "share(3.0)"):
        assert secret not in text


def test_of_a_visible_case_the_page_says_what_the_notebook_says(course: Course) -> None:
    assert "X = 31415" in page(course, "honest [1] & co")


def test_a_card_stands_without_the_error_that_says_the_same(course: Course) -> None:
    assert "CheckFailed" not in page(course, "honest [1] & co")


def test_the_score_is_nbgraders_and_files_beside_the_notebook_come_along(course: Course) -> None:
    assert "<strong>4</strong> of 7 points" in " ".join(page(course, "hostile").split())
    assert (course.folder("feedback", "hostile", tiny.LESSON) / "notes.txt").read_bytes() == b"mine"


def test_an_answer_that_nobody_has_read_waits_and_is_not_0(course: Course) -> None:
    text = " ".join(page(course, "hostile").split())
    assert "<strong>4</strong> of 7 points so far; 1 more waits for a person to read" in text
    assert "<span>waits for a person, 1 point</span>" in text
    assert text.count("<span>waiting</span>") == 1


def test_the_stock_command_writes_the_same_page(course: Course) -> None:
    ours = page(course, "hostile")
    nbgrader(course.root, "generate_feedback", tiny.LESSON, "--student", "hostile", "--force")
    assert page(course, "hostile") == ours


def test_formgraders_page_is_clean_too(course: Course) -> None:
    template = Path(__import__("nbgrader").__file__).parent / "server_extensions" / "formgrader" / "templates"
    config = course.config.copy()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [str(template)]
    resources = {"notebook_id": "n", "index": 0, "total": 1, "base_url": "", "student": "s", "submission_id": "1",
                 "assignment_id": "a", "notebook_path": "", "last_name": "", "first_name": ""}  # fmt: skip
    path = course.folder("autograded", "hostile", tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    text, _ = HTMLExporter(config=config).from_filename(str(path), resources=resources)
    own = text[text.index('id="notebook-container"') :]
    assert not re.search(r"<script|<iframe|<form|<[^>]*\bon\w+\s*=", own)
    assert "double(3) == 6" in own  # the instructor sees the hidden checks


def test_the_list_of_a_page_names_the_exercises(course: Course) -> None:
    def graded(name: str, source: str, points: float) -> dict[str, Any]:
        metadata = {"grade": True, "grade_id": name, "locked": True, "solution": False, "points": points, "score": 1.0}
        return {**tiny.cell("code", source), "metadata": {"nbgrader": {**metadata, "task": False, "schema_version": 3}}}

    cells = [
        graded("check-relu", "check(relu)\n### BEGIN HIDDEN TESTS\ncheck(relu, hidden=True)\n### END HIDDEN TESTS", 1),
        graded("check-MLPScratch-forward", "check(MLPScratch, 'MLPScratch.forward')", 1.5),
        graded("check-other", "assert other(3) == 6", 2),
    ]
    resources = {"nbgrader": {"notebook": "n", "score": 3.0, "max_score": 4.5, "late_penalty": 0.0}}
    notebook = from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})  # type: ignore[no-untyped-call]
    text, _ = FeedbackPage(config=course.config).from_notebook_node(notebook, resources=resources)
    listed = re.findall(r'<a href="#(answer-\d+)">([^<]*)</a>', text)
    assert [name for _, name in listed] == ["relu", "MLPScratch.forward", "check-other"]
    assert all(f'<section class="work right" id="{anchor}"' in text for anchor, _ in listed[:1])
    assert all(f'id="{anchor}"' in text for anchor, _ in listed)


def test_only_what_has_changed_is_written_again(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["feedback", tiny.LESSON, "--course", str(course.root), "--jobs", "1"]
    assert main(words) == 0
    assert "0 pages written, 2 unchanged" in capfd.readouterr().err
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.find_comment("half", tiny.LESSON, tiny.LESSON, "hostile").manual_comment = "Well <b>done</b>."
        gradebook.db.commit()
    assert main(words) == 0
    assert "1 pages written, 1 unchanged" in capfd.readouterr().err
    assert "Well <b>done</b>." in page(course, "hostile")


def test_the_command_says_so_when_nobody_has_been_graded(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    course = open_course(tiny.write_course(tmp_path))
    assert main(["feedback", tiny.LESSON, "--course", str(course.root)]) == 1
    assert "autograde" in capfd.readouterr().err


def test_a_student_who_has_not_been_graded_is_named(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["--student", "hostile", "--student", "nobody"]
    assert main(["feedback", tiny.LESSON, "--course", str(course.root), *words]) == 1
    assert f"no graded '{tiny.LESSON}' from nobody" in capfd.readouterr().err


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives_cleaning(attack: str) -> None:
    assert not DANGEROUS.search(clean_html(attack))


@pytest.mark.browser
def test_a_browser_runs_nothing_and_asks_nobody(course: Course) -> None:
    from playwright.sync_api import sync_playwright

    path = course.folder("feedback", "hostile", tiny.LESSON) / f"{tiny.LESSON}.html"
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        shown = browser.new_page()
        shown.route(re.compile("^https?:"), lambda route: (asked.append(route.request.url), route.abort()))
        shown.goto(path.as_uri())
        for link in shown.query_selector_all("a, summary, details, input"):
            link.dispatch_event("click")
        assert shown.evaluate("window.pwned") is None
        assert shown.is_visible("main")
        browser.close()
    assert asked == []


def _chromium() -> str:
    import shutil

    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found
    return found

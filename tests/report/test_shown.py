"""The class as a table in the terminal and as a page."""

import base64
import csv
import hashlib
import io
import json
import random
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grading.engine.gradebook.results import CellResult, StudentResult
from grading.engine.gradebook.standings import Status
from grading.engine.problems import Problem
from grading.report.page import Links, page
from grading.report.rows import everything, table
from grading.report.summary import (
    ClassSummary,
    ExerciseMark,
    Person,
    Standing,
    StudentSummary,
    exercise_summary,
    summarize,
)
from grading.report.terminal import show
from tests.contrast import pale
from tests.report.example import RESULTS, verdict

SUMMARY = summarize("02-activations", RESULTS)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>[bold]"


def evil_class() -> ClassSummary:
    finding = verdict("relu", "failed", 0, 1, title=EVIL, advice=f"`{EVIL}` {EVIL}", mistake=None)
    cell = CellResult("check-relu", 1.0, 0.0, finding)
    error = CellResult("check-tanh", 1.0, 0.0, error=EVIL)
    return summarize(EVIL, [StudentResult(EVIL, (cell, error), (Problem("x", EVIL),))])


def terminal(summary: ClassSummary, width: int) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - closed with the test
    show(summary, console)
    console.file.close()
    return console.export_text()


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_has_every_student_their_points_and_the_most_frequent_mistake(width: int) -> None:
    text = terminal(SUMMARY, width)
    assert max(map(len, text.splitlines())) <= width
    assert re.search(r"^s01 .*✓.*✓.*… +3\+$", text, re.MULTILINE)
    assert re.search(r"^s02 .*✗.*◐ 1\.5.*… +1\.5\+$", text, re.MULTILINE)
    assert re.search(r"^s06 .*not graded$", text, re.MULTILINE)
    assert re.search(r"relu +2 × +it should be a tensor\.", text)
    assert "s05  the file is not JSON" in text


def test_markup_of_a_submission_is_only_text_in_the_terminal() -> None:
    assert "[bold]" in terminal(evil_class(), 120)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    return parser.seen


@pytest.mark.parametrize("summary", [SUMMARY, evil_class()], ids=["ordinary", "evil"])
def test_the_page_loads_nothing_and_runs_its_own_script_only(summary: ClassSummary) -> None:
    html = page(summary)
    seen = tags(html)
    assert {"link", "img", "iframe", "object"}.isdisjoint(tag for tag, _ in seen)
    assert [found.get("type") for tag, found in seen if tag == "script"] == ["application/json", None]
    assert not any(name.startswith("on") or name in ("src", "href") for _, found in seen for name in found)
    assert "url(" not in html
    assert "@import" not in html
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = (str(found["content"]) for tag, found in seen if found.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"


def test_the_page_says_who_got_what_and_what_went_wrong() -> None:
    text = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page(SUMMARY), flags=re.DOTALL)
    text = " ".join(text.split())
    assert "7 handed in 1.6 mean, of 3 points 1.5 median, of 3 points" in text
    assert "Without why, which waits for a person." in text
    assert "2 × relu it should be a tensor. torch.max(X, 0) reduces. s02, s03" in text
    assert "relu 0.6 of 1 60 % –" in text, "a mean, a pass rate, and no discrimination of so few"


def test_the_data_of_the_page_are_what_the_class_got() -> None:
    text = page(SUMMARY).partition('id="data">')[2].partition("</script>")[0]
    data = json.loads(text)
    rows = {row[0]: row for row in data["rows"]}
    assert [name for name, _ in data["exercises"]] == ["relu", "tanh", "why"]
    assert rows["s01"][2:4] == ["waiting for a person+", 3.0]
    assert rows["s05"][7] == "the file is not JSON"
    assert rows["s06"][3] is None and rows["s06"][8] == []
    assert (rows["s07"][3], rows["s07"][4]) == (2.5, 0.5)
    standing, earned, title, verdict = rows["s02"][8][0]
    assert (data["looks"][standing][0], earned, data["titles"][title]) == ("wrong", 0.0, "reduces")
    assert "it should be a tensor." in data["verdicts"][verdict]


def test_a_spreadsheet_takes_no_name_for_a_formula() -> None:
    people = {name: Person(name) for name in ("=1+1", "+1", "-1", "@x", "Ada, the 2nd")}
    lines = list(csv.DictReader(io.StringIO(table(summarize("x", RESULTS, people=people)))))
    assert len(lines) == len(RESULTS) + len(people)
    assert not any(str(value).startswith(("=", "+", "-", "@")) for line in lines for value in line.values())
    found = {line["student"]: line for line in lines}
    assert found["Ada, the 2nd"]["status"] == "not handed in"
    assert (found["s04"]["points"], found["s04"]["relu"], found["s01"]["points"]) == ("2.0", "1.0", ""), "s01 waits"
    assert found["s07"]["penalty"] == "0.5"


def test_the_whole_is_there_as_json() -> None:
    data = json.loads(everything(SUMMARY))
    assert data["mean"] == pytest.approx(1.6) and data["counted"]["left_out"] == ["why"]
    assert data["mistakes"][0]["students"] == ["s02", "s03"]
    students = {student["student"]: student for student in data["students"]}
    assert students["s01"]["points"] is None and students["s01"]["exercises"]["why"]["earned"] is None
    assert students["s02"]["exercises"]["relu"]["mistake"] == "reduces"
    assert students["s05"]["problems"] == ["the file is not JSON"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync"]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_its_window_and_is_readable(browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    (tmp_path / "class.html").write_text(page(SUMMARY), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    said: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.goto((tmp_path / "class.html").as_uri())
    shown.wait_for_selector("#rows tr")
    shown.click("#rows th button")
    shown.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert pale(shown) == [], "WCAG AA asks for 4.5"
    context.close()


@pytest.mark.browser
def test_nothing_of_a_submission_runs_in_the_page(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "class.html").write_text(page(evil_class(), LINKS), encoding="utf-8")
    shown = browser.new_page()
    dialogs: list[str] = []
    shown.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    shown.goto((tmp_path / "class.html").as_uri())
    shown.click("#rows th button")
    assert shown.evaluate("document.scripts.length") == 2
    assert shown.evaluate("document.querySelectorAll('img').length") == 0
    assert EVIL in shown.inner_text("#rows")
    assert dialogs == []
    shown.close()


LINKS = Links(
    "../feedback/{student}/x.html",
    frozenset({"s02", EVIL}),
    "http://localhost:8888/formgrader/manage_students/{student}/x",
)


@pytest.mark.browser
def test_the_students_are_sorted_searched_and_opened_by_the_keyboard_alone(browser: Any, tmp_path: Path) -> None:
    people = {"s02": Person("Émile Müller", Status.WAITING, late=60.0), "s09": Person("Ada Lovelace")}
    (tmp_path / "class.html").write_text(page(summarize("x", RESULTS, people=people), LINKS), encoding="utf-8")
    shown = browser.new_page(viewport={"width": 1280, "height": 800})
    shown.goto((tmp_path / "class.html").as_uri())

    def names() -> list[str]:
        found: list[str] = shown.evaluate(
            "[...document.querySelectorAll('#rows tr th button')].map(e => e.textContent)"
        )
        return found

    assert names() == ["s01", "s02", "s03", "s04", "s05", "s06", "s07", "s09"]
    shown.focus("[data-column='3']")
    shown.keyboard.press("Enter")
    assert names()[0] == "s01" and names()[-2:] == ["s06", "s09"], "who has no points comes last"
    shown.keyboard.press("Enter")
    assert names()[0] in ("s03", "s05") and names()[-2:] == ["s06", "s09"]
    assert shown.get_attribute("th:has([data-column='3'])", "aria-sort") == "ascending"
    shown.focus("#search")
    shown.keyboard.type("mull emil")
    shown.wait_for_selector("#rows tr:only-child")
    assert names() == ["s02"]
    shown.focus("#rows button")
    shown.keyboard.press("Enter")
    links = shown.evaluate("[...document.querySelectorAll('.verdicts a')].map(e => e.getAttribute('href'))")
    assert links == ["../feedback/s02/x.html", "http://localhost:8888/formgrader/manage_students/s02/x"]
    assert "it should be a tensor." in shown.inner_text(".verdicts")
    shown.keyboard.press("Enter")
    assert shown.query_selector(".verdicts") is None
    shown.focus("ol.mistakes button")
    shown.keyboard.press("Enter")
    assert names() in (["s02", "s03"], ["s03", "s02"])
    shown.focus("#nofault")
    shown.keyboard.press("Enter")
    shown.select_option("#only", "missing")
    assert names() == ["s09"]
    shown.select_option("#only", "late")
    assert names() == ["s02"]
    shown.close()


def large(students: int) -> ClassSummary:
    """Return a class of which everybody has verdicts of their own."""
    rng = random.Random(0)
    names = [f"exercise_{number}" for number in range(8)]
    rows = []
    for number in range(students):
        marks = []
        for name in names:
            fault = f"mistake {int(rng.expovariate(0.15))}" if rng.random() < 0.4 else ""
            lines = (f"{name}: {fault or 'passed'}", f"  got {rng.random():.9f}" * 6) if fault else (f"{name}: passed",)
            standing = Standing.WRONG if fault else Standing.RIGHT
            marks.append(ExerciseMark(name, 1.0, 0.0 if fault else 1.0, standing, fault, "What to do. " * 4, lines))
        rows.append(
            StudentSummary(f"s{number:05}", tuple(marks), (), 0.0, Person(f"Ada Müller {number}", Status.GRADED))
        )
    by_name = {name: [(row.student, row.marks[place]) for row in rows] for place, name in enumerate(names)}
    return ClassSummary("x", tuple(rows), tuple(exercise_summary(name, marks) for name, marks in by_name.items()))


@pytest.mark.browser
def test_ten_thousand_students_are_a_small_page_that_opens_at_once(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "class.html"
    path.write_text(page(large(10_000), LINKS), encoding="utf-8")
    assert path.stat().st_size < 10_000_000
    shown = browser.new_page(viewport={"width": 1280, "height": 800})
    shown.goto(path.as_uri())
    shown.wait_for_selector("#rows tr")
    # Two seconds on a machine of its own; this one may have others at work.
    assert shown.evaluate("performance.getEntriesByType('navigation')[0].domComplete") < 6_000
    assert shown.evaluate("document.querySelectorAll('#rows tr').length") <= 200
    # All that matters is on the first screen.
    for selector in (".tiles", ".bars", ".exercises tbody tr:last-child", ".mistakes li:nth-child(5)"):
        box = shown.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= 800, selector
    shown.fill("#search", "09999")
    shown.wait_for_selector("#rows tr:only-child")
    assert len(re.findall(rb"/Type\s*/Page\b", shown.pdf(format="A4"))) <= 4
    shown.close()

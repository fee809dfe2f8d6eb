"""An instructor opens a submission in formgrader and clicks every link in it: the gradebook stays as it was.

The course has the repository's own settings, formgrader is a real one, the attack a real one: a page, handed in beside the
notebook, that gives its author points through formgrader's own interface, and every way to it that we could think of.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from tests.engine import tiny
from tests.engine.stock.formgrader_server import TOKEN, formgrader
from tests.engine.stock.test_stock_tools import nbgrader

pytestmark = pytest.mark.browser

OUR_CONFIG = (Path(__file__).parents[3] / "nbgrader_config.py").read_text(encoding="utf-8")
# What a page of formgrader's origin can do: read the grades of the submission it was opened from, and write others.
PAGE = """<script xmlns="http://www.w3.org/1999/xhtml">
(async () => {
  const submission = location.pathname.match(/submissions\\/([^\\/]+)/)[1];
  const xsrf = document.cookie.match(/_xsrf=([^;]*)/)[1];
  const grades = await (await fetch('/formgrader/api/grades?submission_id=' + submission)).json();
  for (const grade of grades) {
    await fetch('/formgrader/api/grade/' + grade.id, {
      method: 'PUT', headers: {'X-XSRFToken': xsrf}, body: JSON.stringify({manual_score: 9 + grade.max_score}),
    });
  }
})();
</script>"""
PAGES = {
    "page.html": PAGE,
    "PAGE.HTM": PAGE,
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{PAGE}</body></html>',
    "page.svg": f'<svg xmlns="http://www.w3.org/2000/svg">{PAGE}</svg>',
    "page.xml": f'<x xmlns:h="http://www.w3.org/1999/xhtml">{PAGE}</x>',
    "page.txt.html": PAGE,
    "deep/er/index.html": PAGE,
}
SETTINGS = "open('owned', 'w').close()\n"
SUBMITTED = "..%2F..%2F..%2Fsubmitted%2F{student}%2F" + tiny.LESSON + "%2Fpage.html"
ADDRESSES = (
    *(f"http:{name}" for name in PAGES),
    "page.html", "HTTP:page.html", "http:./page.html", "http:/formgrader", "/formgrader", "//page.html",
    "http:\\page.html", "ht\ntp:page.html", "http:\tpage.html", "&#104;ttp:page.html", "\xa0page.html", "?page.html",
    "javascript:fetch('/')", "data:text/html,x", f"http:{SUBMITTED}",
    f"http:../../../formgrader?path=submitted/{{student}}/{tiny.LESSON}",
    f"http:../../?path=submitted/{{student}}/{tiny.LESSON}",
)  # fmt: skip
HONEST_LINK = "https://pytorch.org/docs/"
MARKDOWN = ("[a](http:page.html)", "<http:page.html>", f"[b]({HONEST_LINK})", "[c]: http:page.html\n[c]", "[d](#top)")


def elements(address: str) -> str:
    """Return everything in HTML that follows an address when it is clicked or shown."""
    return (
        f'<a href="{address}">a</a><form action="{address}"><button>b</button></form><iframe src="{address}"></iframe>'
        f'<object data="{address}"></object><embed src="{address}"><svg><a xlink:href="{address}">c</a></svg>'
        f'<img src="x" usemap="#m"><map name="m"><area href="{address}"></map><a href="#" ping="{address}">d</a>'
        f'<base href="{address}"><meta http-equiv="refresh" content="0;url={address}"><q cite="{address}">e</q>'
        f'<link rel="stylesheet" href="{address}"><img srcset="{address}"><b style="background:url({address})">f</b>'
    )


@dataclass(frozen=True)
class School:
    """A course that two students attacked, one graded by our command and one by nbgrader's, and its formgrader."""

    course: Course
    address: str

    def score(self, student: str) -> float:
        with self._gradebook() as gradebook:
            return float(gradebook.find_submission(tiny.LESSON, student).score)

    def page(self, student: str) -> str:
        with self._gradebook() as gradebook:
            found = gradebook.find_submission(tiny.LESSON, student).notebooks[0].id
            return f"{self.address}formgrader/submissions/{found}/"

    def _gradebook(self) -> Gradebook:
        return Gradebook(self.course.database, self.course.directories.course_id)


def hand_in_the_attack(root: Path, student: str) -> None:
    html = "".join(map(elements, ADDRESSES)).format(student=student)
    written = "\n\n".join([*MARKDOWN, html.replace("\n", "&#10;")])
    notebook = tiny.answered(root, {**tiny.RIGHT, "half": "def half(x):\n    return x", "written": written})
    shown = f"from IPython.display import HTML\nHTML({html!r})"
    notebook["cells"] += [{**tiny.cell("code", shown), "id": "own"}, {**tiny.cell("markdown", written), "id": "text"}]
    tiny.hand_in(root, student, notebook)
    for name, text in PAGES.items():
        tiny.hand_in(root, student, text.encode(), name)
    tiny.hand_in(root, student, SETTINGS.encode(), "nbgrader_config.py")
    tiny.hand_in(root, student, b"x,y\n1,2\n", "data.csv")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("one-click")
    course = open_course(tiny.write_course(folder / "course", OUR_CONFIG))
    generate_assignment(course, tiny.LESSON)
    for student in ("ours", "stock", "button"):
        hand_in_the_attack(course.root, student)
    words = ["--course", str(course.root), "--student", "ours", "--jobs", "1"]
    assert main(["autograde", tiny.LESSON, *words]) in (0, 1)
    nbgrader(course.root, "autograde", tiny.LESSON, "--student", "stock")
    with formgrader(course.root, folder / "home") as address:
        yield School(course, address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def instructor(browser: Any, address: str) -> Any:
    """Return a page of a browser that is logged in; other servers than this one have nothing to show."""
    shown = browser.new_page()
    shown.route(lambda url: not url.startswith(address), lambda route: route.fulfill(status=204))
    shown.goto(f"{address}?token={TOKEN}")
    return shown


CLICKED = "#notebook-container :is(a, area, summary, form button:not([type=button]))"


def click_everything(shown: Any, address: str) -> list[str]:
    """Click all that a submission put into its page until something leads into this server; return where the clicks led."""
    shown.goto(address)
    led = []
    for target in shown.query_selector_all(CLICKED):
        goes = target.evaluate("element => element.href || element.form?.action || ''")
        if urlsplit(goes)._replace(fragment="") in (urlsplit(address), urlsplit("")):
            target.dispatch_event("click")
            continue
        with shown.expect_request(goes.partition("#")[0]):
            target.dispatch_event("click")
        led.append(goes)
        if urlsplit(goes).netloc == urlsplit(address).netloc:
            shown.wait_for_load_state("networkidle")
            break
    assert shown.url.partition("#")[0] == address or led
    return led


def press_autograde(shown: Any, address: str, student: str) -> None:
    """Press formgrader's button that autogrades a student's submission, and wait until that is done."""
    shown.goto(f"{address}formgrader/manage_submissions/{tiny.LESSON}")
    shown.click(f"tr:has(td.student-id:text-is('{student}')) td.autograde a")
    shown.wait_for_selector("#success-modal", timeout=60_000)


@pytest.mark.parametrize("student", ["ours", "stock", "button"])
def test_every_link_is_clicked_and_no_point_changes(browser: Any, school: School, student: str) -> None:
    shown = instructor(browser, school.address)
    if student == "button":
        press_autograde(shown, school.address, student)
    before = school.score(student)
    assert before == 5.0
    sent: list[tuple[str, str]] = []
    shown.on("request", lambda request: sent.append((request.method, request.url)))
    led = click_everything(shown, school.page(student))
    shown.close()
    assert school.score(student) == before
    assert set(led) == {HONEST_LINK}
    assert {method for method, _ in sent} == {"GET"}
    assert len(led) == 2 * sum(HONEST_LINK in text for text in MARKDOWN)
    assert not [url for _, url in sent if "page" in urlsplit(url).path.lower() or "path=" in url]
    assert not (school.course.root / "owned").exists()


def test_a_course_that_is_opened_from_a_folder_above_is_as_safe(browser: Any, school: School, tmp_path: Path) -> None:
    course = school.course
    with formgrader(course.root.parent, tmp_path / "home") as address:
        shown = instructor(browser, address)
        shown.goto(f"{address}formgrader?path={course.root}")
        led = click_everything(shown, School(course, address).page("ours"))
        shown.close()
    assert school.score("ours") == 5.0
    assert set(led) == {HONEST_LINK}


def test_under_nbgraders_own_settings_the_page_changes_the_points(browser: Any, school: School, tmp_path: Path) -> None:
    root = tmp_path / "course"
    shutil.copytree(school.course.root, root)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'mlp-course'\n")
    course = open_course(root)
    (course.folder("autograded", "ours", tiny.LESSON) / "page.html").write_text(PAGE)
    with formgrader(root, tmp_path / "home") as address:
        unsafe = School(course, address)
        shown = instructor(browser, address)
        shown.goto(f"{unsafe.page('ours')}page.html", wait_until="networkidle")
        shown.close()
    assert unsafe.score("ours") > school.score("ours") == 5.0


def test_what_was_handed_in_is_saved_and_not_shown(browser: Any, school: School) -> None:
    shown = instructor(browser, school.address)
    before = school.score("ours")
    for name in ("data.csv", SUBMITTED.format(student="ours"), SUBMITTED.format(student="ours").replace("html", "svg")):
        link = school.page("ours") + name
        with shown.expect_response(link) as response, shown.expect_download():
            follow(shown, link, "noreferrer")
        assert "sandbox" in response.value.headers["content-security-policy"].split("; ")
        assert response.value.headers["x-content-type-options"] == "nosniff"
    shown.close()
    assert school.score("ours") == before


def follow(shown: Any, address: str, relation: str) -> None:
    """Click a link to an address in the page that is shown."""
    add = "([href, rel]) => { const a = document.createElement('a'); Object.assign(a, {href, rel}); document.body.append(a); a.click(); }"
    shown.evaluate(add, [address, relation])


def arrived(shown: Any, address: str, relation: str) -> Any:
    """Click a link in the page, wait for the page that it leads to, and return the first response on the way."""
    with shown.expect_navigation(), shown.expect_response(address) as response:
        follow(shown, address, relation)
    return response.value


def test_no_link_chooses_the_settings_that_formgrader_runs(browser: Any, school: School) -> None:
    shown = instructor(browser, school.address)
    handed_in = f"{school.address}formgrader?path=submitted/ours/{tiny.LESSON}"
    assert arrived(shown, handed_in, "noreferrer").status == 403
    assert not (school.course.root / "owned").exists()
    own = f"{school.address}formgrader?path={school.course.root}"
    for relation in ("", "opener"):
        shown.goto(school.page("ours"))
        assert arrived(shown, own, relation).status == 302
        assert urlsplit(shown.url).path.endswith("/manage_assignments")
    assert shown.goto(own).status == 200  # as typed by a person
    shown.close()

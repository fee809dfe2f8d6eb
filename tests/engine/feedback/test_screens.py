"""The page of every lesson on a desk and on a phone, in light and dark, for right and wrong answers: height, width, contrast."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from grading.engine.feedback.page import FeedbackPage
from grading.engine.feedback.unreadable import page_of_unreadable
from grading.engine.problems import Problem
from tests.contrast import pale
from tests.engine.feedback.graded import LESSONS, graded

SETTINGS = Config({"FeedbackPage": {"preprocessors": ["grading.engine.feedback.safe_html.SafeOutputs"]}})
HIGHEST = 3_000
DESK, PHONE = 1280, 390


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@cache
def page_of(lesson: str, kind: str) -> str:
    """Return the page of a lesson as nbgrader has it made."""
    names = {"nbgrader": {"notebook": lesson}}
    text, _ = FeedbackPage(config=SETTINGS).from_notebook_node(graded(lesson, kind), resources=names)
    return text


def opened(browser: Any, folder: Path, text: str, width: int, scheme: str) -> tuple[Any, list[str]]:
    """Return a page in a window of that width, and what it asked for and complained about."""
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, is_mobile=width == PHONE
    )
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url))
    page.goto(path.as_uri())
    return page, [one for one in said if one != path.as_uri() and not one.startswith("data:image/")]


def size(page: Any) -> tuple[int, int]:
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    return width, height


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lesson", "kind"), [*((one, kind) for one in LESSONS for kind in ("solved", "broken")), (LESSONS[0], "half")]
)
def test_a_page_fits_every_screen_and_is_readable(browser: Any, tmp_path: Path, lesson: str, kind: str) -> None:
    for width, scheme in ((DESK, "light"), (PHONE, "dark")) if kind == "solved" else ((PHONE, "light"),):
        page, said = opened(browser, tmp_path, page_of(lesson, kind), width, scheme)
        folded, height = size(page)
        assert folded <= width, scheme
        assert kind != "solved" or width == PHONE or height <= HIGHEST
        page.check("#all")
        assert size(page) >= (width, height + 1_000), "everything is unfolded"
        assert size(page)[0] <= width, "everything is unfolded"
        assert pale(page) == []
        assert said == []
        # Each link of the list leads to an answer, which then is on the screen.
        links = page.query_selector_all("nav a")
        assert links
        links[-1].click()
        target = page.query_selector(str(links[-1].get_attribute("href")))
        assert 0 <= target.bounding_box()["y"] < 800
        assert target.query_selector("pre, .prose") is not None
        page.context.close()


@pytest.mark.browser
def test_the_other_scheme_is_readable_too(browser: Any, tmp_path: Path) -> None:
    for width, scheme in ((DESK, "dark"), (PHONE, "light")):
        page, _ = opened(browser, tmp_path, page_of("02-activations", "half"), width, scheme)
        page.check("#all")
        assert pale(page) == []
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_that_could_not_be_read_has_a_page_of_the_same_look(browser: Any, tmp_path: Path, scheme: str) -> None:
    name = "a_name_of_which_a_phone_is_too_narrow_" * 5
    text = page_of_unreadable("02-activations", [Problem("x", f"'{name}' is a PDF document")])
    page, said = opened(browser, tmp_path, text, PHONE, scheme)
    assert size(page)[0] <= PHONE
    assert pale(page) == []
    assert said == []
    page.context.close()


@pytest.mark.browser
def test_formulas_are_typeset_without_a_network(browser: Any, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, page_of("03-backpropagation", "solved"), DESK, "light")
    page.check("#all")
    fraction = page.evaluate("""() => {
        const [above, below] = document.querySelector('mfrac').children;
        return [above, below].map(e => e.getBoundingClientRect().y);
    }""")
    assert fraction[0] < fraction[1]
    text = re.sub(r"<(pre|code).*?</\1>|<[^>]*>", "", page.content().partition("<main>")[2], flags=re.S)
    assert "$" not in text and "\\" not in text
    page.context.close()


@pytest.mark.browser
def test_on_paper_are_the_answers_and_what_is_open(browser: Any, tmp_path: Path) -> None:
    page, _ = opened(browser, tmp_path, page_of("02-activations", "half"), DESK, "light")
    page.evaluate("document.querySelectorAll('.fold')[2].open = true")
    page.emulate_media(media="print")
    shown = page.evaluate("[...document.querySelectorAll('.fold')].map(e => e.checkVisibility())")
    assert shown.count(True) == 1 and shown[2]
    assert all(page.evaluate("[...document.querySelectorAll('.work')].map(e => e.checkVisibility())"))
    assert pale(page) == []
    page.context.close()

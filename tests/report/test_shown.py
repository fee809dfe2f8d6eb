"""The class as a table in the terminal and as a page."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grading.engine.gradebook.results import CellResult, StudentResult
from grading.engine.problems import Problem
from grading.report.page import page
from grading.report.summary import ClassSummary, summarize
from grading.report.terminal import show
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
def test_the_page_loads_nothing_and_runs_nothing(summary: ClassSummary) -> None:
    html = page(summary)
    seen = tags(html)
    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(tag for tag, _ in seen)
    assert not any(name.startswith("on") or name in ("src", "href") for _, found in seen for name in found)
    assert "url(" not in html
    assert "@import" not in html


def test_the_page_says_who_got_what_and_what_went_wrong() -> None:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page(SUMMARY), flags=re.DOTALL)
    text = " ".join(text.split())
    assert "7 submissions, 6 in the gradebook" in text
    assert "2 × it should be a tensor. torch.max(X, 0) reduces. s02, s03" in text
    assert "s05 the file is not JSON not graded" in text
    assert "s07 2.5 of 4, 0.5 taken off for lateness" in text


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
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    assert all(ratio >= 4.5 for ratio in shown.evaluate(_CONTRASTS)), "WCAG AA asks for 4.5"
    context.close()


@pytest.mark.browser
def test_nothing_of_a_submission_runs_in_the_page(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "class.html").write_text(page(evil_class()), encoding="utf-8")
    shown = browser.new_page()
    dialogs: list[str] = []
    shown.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    shown.goto((tmp_path / "class.html").as_uri())
    assert shown.evaluate("document.scripts.length") == 0
    assert dialogs == []
    shown.close()


# The contrast of each element that has text of its own with the nearest background behind it.
_CONTRASTS = """() => {
  const light = css => {
    const [r, g, b] = css.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const css = getComputedStyle(e).backgroundColor;
      if (!/^rgba\\(.*, 0\\)$/.test(css)) return css;
    }
    return 'rgb(255, 255, 255)';
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return [...document.body.querySelectorAll('*')].filter(own).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  });
}"""

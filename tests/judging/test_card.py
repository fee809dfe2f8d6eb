"""What a verdict looks like in a notebook."""

import shutil

import pytest

from grading import exercise, judge

# The lines that a word of the card's text lies on, for each word; a page of JupyterLab's, as far as its outputs go.
PAGE = """<style>pre { word-break: break-all; white-space: pre-wrap; font: 14px monospace }</style><div>%s</div>"""
LINES = """() => {
    const text = document.querySelector("pre").firstChild, found = {};
    for (const word of text.data.matchAll(/\\S+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        found[word[0]] = range.getClientRects().length;
    }
    return found;
}"""


@pytest.mark.browser
def test_no_word_of_a_verdict_is_broken_where_a_window_is_narrow() -> None:
    from playwright.sync_api import sync_playwright

    html = judge(exercise("objective"), exercise("objective").mistakes[0].wrong).html()
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        shown = browser.new_page()
        shown.set_content(PAGE % html)
        for width in range(200, 600, 10):
            shown.set_viewport_size({"width": width, "height": 600})
            lines = shown.evaluate(LINES)
            assert len(lines) > 10
            assert {word for word, count in lines.items() if count > 1} == set(), width
        browser.close()

"""Whoever does not see a figure gets its words: in JupyterLab's HTML and in the page that nbconvert makes of a notebook."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grading.build.execute import execute
from grading.figures.display import forms, show
from grading.figures.png import size_of
from grading.figures.style import Picture, new_figure

UNDESCRIBED = "No description has been provided for this image"
TITLES = (
    'A "quoted" word', "The apostrophe's case", "a < b > c", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
    "Salt & pepper, &amp; and &lt;", "two\nlines", "a\ttab and\r\na return", "$w_1$: from −1 to 1", "Größe 語 🙂",
    "{{ 7 }} {% x %}", "a\\nb", "100 % = 1 | 2", "", "   ", "'; --", "`code` *star* [a](b)", "&#34;&quot;", "\u2028line\xa0end", "x" * 3000,
)  # fmt: skip


class Images(HTMLParser):
    """The tags of a page, and of those that are images the attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attributes))


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def png() -> bytes:
    return new_figure(3.0, 1.0, "A figure").png()


@pytest.mark.parametrize("title", TITLES)
def test_the_html_is_one_image_with_the_words_and_the_size_on_screen(title: str, png: bytes) -> None:
    data, metadata = forms(png, title)
    parsed = Images(data["text/html"])
    assert parsed.tags == ["img"]
    [image] = parsed.images
    assert image["alt"] == metadata["image/png"]["alt"] == data["text/plain"] == one_line(title)
    assert image["src"] == f"data:image/png;base64,{data['image/png']}"
    assert (image["width"], image["height"]) == ("288", "96")
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (288, 96)
    assert size_of(png) == (576, 192)
    assert image["style"] == "max-width:100%;height:auto"  # a narrow window makes it smaller, in proportion


def test_a_page_made_by_nbconvert_has_the_words_of_every_title(png: bytes) -> None:
    shown = [forms(png, title) for title in TITLES]
    outputs: list[Any] = [new_output("display_data", data, metadata=metadata) for data, metadata in shown]
    page, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[new_code_cell("draw()", outputs=outputs)]))
    assert UNDESCRIBED not in page
    assert [image["alt"] for image in Images(page).images] == [one_line(title) for title in TITLES]


SOURCE = """
from grading.figures.style import new_figure
figure = new_figure(3.0, 2.0, 'One "small" figure, a < b')
axes = figure.subplots()
axes.plot([0, 1, 2], [0, 1, 4], label="x²")
figure
"""


def test_a_notebook_that_is_run_and_converted_has_no_image_without_words() -> None:
    notebook = nbformat.from_dict(new_notebook(cells=[new_code_cell(SOURCE)]))  # type: ignore[no-untyped-call]
    page, _ = HTMLExporter().from_notebook_node(execute(notebook, "one figure"))
    assert UNDESCRIBED not in page
    [image] = Images(page).images
    assert image["alt"] == 'One "small" figure, a < b | x²: 0 at first, 4 at last'
    assert (image["width"], image["height"]) == ("288", "192")


def test_a_form_of_its_own_stands_beside_the_others(monkeypatch: pytest.MonkeyPatch, png: bytes) -> None:
    shown: list[tuple[dict[str, str], dict[str, Any]]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    show({"image/svg+xml": "<svg/>"}, png, "A graph", output="here", again=True)
    [(data, options)] = shown
    assert set(data) == {"image/svg+xml", "text/html", "image/png", "text/plain"}
    assert (options["display_id"], options["update"], options["raw"]) == ("here", True, True)


def test_a_figure_is_drawn_at_the_size_that_its_html_names() -> None:
    picture = new_figure(7.2, 3.1, "Any")
    assert isinstance(picture, Picture)
    data, _ = forms(picture.png(), "Any")
    [image] = Images(data["text/html"]).images
    assert (image["width"], image["height"]) == ("691", "297")

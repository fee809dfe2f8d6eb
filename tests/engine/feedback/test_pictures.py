"""Pictures that were pasted into a cell are shown under whatever name, and a missing one is marked."""

from typing import Any

import pytest

from grading.engine.feedback.safe_html import markdown2html

PNG = "iVBORw0KGgo="
SHOWN = f'src="data:image/png;base64,{PNG}"'
ATTACHED = {"image/png": PNG}


def shown(text: str, attachments: Any) -> str:
    context: Any = {"cell": {"attachments": attachments}}
    return str(markdown2html(context, text))


NAMES = [
    ("pic.png", "![x](attachment:pic.png)"),
    ("my pic.png", "![x](attachment:my%20pic.png)"),
    ("my pic.png", "![x](<attachment:my pic.png>)"),
    ("my%20pic.png", "![x](attachment:my%20pic.png)"),
    ("Übung.png", "![x](attachment:Übung.png)"),
    ("Übung.png", "![x](attachment:%C3%9Cbung.png)"),
    ("U\u0308bung.png", "![x](attachment:Übung.png)"),
    ("Übung.png", "![x](attachment:U\u0308bung.png)"),
    ("图片.png", "![x](attachment:图片.png)"),
    ("a & b.png", "![x](attachment:a%20&%20b.png)"),
    ("a(1).png", "![x](attachment:a(1).png)"),
    ("50%.png", "![x](attachment:50%25.png)"),
    ("it's.png", "![x](attachment:it's.png)"),
    ("a#1.png", "![x](attachment:a#1.png)"),
    ("pic.png", '![x](attachment:pic.png "title")'),
    ("pic.png", "![x][p]\n\n[p]: attachment:pic.png"),
    ("pic.png", '<img src="attachment:pic.png" width="200"/>'),
    ("my pic.png", "<p align='center'><img alt='x' src='attachment:my pic.png'></p>"),
    ("pic.png", 'text <img src="attachment:pic.png"> text'),
]
MISSING = ["![x](attachment:gone.png)", "![x](attachment:my%20pic.png)", "![x](attachment:)", "![x](attachment:Übung.png)",
           '<img src="attachment:gone.png">', 'a <img width=3 src="attachment:gone.png"/> b', "![x][p]\n\n[p]: attachment:gone.png",
           "# ![x](attachment:gone.png)", "| a |\n|---|\n| ![x](attachment:gone.png) |"]  # fmt: skip
NO_PICTURES: list[Any] = [
    None, {}, [], "x", 3, {"gone.png": {}}, {"gone.png": None}, {"gone.png": "aGk="}, {"gone.png": {"image/png": None}},
    {"gone.png": {"image/png": ""}},
    {"gone.png": {"text/html": "<script>"}}, {"gone.png": {"image/png": "<script>"}}, {"gone.png": ["image/png"]}, {"other.png": ATTACHED},
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NAMES)
def test_a_pasted_picture_is_shown_in_whatever_spelling_its_name_is(name: str, text: str) -> None:
    page = shown(text, {name: ATTACHED})
    assert SHOWN in page and "missing" not in page


@pytest.mark.parametrize("text", MISSING)
def test_a_missing_picture_is_marked_and_the_rest_is_shown(text: str) -> None:
    page = shown(f"Before.\n\n{text}\n\n![y](attachment:there.png)\n\nAfter.", {"there.png": ATTACHED})
    assert "<em>[the picture '" in page and "is missing]</em>" in page
    assert SHOWN in page and "Before." in page and "After." in page


@pytest.mark.parametrize("attachments", NO_PICTURES, ids=str)
def test_what_is_attached_and_no_picture_is_a_missing_one(attachments: Any) -> None:
    assert "[the picture 'gone.png' is missing]" in shown("![x](attachment:gone.png)", attachments)


def test_a_picture_may_be_lines_of_text_and_the_best_of_several_forms_is_shown() -> None:
    forms = {"image/jpeg": "aGk=", "image/png": [PNG[:4] + "\n", PNG[4:]]}
    assert f"data:image/png;base64,{PNG[:4]}\n{PNG[4:]}" in shown("![x](attachment:a.png)", {"a.png": forms})


@pytest.mark.parametrize("name", ["<script>", "&lt;script&gt;", '"><script>alert(1)</script>', "%3Cscript%3E"])
def test_the_name_of_a_missing_picture_is_only_text(name: str) -> None:
    for text in (f"![x](<attachment:{name}>)", f"<img src='attachment:{name}'>"):
        assert "<script" not in shown(text, {})

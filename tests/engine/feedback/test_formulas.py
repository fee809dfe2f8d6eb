r"""Formulas become MathML, of which nothing runs; what is none stays as it was written."""

from __future__ import annotations

import re

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.feedback.formulas import Formulas, mathml, without_places
from grading.engine.feedback.pictures import render
from grading.engine.feedback.safe_html import clean_html
from tests.engine.feedback.graded import LESSONS, ROOT

CALL = "window.pwned=1"


def shown(text: str) -> str:
    """Return Markdown as a page of feedback shows it."""
    formulas = Formulas()
    return formulas.put_back(clean_html(render(without_places(text), None, formulas)))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_formula_of_a_lesson_is_typeset(lesson: str) -> None:
    for kind in ("source", "solutions"):
        path = ROOT / kind / lesson / f"{lesson}.ipynb" if kind == "source" else ROOT / kind / f"{lesson}.ipynb"
        for cell in nbformat.read(path, as_version=4).cells:  # type: ignore[no-untyped-call]
            if cell.cell_type == "markdown":
                assert "&amp;#" not in re.sub(r"<(pre|code).*?</\1>", "", shown(cell.source), flags=re.S), cell.source
                text = re.sub(r"<(pre|code)\b.*?</\1>|<[^>]*>", "", shown(cell.source), flags=re.S)
                assert not re.search(r"[$\ue0f0]|\\[a-zA-Z_]", text), cell.source


PLACES = [
    ("a $x^2$ b", "<msup>"),
    ("$$\n\\frac{a}{b}\n$$", "<mfrac>"),
    ("\\begin{align}a &= b\\end{align}", "<mtable"),
    ("- $x_1$\n- $x_2$", "<msub>"),
    ("| a |\n|---|\n| $x_1$ |", "<msub>"),
    ("**bold $x_1$**", "<msub>"),
    ("[link $x_1$](https://example.org)", "<msub>"),
    ("<details><summary>Why $x_1$?</summary>\n\nText\n\n</details>", "<msub>"),
    ("<div>\n$$x_1$$\n</div>", "<msub>"),
    ("<p title='a'>$x_1$</p>", "<msub>"),
    ("$a<b$ and $c>d$", "<mo>&lt;</mo>"),
    ("$\\text{if } x < 0$", "<mtext>if"),
    ("$\\texttt{a\\_b}$", "a_b"),
    ("$\\underbrace{a}_{b}$", "<mo>⏟</mo>"),
    ("$\\begin{pmatrix}1 & 2\\\\3 & 4\\end{pmatrix}$", "<mtr>"),
]


@pytest.mark.parametrize(("text", "element"), PLACES)
def test_a_formula_is_found_wherever_it_stands(text: str, element: str) -> None:
    assert element in shown(text)
    assert "$" not in shown(text)


@pytest.mark.parametrize(
    "text", ["`$x$`", "```\n$x$\n```", "costs \\$5 and \\$6", "5 $", "a $ b", "<code>$</code>", "$$ $$", "\\alpha"]
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert "<math" not in shown(text)


WRONG = [
    "\\frac", "x^^2", "x_1_2", "\\begin{pmatrix}1", "\\left(", "{", "}", "\\", "\\undefined{", "&", "^", "_", "\\sqrt[", "\\genfrac{a}",
    "\\begin{array}{", "\\hspace{", "\\color{", "{" * 1_500, "\\sqrt{" * 330, "a" * 2_001, "\\limits", "\\right)", "\\over", "~", "%",
]  # fmt: skip


@pytest.mark.parametrize("formula", WRONG)
def test_what_cannot_be_read_is_shown_in_one_form_or_the_other(formula: str) -> None:
    assert re.fullmatch(r"<code>.*</code>|.*<math.*</math>.*", mathml(formula, display=False), flags=re.S)


EVIL = [
    f"\\text{{<img src=x onerror={CALL}>}}", f"\\href{{javascript:{CALL}}}{{x}}", "\\style{background:url(//a.invalid)}{x}",
    "\\color{red;background:url(//a.invalid)}{x}", f"<script>{CALL}</script>", f"\\mathrm{{</math><img onerror={CALL}>}}",
    f"&lt;img onerror={CALL}&gt;", f"&#x0003C;img onerror={CALL}&#x0003E;", "\\class{work}{x}", "\\cssId{all}{x}",
    f"\\text{{\" onload=\"{CALL}}}", f"\\hspace{{1em\" onload=\"{CALL}}}", "\\unicode{60}script", f"\\operatorname{{<b onclick={CALL}>}}",
]  # fmt: skip
AROUND = ["${}$", "$${}$$", "<p>${}$</p>", "<p title='${}$'>x</p>", "![${}$](https://example.org/x.png)", '[x](# "${}$")',
          "<p title='>${}$'>x</p>", "<b title=\">$x$ ${}$\">y</b>", "<div title='>\n${}$'>x</div>", "\ue0f00\ue0f1 ${}$"]  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("formula", EVIL)
def test_nothing_of_a_formula_runs_or_is_loaded(formula: str, around: str) -> None:
    made = shown(around.replace("{}", formula))
    tags = re.findall(r'<[a-z](?:[^<>"]|"[^"]*")*>', made)
    outside = [re.sub(r'"[^"]*"', "", tag) for tag in tags]
    assert not any(re.search(r"\bon\w+\s*=|<(script|style)\b", tag) for tag in outside), made
    assert not any(re.search(r"(href|src|style|id|class)=\"(?!#|formula|wide)", tag) for tag in tags), made
    assert made.count("<math") == made.count("</math>")


@given(st.text(alphabet="\\{}^_&$<>\"'= abx12#;%~fractextlib\ue0f0\ue0f1", max_size=40))
def test_any_text_between_dollars_gives_a_page(text: str) -> None:
    made = shown(f"<p title='{text}'>a ${text}$ b</p>\n\n${text}$")
    assert not re.search("[\ue0f0\ue0f1]", made)
    assert clean_html(re.sub(r"<math.*?</math>", "", made, flags=re.S)).count("<math") == 0


@pytest.mark.parametrize("number", ["D800", "0", "1", "FFFF", "3C"])
def test_a_character_by_its_number_can_be_written(number: str) -> None:
    made = mathml(f"\\text{{&#x{number};b onclick=1>}}", display=False)
    assert "<b" not in made and made.encode("utf-8")

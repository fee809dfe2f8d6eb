"""`explain`: nothing shows before there are words of one's own, then the model answer does, and nothing that is entered raises."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from grading import explain
from grading.catalogue.explanations import Explanation, explanations
from grading.graded import GRADING_VARIABLE
from grading.study import explaining, store
from grading.study.course_map import course_map
from grading.study.explaining import Comparison, told
from grading.study.own_words import is_long_enough, is_the_question
from grading.study.place import VARIABLE
from grading.study.records import Words
from tests.study.test_predict import Sulky

_FORMULA = re.compile(r"\$([^$]*)\$")
MODEL = r"The slope of a *sum* by one of its terms is $1$: $b$ changes `no` slope, so $\partial b = 1$."
QUESTION = "Why is there no bias $b$ among the arguments, and no sum over examples in `grad_X`?"
ANSWER = "Adding a constant changes no slope at all."


@pytest.fixture(autouse=True)
def asked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Explanation("no-bias-needed", QUESTION, MODEL + " <!-- claim: one -->", lesson="03-backpropagation")
    monkeypatch.setattr(explaining, "explanations", lambda: (one,))


def compared(words: str) -> Comparison:
    shown = told("no-bias-needed", words)
    assert isinstance(shown, Comparison)
    return shown


def written() -> list[str]:
    return [one.words for one in store.read().records if isinstance(one, Words)]


def test_words_are_kept_and_stand_beside_the_model_answer() -> None:
    lines = str(told("no-bias-needed", ANSWER)).splitlines()
    assert lines[:4] == ["Your words:", f"  {ANSWER}", "The model answer:", f"  {MODEL}"]
    assert lines[4].startswith("Compare the reasons") and len(lines) == 5
    assert written() == [ANSWER]


def test_a_second_answer_is_kept_beside_the_first() -> None:
    compared(ANSWER)
    compared("A bias has the same slope for every example there is.")
    assert len(written()) == 2


OWN: dict[str, str] = {
    "five words": "Because constants have no slope",
    "with other quotes": "It's \"constant\", so its slope doesn't depend on anything",
    "over several lines": "\n    The bias is added,\n    and adding changes\n    no slope.\n",
    "lines of Windows": "The bias is added,\r\nand adding changes no slope.",
    "formulas": r"$b$ is added to $xW$ and $\partial z / \partial b = 1$, whatever $b$ is",
    "another language": "Eine additive Konstante \u00e4ndert keine Steigung",
    "a language without spaces": "\u504f\u7f6e\u53ea\u662f\u52a0\u4e0a\u53bb\u7684\u5e38\u6570",
    "Thai": "\u0e04\u0e48\u0e32\u0e04\u0e07\u0e17\u0e35\u0e48\u0e44\u0e21\u0e48",
    "Russian": "\u043e\u043d\u0430 \u043d\u0435 \u0437\u0430\u0432\u0438\u0441\u0438\u0442 \u043e\u0442 b",
    "with emojis": "\U0001f600 no slope of a sum depends on a constant \U0001f680",
    "dots at its end": "Because a constant has no slope ...",
    "the question, then an answer": f"{QUESTION} Because adding any constant leaves all slopes alone.",
    "words of the question": "There is no bias among the arguments since adding it changes nothing",
    "half a surrogate": "a constant has no slope \ud800 at all",
    "control characters": "a constant \x1b[31m has no slope \x00 at all",
    "very long": "because a constant has no slope at all " * 3_000,
}


@pytest.mark.parametrize("case", OWN)
def test_an_answer_in_words_is_kept_and_shown(case: str) -> None:
    shown = compared(OWN[case])
    assert shown.model == MODEL and written() == [shown.words]
    assert len(shown.words) <= 2_000 and not set("\x00\x1b\ud800\r") & set(str(shown))
    (line,) = shown.markdown().splitlines()[2:3]
    assert "Your words" in line and line.endswith("</div></div>")  # the words stand on one line
    json.dumps(shown.markdown(), ensure_ascii=False).encode()  # as a kernel sends it


TOO_SHORT = {
    "a word": "slope",
    "four words": "It has no slope",
    "a word again and again": "bla bla bla bla bla bla bla",
    "a word in capitals and small": "No no NO nO n\u00f3 no?",
    "punctuation": "?! ... --- *** ((( ;;; ///",
    "emojis": "\U0001f600 \U0001f600 \U0001f680 \U0001f680 \U0001f600 \U0001f680",
    "lines": "____ ____ ___ __ _____ ______",
    "one letter many times": "a" * 100_000,
    "two letters of Chinese": "\u4e0d\u53d8",
}


@pytest.mark.parametrize("case", TOO_SHORT)
def test_less_than_five_words_get_one_friendly_sentence(case: str) -> None:
    said = str(told("no-bias-needed", TOO_SHORT[case]))
    assert "at least 5 different words" in said and "\n" not in said and MODEL not in said
    assert written() == []


COPIES = {
    "as it stands in the lesson": QUESTION,
    "as it is read": "Why is there no bias b among the arguments, and no sum over examples in grad_X?",
    "in capitals": QUESTION.upper(),
    "without its end": "Why is there no bias b among the arguments",
    "with a word": f"Well: {QUESTION}",
    "twice": QUESTION * 2,
    "with its formula copied twice": QUESTION.replace("$b$", "bb"),
    "over lines": QUESTION.replace(" ", "\n"),
    "with its heading": f"In words. {QUESTION}",
}


@pytest.mark.parametrize("case", COPIES)
def test_the_question_once_more_is_no_answer(case: str) -> None:
    said = str(told("no-bias-needed", COPIES[case]))
    assert said.startswith("These are the words of the question") and "\n" not in said
    assert written() == []


@pytest.mark.parametrize("one", explanations(), ids=lambda one: one.name)
def test_no_model_answer_is_taken_for_its_question_and_every_question_is(one: Explanation) -> None:
    assert is_long_enough(one.model) and not is_the_question(one.model, one.question)
    assert is_the_question(one.question, one.question)
    # As it is copied from the page: the letters of a formula apart, or twice.
    assert is_the_question(_FORMULA.sub(lambda found: " ".join(found[1]), one.question), one.question)
    assert is_the_question(_FORMULA.sub(lambda found: found[1] * 2, one.question), one.question)


@pytest.mark.parametrize("words", [..., None, "", "...", " \u2026 ", "\n...\n"])
def test_the_dots_say_what_to_do_in_one_line(kept: Path, words: Any) -> None:
    said = str(told("no-bias-needed", words))
    assert said.startswith("Write your answer in place of the dots, between the quotes") and "\n" not in said
    assert not kept.exists()


@pytest.mark.parametrize(
    "words", [3, True, b"a constant has no slope at all", ["a", "b"], {}, len, torch.zeros(2), np.array("x"), Sulky()]
)
def test_what_is_no_text_is_told_in_a_sentence(words: Any) -> None:
    said = str(told("no-bias-needed", words))
    assert said == 'explain takes your words as text, between quotes: explain("no-bias-needed", "...").'
    assert written() == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-bias-neded", "Did you mean no-bias-needed?"),
        ("bias", "Did you mean no-bias-needed?"),
        ("zebra", "The cell as it was handed out has the right name."),
        ("", "The cell as it was handed out has the right name."),
        (ANSWER, "The cell as it was handed out has the right name."),
        ("x" * 1_000_000, "The cell as it was handed out has the right name."),
        (3, 'Such as explain("no-bias-needed", ...).'),
        (None, 'Such as explain("no-bias-needed", ...).'),
        (["no-bias-needed"], 'Such as explain("no-bias-needed", ...).'),
    ],
)
def test_a_name_that_no_question_has_is_told_with_the_nearest(name: Any, words: str) -> None:
    first, second = str(told(name, ANSWER)).splitlines()
    assert len(first) < 100 and second == words
    assert written() == []


@pytest.mark.parametrize("name", ["no_bias_needed", " No-bias-needed", "no bias needed"])
def test_a_name_may_be_spelt_freely(name: str) -> None:
    assert isinstance(told(name, ANSWER), Comparison)


HOSTILE = (
    "</div></div><script>alert(1)</script> <img src=x onerror=alert(1)> **bold** `code` [link](javascript:alert(1)) "
    r"$5 and $6, \(x\), \begin{equation}x\end{equation}, &lt;b&gt;"
)


def test_words_are_shown_as_they_were_written_and_nothing_in_them_acts() -> None:
    shown = compared(f"{HOSTILE}\n\n# no heading\n\n    no code")
    own = shown.markdown().split("The model answer</strong>")[0]
    inside = own.split("Your words</strong></div>")[1].removeprefix('<div style="margin-bottom:.4em">')
    body = inside.split("</div>")[0].replace("<br>", "").replace("<span>", "").replace("</span>", "")
    assert not set(body) & set("<>*`[]()$\\{}_|~^\"'")  # nothing that HTML, Markdown or MathJax reads is left
    assert body.count("#") == body.count("&#")  # no heading: only entities
    assert "<span>&#36;</span>5 and <span>&#36;</span>6" in inside


def test_the_model_answer_stays_markdown_with_its_formulas() -> None:
    markdown = compared(ANSWER).markdown()
    assert f"</strong></div>\n\n{MODEL}\n\n</div>" in markdown and "<!--" not in markdown
    assert markdown.count("<div") == markdown.count("</div>")


def test_nothing_is_kept_where_it_is_switched_off(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    compared(ANSWER)
    assert not kept.exists()


def test_while_a_notebook_is_graded_nothing_is_said_or_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "autograde")
    explain("no-bias-needed", ANSWER)
    explain("no such question", ...)
    assert capsys.readouterr().out == "" and not kept.exists()


def test_progress_counts_the_questions_of_a_lesson_that_were_answered() -> None:
    names = [one.name for one in explanations() if one.lesson == "03-backpropagation"]
    for name in (names[0], names[0], "gone"):
        store.add(Words("03-backpropagation", name, ANSWER))
    (lesson,) = course_map("03").lessons
    assert (lesson.explained, lesson.to_explain) == (1, len(names))
    line = f"1 of {len(names)} questions answered in words"
    assert f"  {line}" in str(course_map("03")).splitlines() and line in course_map("03")._repr_html_()


def test_in_a_notebook_it_is_markdown_and_a_broken_text_is_its_cells_own_fault(kept: Path) -> None:
    name = explanations()[0].name
    cells = (
        "from grading import explain",
        f'explain("{name}", """It\'s "so",\nbecause the weights say so \U0001f600""")\nx = 1',
        f'explain("{name}", """no end',
        f'explain("{name}", """...""")',
    )
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True)
    client.execute(env={VARIABLE: str(kept)})
    _, compared, broken, dots = (cell.outputs for cell in notebook.cells)
    assert [sorted(one.data) for one in compared] == [["text/markdown", "text/plain"]]
    assert compared[0].data["text/plain"].startswith('Your words:\n  It\'s "so",\n  because')
    assert [one.ename for one in broken] == ["SyntaxError"]
    assert "in place of the dots" in dots[0].data["text/html"]
    assert len(written()) == 1


def test_in_a_terminal_it_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.study.panel.in_notebook", lambda: False)
    explain("no-bias-needed", ANSWER)
    assert capsys.readouterr().out.startswith("Your words:\n")

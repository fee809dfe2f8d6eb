"""`predict`: nothing shows before a value is entered, then the answer does, and nothing that is entered raises."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from grading import predict
from grading.catalogue.questions import Kind, Question
from grading.graded import GRADING_VARIABLE
from grading.study import predicting, store
from grading.study.predicting import told
from grading.study.records import Prediction
from grading.study.values import is_open


class Sulky:
    """Something that raises whatever is done with it."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __eq__ = __bool__ = __len__ = __str__  # type: ignore[assignment]
    __hash__ = object.__hash__


ENDLESS: list[Any] = [1.0]
ENDLESS.append(ENDLESS)


def question(kind: Kind, answer: Any, name: str = "q", **more: Any) -> Question:
    return Question(name, "What is it?", kind, lambda: answer, "Because of that.", lesson="03-x", **more)


@pytest.fixture
def asked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Enters a value as the answer to a question and returns what is told."""

    def enter(kind: Kind, answer: Any, value: Any, **more: Any) -> str:
        monkeypatch.setattr(predicting, "questions", lambda: (question(kind, answer, **more),))
        return str(told("q", value))

    return enter


RIGHT: dict[str, tuple[Kind, Any, Any, dict[str, Any]]] = {
    "an integer": (Kind.NUMBER, 3.0, 3, {}),
    "a fraction": (Kind.NUMBER, 0.25, Fraction(1, 4), {}),
    "as text": (Kind.NUMBER, 0.25, " 1/4 ", {}),
    "a minus sign of print": (Kind.NUMBER, -2.0, "\u22122", {}),
    "rounded by hand": (Kind.NUMBER, 1 / 3, 0.333, {}),
    "a tensor that autograd knows": (Kind.NUMBER, 3.0, torch.tensor(3.0, requires_grad=True), {}),
    "a tensor with one element": (Kind.NUMBER, 3.0, torch.tensor([[3.0]]), {}),
    "a number of numpy": (Kind.NUMBER, 3.0, np.float32(3), {}),
    "an estimate": (Kind.NUMBER, 100.0, 115, {"within": 0.2}),
    "zero": (Kind.NUMBER, 0.0, 0, {}),
    "a shape": (Kind.SHAPE, (2, 3), (2, 3), {}),
    "a shape as a list": (Kind.SHAPE, (2, 3), [2, 3], {}),
    "a shape of torch": (Kind.SHAPE, torch.Size([2, 3]), torch.zeros(2, 3).shape, {}),
    "a shape without its comma": (Kind.SHAPE, (3,), (3), {}),
    "the empty shape": (Kind.SHAPE, (), (), {}),
    "a list": (Kind.NUMBERS, torch.tensor([1.0, 2.0]), [1, 2], {}),
    "a column": (Kind.NUMBERS, torch.tensor([1.0, 2.0]), [[1], [2]], {}),
    "a matrix": (Kind.NUMBERS, [[1, 2], [3, 4]], torch.tensor([[1, 2], [3, 4]]), {}),
    "an array": (Kind.NUMBERS, [1, 2], np.array([1, 2]), {}),
    "a tuple with a tensor": (Kind.NUMBERS, [1, 2], (torch.tensor(1), 2.0), {}),
    "true": (Kind.YES_NO, True, True, {}),
    "a word for it": (Kind.YES_NO, False, "No", {}),
    "a bool of numpy": (Kind.YES_NO, True, np.bool_(True), {}),
    "a word": (Kind.WORD, "up", " Up", {"choices": ("up", "down")}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_value_is_right_in_any_form(asked: Callable[..., str], name: str) -> None:
    kind, answer, value, more = RIGHT[name]
    said = asked(kind, answer, value, **more)
    assert "is right." in said.splitlines()[0] and said.endswith("Because of that.")
    assert [one.right for one in store.read().records if isinstance(one, Prediction)] == [True]


OTHER: dict[str, tuple[Kind, Any, Any, dict[str, Any], str]] = {
    "another number": (Kind.NUMBER, 3.0, 4, {}, "You expected 4; the answer is 3."),
    "nearly": (Kind.NUMBER, 3.0, 3.02, {}, "You expected 3.02; the answer is 3."),
    "the wrong sign": (Kind.NUMBER, 3.0, -3, {}, "You expected -3; the answer is 3."),
    "a bad estimate": (Kind.NUMBER, 100.0, 130, {"within": 0.2}, "You expected 130; the answer is 100."),
    "not quite zero": (Kind.NUMBER, 0.0, 0.1, {}, "You expected 0.1; the answer is 0."),
    "transposed": (Kind.SHAPE, (2, 3), (3, 2), {}, "You expected (3, 2); the answer is (2, 3)."),
    "another length": (Kind.NUMBERS, [1, 2], [1, 2, 3], {}, "You expected [1, 2, 3]; the answer is [1, 2]."),
    "a matrix transposed": (Kind.NUMBERS, [[1, 2], [3, 4]], [[1, 3], [2, 4]], {}, "the answer is [[1, 2], [3, 4]]."),
    "the other": (Kind.YES_NO, True, False, {}, "You expected False; the answer is True."),
    "another word": (Kind.WORD, "up", "down", {"choices": ("up", "down")}, 'You expected "down"; the answer is "up".'),
}


@pytest.mark.parametrize("name", OTHER)
def test_another_value_is_told_beside_the_answer(asked: Callable[..., str], name: str) -> None:
    kind, answer, value, more, words = OTHER[name]
    said = asked(kind, answer, value, **more)
    assert words in said.splitlines()[0] and said.endswith("Because of that.")
    assert [one.right for one in store.read().records if isinstance(one, Prediction)] == [False]


UNREADABLE: dict[str, tuple[Kind, Any, str]] = {
    "text as a number": (Kind.NUMBER, "three", "a number"),
    "a truth as a number": (Kind.NUMBER, True, "a number"),
    "nan": (Kind.NUMBER, float("nan"), "a number"),
    "infinite text": (Kind.NUMBER, "inf", "a number"),
    "divided by zero": (Kind.NUMBER, "1/0", "a number"),
    "complex": (Kind.NUMBER, 1j, "a number"),
    "two numbers": (Kind.NUMBER, (1, 2), "a number"),
    "a function": (Kind.NUMBER, len, "a number"),
    "a class of tensors": (Kind.NUMBER, torch.Tensor, "a number"),
    "no number at all": (Kind.NUMBER, torch.tensor([]), "a number"),
    "a sparse tensor": (Kind.NUMBERS, torch.eye(2).to_sparse(), "a list or a tensor of numbers"),
    "a tensor without values": (Kind.NUMBERS, torch.empty(2, device="meta"), "a list or a tensor of numbers"),
    "rows of unequal length": (Kind.NUMBERS, [[1, 2], [3]], "a list or a tensor of numbers"),
    "letters": (Kind.NUMBERS, "123x", "a list or a tensor of numbers"),
    "halves in a shape": (Kind.SHAPE, (2.5, 3), "a shape such as (2, 3)"),
    "negative": (Kind.SHAPE, (-1, 3), "a shape such as (2, 3)"),
    "maybe": (Kind.YES_NO, "maybe", "True or False"),
    "a number as a truth": (Kind.YES_NO, 1, "True or False"),
    "larger than any float": (Kind.NUMBER, 10**400, "a number"),
    "larger than any float, as text": (Kind.NUMBER, "1e400", "a number"),
    "more digits than Python reads": (Kind.NUMBER, "9" * 5000, "a number"),
    "a list that holds itself": (Kind.NUMBERS, ENDLESS, "a list or a tensor of numbers"),
    "a million numbers": (Kind.NUMBERS, torch.zeros(1000, 1000), "a list or a tensor of numbers"),
    "a size that no computer has": (Kind.SHAPE, (10**5000, 2), "a shape such as (2, 3)"),
    "a dict": (Kind.SHAPE, {"rows": 2}, "a shape such as (2, 3)"),
    "a set": (Kind.NUMBERS, {1, 2}, "a list or a tensor of numbers"),
    "an object that cannot be written": (Kind.YES_NO, Sulky(), "True or False"),
    "no such word": (Kind.WORD, "sideways", '"up" or "down"'),
    "a number as a word": (Kind.WORD, 3, '"up" or "down"'),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_value_of_another_kind_shows_no_answer_and_is_not_kept(asked: Callable[..., str], name: str) -> None:
    kind, value, wanted = UNREADABLE[name]
    said = asked(kind, None, value, choices=("up", "down"))
    assert said.splitlines() == ["What is it?", f"This takes {wanted}; the answer shows once there is one."]
    assert store.read().records == ()


@pytest.mark.parametrize("value", [..., None, "", "...", " \u2026 "])
def test_the_dots_ask_for_a_value_and_the_answer_is_not_computed(
    kept: Path, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise() -> int:
        raise AssertionError("the answer was computed before there was a prediction")

    asked = Question("q", "How many?", Kind.NUMBER, surprise, "So.")
    monkeypatch.setattr(predicting, "questions", lambda: (asked,))
    assert is_open(value)
    assert str(told("q", value)).splitlines() == [
        "How many?",
        "Put a number in place of the dots, then run this cell again.",
    ]
    assert not kept.exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fork-of-tow", "Did you mean fork-of-two?"),
        ("fork", "Did you mean fork-of-two?"),
        ("nothing like it", "The cell as it was handed out has the right name."),
        ("", "The cell as it was handed out has the right name."),
        ("x" * 1_000_000, "The cell as it was handed out has the right name."),
        (3, 'Such as predict("fork-of-two", ...).'),
        (None, 'Such as predict("fork-of-two", ...).'),
        (torch.zeros(2), 'Such as predict("fork-of-two", ...).'),
        (["fork-of-two"], 'Such as predict("fork-of-two", ...).'),
    ],
)
def test_a_name_that_no_question_has_is_told_in_two_lines(
    name: Any, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "questions", lambda: (question(Kind.NUMBER, 2.0, name="fork-of-two"),))
    first, second = str(told(name, 2)).splitlines()
    assert len(first) < 100 and second == words


@pytest.mark.parametrize("name", ["fork-of-two", "fork_of_two", " Fork-of-two", "fork of two"])
def test_a_name_may_be_spelt_freely(kept: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "questions", lambda: (question(Kind.NUMBER, 2.0, name="fork-of-two"),))
    assert str(told(name, 2)).startswith("2 is right.")


def test_an_estimate_that_counts_as_right_is_told_the_answer(asked: Callable[..., str]) -> None:
    said = asked(Kind.NUMBER, 102.0, 100, within=0.1).splitlines()
    assert said[0] == "100 is right." and "More exactly, it is 102." in said


def test_a_card_shows_what_was_entered_as_text_only(asked: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked(Kind.WORD, "<b>", "<b>", choices=("<b>",))
    card = told("q", "<b>").html()
    assert "&lt;b&gt;&quot; is right." in card and "<b>" not in card


def test_while_a_notebook_is_graded_nothing_is_asked_and_nothing_said(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "autograde")
    predict("no such question", 3)
    assert capsys.readouterr().out == "" and not kept.exists()


def test_in_a_notebook_it_is_a_card_also_in_the_middle_of_a_cell() -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("from grading import predict\npredict('no such question', 3)\nx = 1")]
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"].startswith("There is no question")
    assert 'role="status"' in output.data["text/html"]

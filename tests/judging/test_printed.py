"""What an answer prints while it is checked is shown where it helps, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from torch import Tensor

from grading import exercise, judge
from grading.judging.printed import excerpt
from grading.judging.verdict import Verdict


def verdict(answer: Callable[..., Any], *, hidden: bool = False) -> Verdict:
    return judge(exercise("relu"), answer, device="cpu", hidden=hidden)


def _wrong(X: Tensor) -> Tensor:
    print("shape", tuple(X.shape))
    print("X =", X.tolist())
    return X.abs()


def _raises(X: Tensor) -> Any:
    print(X.shape)
    return X @ X


def _flood(X: Tensor) -> Tensor:
    for number in range(25):
        print(number)
    return X.abs()


def _markup(X: Tensor) -> Tensor:
    print("<script>alert(1)</script>")
    return X.abs()


def _right(X: Tensor) -> Tensor:
    print(X.shape)
    return X.clamp(min=0)


def test_what_is_shown_was_printed_for_the_input_that_is_shown() -> None:
    said = str(verdict(_wrong)).splitlines()
    assert "  input     X = [-0.5]" in said
    assert said[-3:] == ["Your answer printed:", "  shape (1,)", "  X = [-0.5]"]


def test_before_an_exception_too() -> None:
    assert str(verdict(_raises)).endswith("\nYour answer printed:\n  torch.Size([6, 3])")


def test_a_flood_is_shortened() -> None:
    assert verdict(_flood).printed_lines() == [
        "Your answer printed:",
        *"  0,  1,  2,  3,  4,  … and 20 lines more".split(","),
    ]


def test_the_card_shows_it_escaped() -> None:
    html = verdict(_markup).html()
    assert "Your answer printed:\n  &lt;script&gt;" in html and "<script>" not in html


def test_a_right_answer_shows_nothing_of_it() -> None:
    assert str(verdict(_right)) == "relu: passed, 1 point."


@pytest.mark.parametrize("answer", [_wrong, _raises, _flood])
def test_where_hidden_inputs_could_be_printed_nothing_is_shown(answer: Callable[..., Any]) -> None:
    assert verdict(answer, hidden=True).printed_lines() == []


def test_it_travels_with_the_verdict() -> None:
    found = verdict(_wrong)
    assert Verdict.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("", ()),
        ("\n\n  \n", ()),
        ("a", ("a",)),
        ("a\n", ("a",)),
        ("\na", ("", "a")),
        ("a\n" * 5, ("a",) * 5),
        ("a\n" * 6, (*("a",) * 5, "… and 1 line more")),
        ("a\n" * 30, (*("a",) * 5, "… and 25 lines more")),
        ("x" * 400, ("x" * 400,)),
        ("x" * 401, ("x" * 400 + "…",)),
        (f"{'x' * 390}\n{'y' * 20}\nz", ("x" * 390, "y" * 10 + "…", "… and 1 line more")),
        ("a\n" * 1000, (*("a",) * 5, "… and more")),
        ("x" * 2000, ("x" * 400 + "…", "… and more")),
    ],
)
def test_a_few_lines_are_shown_and_how_many_more_there_are(printed: str, shown: tuple[str, ...]) -> None:
    assert excerpt(printed) == shown

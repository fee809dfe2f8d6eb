"""Facts are true and look as they are: constants, kinds of numbers, what differs, zero."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge
from tests.corpus import messages

FOLLOWS = "It should follow its inputs"
CONSTANTS: list[tuple[str, Callable[..., Any], str]] = [
    ("relu_grad", torch.zeros_like, "This is 0 everywhere, whatever comes in."),
    ("relu_grad", lambda X: -torch.zeros_like(X), "This is 0 everywhere, whatever comes in."),
    ("grad_relu", lambda Z, grad_H: torch.zeros_like(Z), "Every element is 0, whatever comes in."),
    ("relu", lambda X: torch.full_like(X, 0.1), "Every element is 0.1, whatever comes in."),
    ("relu", lambda X: torch.full_like(X, 1e-9), "Every element is 1e-09, whatever comes in."),
    ("accuracy", lambda logits, y: 1.0, "It is always 1, whatever comes in."),
    ("early_stopping", lambda losses, patience: (len(losses) - 1 - losses.index(min(losses)) >= patience, 0), "best is always 0"),
    ("relu", lambda X: X > 0, "This is True where x > 0: a mask"),
    ("tanh", lambda X: X > 0.7, "These are True and False."),
    ("relu", lambda X: X.clamp(min=0).long(), "These are whole numbers"),
    ("relu", lambda X: X.clamp(min=0).double(), FOLLOWS),
    ("relu", lambda X: X * torch.nan, ""),
    ("relu", lambda X: X[..., :0], ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "advice"), CONSTANTS)
def test_what_is_constant_or_of_another_kind_is_told_as_it_is(name: str, answer: Any, advice: str) -> None:
    found = judge(exercise(name), answer, "cpu", 0, hidden=False).findings[0]
    assert found.advice.startswith(advice) and bool(found.advice) is bool(advice), found


def test_what_is_constant_only_where_it_is_wrong_is_not_called_constant() -> None:
    def unstable(logits: Tensor, y: Tensor) -> Tensor:
        exps = logits.exp()
        picked = (exps / exps.sum(dim=1, keepdim=True)).nan_to_num(1.0)[range(len(y)), y]
        return -picked.log().mean()

    found = judge(exercise("cross_entropy"), unstable, "cpu", 0, hidden=False)
    assert not found.passed and "whatever comes in" not in str(found), found


def test_numbers_of_messages_look_as_they_are_and_nothing_in_them_needs_a_key() -> None:
    for entry, text in messages.read().items():
        facts = dict(re.findall(r"^  (expected|got) +(.*)$", text, re.MULTILINE))
        assert not facts.get("expected") or facts["expected"] != facts.get("got"), entry
        assert not re.search(r"(?<![\w.])-0(?![\w.])|\b[fi](16|32|64)\[|seed \d", text), entry

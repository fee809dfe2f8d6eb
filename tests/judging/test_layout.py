"""What a verdict shows at first, and what it folds."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch

from grading import exercise, judge
from grading.judging.layout import MOST_LINES, PRINTED, lay_out
from grading.judging.verdict import Finding, Verdict
from grading.outcome import Outcome

FACTS = (("input", "X = [0.5]"), ("expected", "[1]"), ("got", "[2]"))


def verdict(*findings: Finding, score: float = 0.0, remarks: tuple[str, ...] = ()) -> Verdict:
    return Verdict("relu", "01", Outcome.FAILED, score, 1.0, findings, remarks=remarks)


def test_what_to_do_stands_before_the_facts_and_the_points_at_the_end() -> None:
    found = verdict(
        Finding("a", "values", "wrong values.", FACTS, "Divide by n.", printed=("x",)),
        Finding("b", "dtype", "wrong dtype."),
        score=0.5,
    )
    assert found.text_lines() == [
        "relu: wrong values.",
        "Divide by n.",
        "  input     X = [0.5]",
        "  expected  [1]",
        "  got       [2]",
        "… and 3 more",
        "The rest is right: 0.5 of 1 point.",
    ]


@pytest.mark.parametrize("advice", ["", "Divide by n."])
@pytest.mark.parametrize("end", ["", "The rest is right."])
@pytest.mark.parametrize("count", range(25))
def test_at_most_eight_lines_are_shown_none_is_lost_and_the_fold_says_how_many_it_holds(
    advice: str, end: str, count: int
) -> None:
    body = [f"line {number}" for number in range(count)]
    found = lay_out("title", advice, body, end)
    assert [*found.shown, *found.folded] == body
    text = found.text()
    assert len(text) == min(MOST_LINES, 1 + bool(advice) + bool(end) + count)
    assert (f"… and {len(found.folded)} more" in text) is bool(found.folded)
    assert len(found.folded) != 1, "the line that says so could hold it"


@pytest.mark.parametrize("place", range(12))
def test_a_heading_stays_with_what_is_below_it(place: int) -> None:
    body = [f"line {number}" for number in range(12)]
    body[place] = PRINTED
    found = lay_out("title", "", body, "")
    assert [*found.shown, *found.folded] == body
    assert found.shown[-1] != PRINTED or not found.folded


def test_the_card_folds_what_the_text_leaves_out_and_has_what_to_do_largest() -> None:
    found = verdict(Finding("", "values", "wrong.", FACTS, "Do <this>.", printed=tuple(f"p{i}" for i in range(9))))
    before, _, after = found.html().partition("<details")
    assert "p0" in before and "p8" not in before
    assert "p8" in after and after.count("<summary") == 1 and "… and 8 more</summary>" in after
    assert before.index("Do &lt;this&gt;.") < before.index("X = [0.5]")
    assert re.search(r"font-size:1\.2em[^>]*>Do ", before)
    assert "font-size" not in found.html().replace("font-size:1.2em", "", 1)


def test_a_card_shows_the_beginning_of_a_long_line_and_folds_the_whole() -> None:
    numbers = ", ".join(str(i / 7) for i in range(40))
    found = verdict(Finding("", "values", "wrong.", (("input", f"X = [{numbers}]"), ("got", "[2]"))))
    before, _, after = found.html().partition("<details")
    assert numbers not in before and numbers[:100] in before and numbers in after and "[2]" in before
    assert numbers in str(found), "a text cannot be unfolded"


def layer(X: torch.Tensor, W: torch.Tensor) -> torch.Tensor:
    return X @ W


def calls(X: torch.Tensor) -> Any:
    W1 = torch.ones(5, 3)
    return layer(X, W1)


def several_lines(X: torch.Tensor) -> Any:
    return torch.cat([
        X,
        X @ X,
    ])  # fmt: skip


def in_a_comprehension(X: torch.Tensor) -> Any:
    return [row @ X for row in X]


def in_a_library(X: torch.Tensor) -> Any:
    return torch.nn.functional.linear(X, torch.ones(2, 99))


class WithWeights:
    def __init__(self) -> None:
        self.W = torch.ones(9, 2)

    def __call__(self, X: torch.Tensor) -> Any:
        return X @ self.W


def even(X: torch.Tensor, n: int = 0) -> Any:
    return odd(X, n + 1)


def odd(X: torch.Tensor, n: int) -> Any:
    if n > 30:
        return X @ X
    return even(X, n)


def endless(X: torch.Tensor) -> Any:
    return 1 + endless(X)


def at(function: Any, line: int) -> int:
    return int(function.__code__.co_firstlineno) + line


TRACES: list[tuple[Any, list[str]]] = [
    (
        calls,
        [
            f"  in        line {at(layer, 1)} of layer: return X @ W    X (6, 3), W (5, 3)",
            f"  called in line {at(calls, 2)} of calls: return layer(X, W1)",
        ],
    ),
    (several_lines, [f"  in        line {at(several_lines, 3)}: X @ X,    X (6, 3)"]),
    (
        in_a_comprehension,
        [f"  in        line {at(in_a_comprehension, 1)}: return [row @ X for row in X]    row (3,), X (6, 3)"],
    ),
    (
        in_a_library,
        [
            f"  in        line {at(in_a_library, 1)}: return torch.nn.functional.linear(X, torch.ones(2, 99))"
            "    X (6, 3)"
        ],
    ),
    (
        WithWeights(),
        [f"  in        line {at(WithWeights.__call__, 1)}: return X @ self.W    X (6, 3), self.W (9, 2)"],
    ),
]


@pytest.mark.parametrize(("answer", "lines"), TRACES, ids=[getattr(one, "__name__", "object") for one, _ in TRACES])
def test_an_exception_shows_all_lines_of_the_learner_and_the_shapes_where_it_was_raised(
    answer: Any, lines: list[str]
) -> None:
    found = judge(exercise("relu"), answer, "cpu", hidden=False)
    said = [line for line in found.findings[0].lines if line.startswith(("  in  ", "  called in"))]
    assert said == lines
    assert all("grading" not in line and "site-packages" not in line for line in said)
    assert len(said) <= 9 and found.text_lines()[3] == said[0]


def test_a_line_that_calls_itself_is_told_once() -> None:
    lines = judge(exercise("relu"), endless, "cpu", hidden=False).findings[0].lines
    assert sum(f"line {at(endless, 1)}" in line for line in lines) == 1 and len(lines) <= 4


def test_of_many_lines_those_nearest_to_the_exception_are_told() -> None:
    lines = judge(exercise("relu"), even, "cpu", hidden=False).findings[0].lines
    assert lines[3] == f"  called in line {at(even, 1)} of even: return odd(X, n + 1)"
    assert lines[-1] == "  called in … and 54 more lines"


class _Tells(Exception):
    pass


def keyed(X: torch.Tensor) -> Any:
    raise KeyError(X.tolist())


def named_after_the_input(X: torch.Tensor) -> Any:
    raise type(f"V{X.numel()}", (Exception,), {})(X.tolist())


def shaped(X: torch.Tensor) -> Any:
    return X @ torch.ones(99, 99)


def compared(X: torch.Tensor) -> Any:
    return X if X > 0 else 0


HIDDEN = [
    (keyed, "it raised KeyError.", ""),
    (named_after_the_input, "it raised an exception.", ""),
    (shaped, "it raised RuntimeError.", ""),
    (compared, "it raised RuntimeError.", "A comparison of tensors"),
]


@pytest.mark.parametrize(("answer", "title", "advice"), HIDDEN, ids=[one.__name__ for one, _, _ in HIDDEN])
def test_of_a_hidden_case_an_exception_tells_nothing_of_the_input(answer: Any, title: str, advice: str) -> None:
    seen: list[torch.Tensor] = []

    def relu(X: torch.Tensor) -> Any:
        seen.append(X)
        return X.clamp(min=0) if len(seen) <= visible else answer(X)

    visible = 10**9
    judge(exercise("relu"), relu, "cpu", hidden=False)
    visible, hidden_ones = len(seen), [case for case in exercise("relu").cases if case.hidden]
    seen.clear()
    finding = judge(exercise("relu"), relu, "cpu", hidden=True).findings[0]
    assert finding.case in {case.name for case in hidden_ones}
    assert (finding.title, finding.facts) == (title, (("with", finding.case),))
    assert finding.advice.startswith(advice) and bool(finding.advice) is bool(advice)
    assert not finding.printed

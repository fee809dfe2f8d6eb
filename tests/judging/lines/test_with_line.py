"""The line of a slip: told where one edit repairs an answer, and only there."""

from __future__ import annotations

import inspect
import itertools
import json
import linecache
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch

from grading import check, exercise, judge
from grading.errors import CheckFailed
from grading.graded import GRADING_VARIABLE
from grading.judging import Verdict
from grading.judging.lines import search, verdict_line, with_line
from tests.judging.lines.answers import (
    SLIPS,
    mended_on_either_line,
    slip_and_print,
    two_slips,
    two_slips_in_one_path,
    wrong_number_with_a_name,
)


def frozen() -> float:
    """A clock that stands still: how busy the machine is decides nothing."""
    return 0.0


@cache
def _verdicts(name: str, answer: Callable[..., Any]) -> tuple[Verdict, Verdict]:
    """Return the verdict of an answer without and with a line, as if the exercise knew no mistakes: a slip may get a name."""
    asked = replace(exercise(name), mistakes=())
    verdict = judge(asked, answer, "cpu", hidden=False)
    return verdict, with_line(verdict, asked, answer, clock=frozen)


def _line(name: str, answer: Callable[..., Any]) -> str:
    _, found = _verdicts(name, answer)
    return found.findings[0].advice


def _slip_in(answer: Callable[..., Any]) -> str:
    lines, first = inspect.getsourcelines(answer)
    (at,) = [place for place, line in enumerate(lines) if line.rstrip().endswith("# here")]
    return f"Look at line {first + at}: `{' '.join(lines[at].split())}`."


@pytest.mark.parametrize("kind", SLIPS)
def test_the_line_of_a_slip_is_told(kind: str) -> None:
    name, answer = SLIPS[kind]
    assert _line(name, answer) == _slip_in(answer)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("grad_linear", two_slips),
        ("forward", two_slips_in_one_path),
        ("tanh_grad", mended_on_either_line),
        ("accuracy", wrong_number_with_a_name),
        ("relu", slip_and_print),
    ],
)
def test_no_line_is_told_where_there_are_two_or_none_may_be_tried(name: str, answer: Callable[..., Any]) -> None:
    assert _line(name, answer) == ""


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect the exercises for whose answers a line is looked for."""
    found: list[str] = []

    def repairs(context: Any, *arguments: Any, **more: Any) -> Any:
        found.append(context.exercise.name)
        return search.repairs(context, *arguments, **more)

    monkeypatch.setattr(verdict_line, "repairs", repairs)
    return found


def relu(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(min=0)


def absolute(X: torch.Tensor) -> torch.Tensor:
    return X.abs()


def raises_with_advice(X: torch.Tensor) -> Any:
    return X if X > 0 else 0


def untouched(X: torch.Tensor) -> Any:
    raise NotImplementedError()


@pytest.mark.parametrize("answer", [relu, absolute, raises_with_advice, untouched])
def test_nothing_is_searched_where_nothing_is_wrong_or_it_has_a_name(
    answer: Callable[..., Any], searched: list[str]
) -> None:
    verdict = judge(exercise("relu"), answer, "cpu", hidden=False)
    assert with_line(verdict, exercise("relu"), answer) == verdict
    assert searched == []


RELU_ABOVE_ONE = SLIPS["a constant in relu"][1]


def test_a_verdict_with_a_line_reads() -> None:
    lines = str(_verdicts("relu", RELU_ABOVE_ONE)[1]).splitlines()
    assert lines == [
        "relu: wrong values.",
        _slip_in(RELU_ABOVE_ONE),
        "  input     X = [0.5]",
        "  expected  [0.5]",
        "  got       [0]",
        "  enters    X = [0.5]",
        "  leaves    positive = [False]",
    ]


@pytest.mark.parametrize("kind", SLIPS)
def test_points_and_order_stay_and_the_text_is_short(kind: str) -> None:
    name, answer = SLIPS[kind]
    before, after = _verdicts(name, answer)
    first, was = after.findings[0], before.findings[0]
    assert replace(after, findings=()) == replace(before, findings=())
    assert after.findings[1:] == before.findings[1:]
    assert replace(first, facts=(), advice="") == replace(was, facts=(), advice="")
    assert "enters" in dict(first.facts)
    assert len(first.facts) <= 5
    assert {"input", "expected", "got"} & dict(was.facts).keys() <= dict(first.facts).keys()
    assert len(after.text_lines()) <= 8
    assert Verdict.from_dict(json.loads(json.dumps(after.to_dict()))) == after
    assert "Look at line" in after.html()


def test_time_is_bounded() -> None:
    ticks = itertools.count(step=search.SECONDS / 40)
    calls: list[float] = []

    def clock() -> float:
        calls.append(next(ticks))
        return calls[-1]

    name, answer = SLIPS["a sign in backward"]
    verdict = judge(exercise(name), answer, "cpu", hidden=False)
    assert with_line(verdict, exercise(name), answer, clock=clock) == verdict
    assert calls[-1] <= search.SECONDS * 1.1  # and it asks no longer


def test_a_fault_of_the_search_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any, **more: Any) -> Any:
        raise ValueError("of the search")

    monkeypatch.setattr(verdict_line, "repairs", broken)
    verdict = judge(exercise("relu"), RELU_ABOVE_ONE, "cpu", hidden=False)
    assert with_line(verdict, exercise("relu"), RELU_ABOVE_ONE) == verdict


def _repairs(*edits: tuple[str, int], finished: bool) -> search.Repairs:
    class Found:
        def __init__(self, kind: str, line: int) -> None:
            self.kind, self.line = kind, line

    return search.Repairs(tuple(Found(*edit) for edit in edits), finished)  # type: ignore[arg-type]  # what is read of edits


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (_repairs(("sign", 3), finished=True), 3),
        (_repairs(("sign", 3), ("axis", 3), finished=False), 3),
        (_repairs(("sign", 3), finished=False), None),
        (_repairs(("sign", 3), ("sign", 3), finished=False), None),
        (_repairs(("sign", 3), ("axis", 4), finished=True), None),
        (_repairs(finished=True), None),
    ],
)
def test_edits_agree_on_a_line_or_none_is_told(found: search.Repairs, line: int | None) -> None:
    assert found.line == line


def test_an_edit_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def relu(X: torch.Tensor) -> torch.Tensor:
        for _ in range(0 * 10**12):
            X = X + 1
        return X * (X > 1.25)

    monkeypatch.setattr(search, "_TRIAL_SECONDS", 0.02)  # how long one edit may run
    assert "return X * (X > 1.25)" in _line("relu", relu)


def test_the_globals_of_the_learner_stay_as_they_are() -> None:
    source = "WEIGHTS = []\nSCALE = None\ndef relu(X):\n    WEIGHTS.append(1)\n    return X * (X > 1.25)\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    namespace: dict[str, Any] = {}
    exec(compile(source, "<cell>", "exec"), namespace)
    verdict = judge(exercise("relu"), namespace["relu"], "cpu", hidden=False)
    before, names = len(namespace["WEIGHTS"]), set(namespace)
    told = with_line(verdict, exercise("relu"), namespace["relu"], clock=frozen)
    assert told.findings[0].advice == "Look at line 5: `return X * (X > 1.25)`."
    assert set(namespace) == names
    # The answer itself was called: in each case, and for the smallest input; hundreds of edits were not seen here.
    assert len(namespace["WEIGHTS"]) - before < 60


def test_a_check_tells_it_and_a_graded_one_does_not(
    monkeypatch: pytest.MonkeyPatch, searched: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CheckFailed, match="relu"):
        check(RELU_ABOVE_ONE, "relu")
    assert searched == ["relu"]
    with pytest.raises(CheckFailed):
        check(RELU_ABOVE_ONE, "relu", hidden=True)
    monkeypatch.setenv(GRADING_VARIABLE, "autograde")
    with pytest.raises(CheckFailed):
        check(RELU_ABOVE_ONE, "relu")
    assert searched == ["relu"]


def test_a_line_that_raises_is_not_told_twice() -> None:
    def forward(X: torch.Tensor, params: Any) -> Any:
        Z = X @ params["W1"] + params["b"]
        H = Z.clamp(min=0)
        return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}

    before, after = _verdicts("forward", forward)
    assert before.findings[0].kind == "raised"
    assert str(after).count(f"line {forward.__code__.co_firstlineno + 1}") == 1


def test_a_method_is_looked_at_by_its_class() -> None:
    class MLPScratch:
        def forward(self, X: torch.Tensor) -> Any:
            rows = X.reshape(len(X), -1)
            H = torch.relu(rows @ self.W1 + self.b1)  # type: ignore[attr-defined]  # the check's own attributes
            return H @ self.W2 - self.b2  # type: ignore[attr-defined]

    assert "H @ self.W2 - self.b2" in _line("MLPScratch.forward", MLPScratch)

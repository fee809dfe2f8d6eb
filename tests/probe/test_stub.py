"""A TODO counts as not attempted if it is the stub that was handed out, and only then."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from grading import exercise, exercises, judge
from grading.judging import Outcome
from grading.probe.stub import is_stub

ROOT = Path(__file__).parents[2]
GRADED = [one for one in exercises() if not one.manual]


def _stubs() -> dict[str, str]:
    """Return the cells of the TODOs as they are handed out, by the exercise's cell identifier."""
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "release").glob("*/*.ipynb"))]
    cells = [cell for notebook in notebooks for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = {cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"]) for cell in cells}
    return {name: source for name, source in sources.items() if "raise NotImplementedError()" in source}


def _function(source: str) -> Callable[..., Any]:
    """Define what a cell defines, without what its decorators would need."""
    code = "from __future__ import annotations\n" + source[source.index("def ") :]
    namespace: dict[str, Any] = {}
    exec(compile(code, "a cell", "exec"), namespace)
    (found,) = [value for value in namespace.values() if hasattr(value, "__code__")]
    return found  # type: ignore[no-any-return]


def test_every_stub_that_is_handed_out_is_not_attempted() -> None:
    stubs = _stubs()
    assert set(stubs) == {one.grade_id for one in GRADED}
    for one in GRADED:
        assert judge(one, _function(stubs[one.grade_id])).outcome is Outcome.NOT_ATTEMPTED, one.name


@pytest.mark.parametrize(
    "source",
    [
        "def f(X):\n    raise NotImplementedError()",
        'def f(X):\n    """Another docstring."""\n    # My comment.\n    raise NotImplementedError()  # and another',
        "def f(X: int = 3, *rest, key=None) -> None:\n    raise NotImplementedError()",
        "def f(X):\n    raise NotImplementedError",
    ],
)
def test_comments_docstring_and_signature_do_not_matter(source: str) -> None:
    assert is_stub(_function(source).__code__)


@pytest.mark.parametrize(
    "source",
    [
        "def f(X):\n    pass",
        "def f(X):\n    return ...",
        "def f(X):\n    return NotImplemented",
        "def f(X):\n    raise NotImplementedError('later')",
        "def f(X):\n    raise NotImplementedError() from None",
        "def f(X):\n    X = 2 * X\n    raise NotImplementedError()",
        "def f(X):\n    if True:\n        X.clamp(min=0)\n    raise NotImplementedError()",
        "def f(X):\n    raise ValueError()",
        "def f(X):\n    print()\n    raise NotImplementedError()",
        "def f(X):\n    yield\n    raise NotImplementedError()",
        "def f(X):\n    try:\n        raise NotImplementedError()\n    finally:\n        pass",
        "class NotImplementedErrors(Exception):\n    pass\ndef f(X):\n    raise NotImplementedErrors()",
    ],
)
def test_whatever_else_stands_there_is_an_attempt(source: str) -> None:
    assert not is_stub(_function(source).__code__)


def _helper(X: Any) -> Any:
    raise NotImplementedError()


def _raises_its_own(X: Any) -> Any:
    raise NotImplementedError("relu comes later")


@functools.lru_cache
def _decorated(X: Any) -> Any:
    raise NotImplementedError()


# Answers to relu that meet a NotImplementedError which is not that of the stub.
ATTEMPTS: dict[str, Callable[..., Any]] = {
    "a caret for a power": lambda X: X ^ 2,
    "an ampersand between numbers": lambda X: X & (X > 0),
    "an or between numbers": lambda X: X | 0.0,
    "a tilde": lambda X: ~X,
    "a shift": lambda X: X >> 1,
    "a softmax of whole numbers": lambda X: torch.softmax(X.long(), dim=-1),
    "a mean of whole numbers": lambda X: X.long().mean(),
    "a mean of truth values": lambda X: (X > 0).mean(),
    "an exponential of truth values": lambda X: F.silu(X > 0),
    "labels and outputs swapped": lambda X: F.cross_entropy(torch.zeros(len(X), dtype=torch.long), X),
    "a helper that is not written": lambda X: _helper(X),
    "a message of its own": _raises_its_own,
    "a wrapped stub": _decorated,
    "an ellipsis": lambda X: ...,
    "NotImplemented": lambda X: NotImplemented,
    "nothing": lambda X: None,
}


@pytest.mark.parametrize("what", ATTEMPTS)
def test_an_attempt_is_told_what_is_wrong_with_it(what: str) -> None:
    verdict = judge(exercise("relu"), ATTEMPTS[what])
    assert verdict.outcome in (Outcome.ANSWER_ERROR, Outcome.FAILED), str(verdict)
    assert verdict.score == 0
    assert verdict.findings


@pytest.mark.parametrize("one", GRADED, ids=lambda one: one.name)
def test_an_unwritten_helper_is_named_in_every_exercise(one: Any) -> None:
    verdict = judge(one, lambda *arguments: _helper(arguments))
    assert verdict.outcome is Outcome.ANSWER_ERROR, str(verdict)
    assert verdict.findings[0].title == "`_helper`, which it calls, is not written yet."


@pytest.mark.parametrize("one", GRADED, ids=lambda one: one.name)
def test_a_placeholder_that_is_returned_is_an_attempt_in_every_exercise(one: Any) -> None:
    for placeholder in (..., NotImplemented):
        verdict = judge(one, lambda *arguments, value=placeholder: value)
        assert verdict.outcome in (Outcome.ANSWER_ERROR, Outcome.FAILED), str(verdict)
        assert verdict.score == 0

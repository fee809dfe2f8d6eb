"""`hint` rises and remembers, `reset` brings a TODO back, and neither raises."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from grading import check, exercise, exercises, hint, reset
from grading.errors import CheckFailed
from grading.graded import GRADING_VARIABLE
from grading.study import helping
from grading.study.helping import bring_back, next_hint, offer
from grading.study.place import VARIABLE


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helping, "_shown", {})  # what this process remembers, from other tests too


def relu(X: Any) -> Any:
    return X.abs()


def test_hints_come_one_after_the_other_and_all_again_at_the_end(kept: Path) -> None:
    hints = exercise("relu").hints
    told = [str(next_hint("relu")) for _ in hints]
    for number, (panel, text) in enumerate(zip(told, hints, strict=True), start=1):
        assert panel.startswith(f"Hint {number} of {len(hints)} for relu\n{text.strip()}")
    assert told[-1].endswith("This was the last one.")
    after = str(next_hint("relu"))
    assert after.startswith("relu has no further hint")
    assert all(text in after for text in hints)


def test_hints_go_on_where_they_stopped_in_another_session(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next_hint("relu")
    monkeypatch.setattr(helping, "_shown", {})  # as in a new process
    assert str(next_hint("relu")).startswith("Hint 2 of")
    assert str(next_hint("tanh")).startswith("Hint 1 of")


def test_hints_rise_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert [str(next_hint("relu"))[:6] for _ in range(2)] == ["Hint 1", "Hint 2"]


WORDS: dict[str, tuple[Any, str]] = {
    "a function": (relu, "Hint 1 of"),
    "spaces": (" relu ", "Hint 1 of"),
    "a class of one method": ("MLPScratch", "for MLPScratch.forward"),
    "a slip": ("reul", "Did you mean relu"),
    "capitals": ("ReLU", "Did you mean relu"),
    "another word": ("zebra", "There are neuron"),
    "nothing": ("", "Which exercise?"),
    "a number": (3, "Which exercise?"),
    "nobody": (None, "Which exercise?"),
    "a lambda": (lambda X: X, "There is no exercise"),
    "a very long name": ("x" * 1000, f"There is no exercise '{'x' * 60}'"),
}


@pytest.mark.parametrize("case", WORDS)
def test_whatever_is_asked_for_is_told_in_words(case: str, kept: Path) -> None:
    wanted, words = WORDS[case]
    assert words in str(next_hint(wanted))
    assert str(bring_back(wanted, lambda text: True))


def test_a_hint_is_offered_after_three_failures_in_a_row(kept: Path) -> None:
    def tries(count: int) -> str:
        for _ in range(count):
            with pytest.raises(CheckFailed) as failed:
                check(relu)
        return str(failed.value)

    assert "Stuck?" not in tries(2)
    assert 'Stuck? hint("relu") shows hint 1 of' in tries(1)
    next_hint("relu")
    assert 'hint("relu") shows hint 2 of' in tries(1)
    check(lambda X: X.clamp(min=0), "relu")
    assert "Stuck?" not in tries(2)


def test_a_hint_is_offered_below_the_card_and_the_points_stay_a_number(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def half(X: Tensor) -> Tensor:
        return X.clamp(min=0).double()

    points: list[Any] = [check(half, "relu") for _ in range(3)]
    bundle = points[-1]._repr_mimebundle_()
    assert float(bundle["text/plain"]) == float(points[-1]) > 0
    assert bundle["text/html"].index("relu") < bundle["text/html"].index("Stuck?")
    assert "Stuck?" not in points[0]._repr_mimebundle_()["text/html"]
    assert capsys.readouterr().out.rstrip().endswith(f"hint 1 of {len(exercise('relu').hints)}.")


def test_nothing_is_offered_when_all_hints_are_seen(kept: Path) -> None:
    for _ in range(3):
        with pytest.raises(CheckFailed):
            check(relu)
    assert offer(exercise("relu")) is not None
    for _ in exercise("relu").hints:
        next_hint("relu")
    assert offer(exercise("relu")) is None


TODOS = [one for one in exercises() if not one.manual]


@pytest.mark.parametrize("one", TODOS, ids=lambda one: one.name)
def test_every_todo_comes_back_as_it_was_handed_out(one: Any) -> None:
    given: list[str] = []
    panel = bring_back(one.name, lambda text: bool(given.append(text)) or True)
    assert "as it was handed out, is in the cell below" in str(panel)
    ast.parse(given[0])
    assert "raise NotImplementedError()" in given[0] and "SOLUTION" not in given[0]
    assert f"def {one.name.rpartition('.')[2]}(" in given[0]


def test_without_a_notebook_the_todo_is_printed(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset("relu")
    assert "def relu(X" in capsys.readouterr().out


def test_a_written_answer_has_no_todo_to_bring_back() -> None:
    assert "only in the notebook" in str(bring_back("why-no-line", lambda text: True))


def test_while_a_notebook_is_graded_nothing_is_shown(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "1")
    hint("relu")
    reset("relu")
    assert capsys.readouterr().out == ""
    assert not kept.exists()

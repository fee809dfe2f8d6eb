"""Every way that `solution` shows passes its exercise's check, and nothing is shown too early or to a class."""

from __future__ import annotations

import builtins
import itertools
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading import exercise, exercises, judge, progress, solution
from grading.cells import owner_and_function
from grading.graded import GRADING_VARIABLE
from grading.solutions import OTHERS, Way, ways
from grading.study import helping, solving
from grading.study.helping import next_hint, todo_of
from grading.study.place import VARIABLE
from grading.study.solving import solution_of

TAUGHT = [one for one in exercises() if not one.manual]
SHOWN = {
    (one.name, number): way
    for one in TAUGHT
    for number, way in enumerate(ways(one.lesson, one.name, todo_of(one) or ""), start=1)
}


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    # What this process remembers, from other tests too.
    monkeypatch.setattr(solving, "_asked", set())
    monkeypatch.setattr(helping, "_shown", {})  # that, too


def as_in_its_lesson(way: Way, name: str) -> Any:
    """Run a way with what its lesson has imported and had written before it; return the function, or the class of a method."""
    d2l = SimpleNamespace(add_to_class=lambda cls: lambda f: setattr(cls, f.__name__, f))
    names: dict[str, Any] = {
        **{"torch": torch, "nn": nn, "math": math, "itertools": itertools, "pairwise": itertools.pairwise, "d2l": d2l},
        **{"Tensor": Tensor, "Any": Any, "Callable": Callable, "Iterable": Iterable},
        **{"Mapping": Mapping, "Sequence": Sequence},
        "MLPScratch": type("MLPScratch", (nn.Module,), {}),
        "relu": torch.relu,
    }
    own = exercise(name).lesson
    for (other, number), before in SHOWN.items():
        if number == 1 and other != name and "." not in other and exercise(other).lesson == own:
            exec(before.code, names)
    exec(way.code, names)
    return names[owner_and_function(name)[0] or name]


@pytest.mark.parametrize(("name", "number"), SHOWN)
def test_every_way_passes_the_check(name: str, number: int) -> None:
    way = SHOWN[name, number]
    verdict = judge(exercise(name), as_in_its_lesson(way, name))
    assert verdict.passed, str(verdict)
    assert "SOLUTION" not in way.code and '"""' not in way.code and "YOUR CODE" not in way.code
    assert bool(way.equal) is (number > 1)


def test_every_exercise_has_a_way_and_every_second_way_an_exercise() -> None:
    assert {name for name, number in SHOWN if number == 1} == {one.name for one in TAUGHT}
    others = tomllib.loads(OTHERS.read_text(encoding="utf-8"))
    assert {name for name, number in SHOWN if number == 2} == set(others)
    for name in others:
        assert SHOWN[name, 1].code != SHOWN[name, 2].code


def test_the_second_call_shows_and_the_first_offers_hints(kept: Path) -> None:
    first, second, third = (str(solution_of("relu")) for _ in range(3))
    assert f'There are {len(exercise("relu").hints)} hints left: hint("relu").' in first
    assert "def relu" not in first
    assert second == third and second.startswith("Two ways to write relu")
    assert "torch.where(X > 0, X, 0)" in second and "torch.clamp" in second


def test_the_first_call_counts_in_another_session_and_for_this_exercise_alone(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solution_of("relu")
    monkeypatch.setattr(solving, "_asked", set())  # as in a new process
    assert "def relu" in str(solution_of("relu"))
    assert "def tanh" not in str(solution_of("tanh"))


def test_it_rises_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert ["def relu" in str(solution_of("relu")) for _ in range(2)] == [False, True]


def test_no_hint_is_offered_when_all_are_seen(kept: Path) -> None:
    for _ in exercise("relu").hints:
        next_hint("relu")
    told = str(solution_of("relu"))
    assert "left" not in told and "again shows the solution" in told


def test_progress_says_that_a_solution_was_seen(kept: Path) -> None:
    solution_of("relu")
    assert "solution seen" not in str(progress("02"))
    solution_of("relu")
    assert str(progress("02")).count("solution seen") == 1
    assert "solution seen" in progress("02")._repr_html_()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("reul", "Did you mean relu"),
        ("", "Which exercise?"),
        (None, "Which exercise?"),
        (3, "Which exercise?"),
        ("zebra", "There are neuron"),
        ("why-no-line", "is answered in words"),
        ("MLPScratch", "solution of MLPScratch.forward"),
        (nn.ReLU(), "Which exercise?"),
    ],
)
def test_whatever_is_asked_for_is_told_in_words(wanted: Any, told: str, kept: Path) -> None:
    assert told in str(solution_of(wanted))


def test_a_page_shows_code_as_text(kept: Path) -> None:
    solution_of("relu_grad")
    html = solution_of("relu_grad").html()
    assert "<pre" in html and "(X &gt; 0)" in html and "<script" not in html


def test_nothing_is_shown_while_grading(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "1")
    for _ in range(3):
        solution("relu")
    assert capsys.readouterr().out == "" and not kept.exists()


def test_a_package_without_solutions_says_so(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "grading.solutions":
            raise ModuleNotFoundError("No module named 'grading.solutions'", name="grading.solutions")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for _ in range(2):
        assert "is not part of this package" in str(solution_of("relu"))
    assert not kept.exists()

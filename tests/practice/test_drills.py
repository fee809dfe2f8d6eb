"""`drill`, `find_input` and `parsons`: what they say, what is written down, and that none of it raises or counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import check, drill, exercises, find_input, parsons, progress, review
from grading.catalogue import drills
from grading.graded import GRADING_VARIABLE
from grading.practice import drilling, ordering
from grading.practice.drilling import check_drill, choose, level_of, show_drill
from grading.practice.listing import compiled
from grading.practice.separating import separate
from grading.study import store
from grading.study.place import VARIABLE
from grading.study.records import Check, Drill


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drilling, "_memory", [])


def relu(X: Tensor) -> Tensor:
    return X.clamp(min=0)


def no_cell(text: str) -> bool:
    return False


def _events() -> list[tuple[str, int, str]]:
    return [(one.exercise, one.number, one.event) for one in store.read().records if isinstance(one, Drill)]


def test_a_drill_shows_the_function_and_a_small_input_but_not_the_line(kept: Path) -> None:
    text = str(show_drill("relu", 1, no_cell))
    assert text.startswith("Drill relu 1 (easy):\ndef relu(X: Tensor) -> Tensor:")
    assert "input: X = [" in text and "expected: [" in text and "got: [" in text
    assert "drill.check(relu)" in text
    assert "line" not in text.rpartition("It shows here")[2]


def test_in_a_notebook_the_function_is_in_a_cell_of_its_own(kept: Path) -> None:
    cells: list[str] = []
    panel = str(show_drill("relu", 1, lambda text: not cells.append(text)))
    assert "is in the cell below" in panel and "def relu" not in panel
    assert cells[0].startswith("def relu(") and cells[0].endswith("\n\ndrill.check(relu)")
    compile(cells[0], "cell", "exec")


def test_a_fixed_drill_says_how_long_it_took_and_the_next_one_is_another(kept: Path) -> None:
    show_drill("relu", None, no_cell)
    shown = store.read().records[-1].time
    wrong = str(check_drill(_named("relu", lambda X: X.abs()), shown + 60))
    assert wrong.startswith("relu 1 is not fixed yet.") and "expected" in wrong
    panel = str(check_drill(relu, shown + 130))
    assert panel.startswith("relu 1 is fixed, after 2 min 10 s.\n1 of ")
    assert _events() == [("relu", 1, "shown"), ("relu", 1, "tried"), ("relu", 1, "fixed")]
    assert "No drill of relu is open" in str(check_drill(relu))
    assert "Drill relu 1 " not in str(show_drill("relu", None, no_cell))


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function


def test_the_clock_goes_on_when_a_drill_is_shown_again_and_starts_anew_another_day(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    show_drill("relu", None, no_cell)
    assert _events() == [("relu", 1, "shown")]
    store.forget()
    store.add(Drill("02-activations", "relu", 1, "shown", time=1e9))
    drilling._memory.clear()
    show_drill("relu", 1, no_cell)
    assert _events() == [("relu", 1, "shown")] * 2


def test_they_get_harder_and_go_back_to_what_is_left(kept: Path) -> None:
    variants = drills.drills_of("relu").variants  # type: ignore[union-attr]
    seen: list[int] = []
    records: list[Drill] = []
    for _ in variants:
        chosen = choose("relu", None, records)
        assert isinstance(chosen, drilling.Chosen)
        seen.append(chosen.variant.level)
        records.append(Drill("02-activations", "relu", chosen.variant.number, "fixed", time=float(len(seen))))
    assert seen[:5] == [1, 1, 2, 2, 3]
    assert sorted(record.number for record in records) == [one.number for one in variants]
    assert level_of("relu", variants, records[:2]) == 2


def test_without_a_name_it_goes_on_with_what_was_passed_and_was_hardest(kept: Path) -> None:
    assert "Drill neuron" in str(show_drill("", None, no_cell))
    for name, outcome in (("relu", "passed"), ("tanh", "failed"), ("tanh", "passed"), ("sigmoid", "failed")):
        store.add(Check("02-activations", name, outcome, 1.0, 1.0))
    assert "Drill tanh" in str(show_drill("", None, no_cell))


def test_where_nothing_can_be_kept_the_process_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    show_drill("relu", 1, no_cell)
    assert "relu 1 is fixed" in str(check_drill(relu))
    assert "Drill relu 1 " not in str(show_drill("relu", None, no_cell))


def test_nothing_of_it_counts_for_points_or_progress(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    check_drill(relu)
    text = repr(progress("02-activations"))
    assert "0 of" in text.splitlines()[0] and "attempt" not in text
    check(relu)
    assert "1 attempt" in repr(progress("02-activations"))


WANTED: dict[str, tuple[Any, Any, str]] = {
    "a function": (relu, 2, "Drill relu 2"),
    "a class of one method": ("MLPScratch", 1, "drill.check(MLPScratch)"),
    "a slip": ("reul", None, "Did you mean relu"),
    "a number that is not there": ("relu", 999, "relu has drills 1 to"),
    "zero": ("relu", 0, "relu has drills 1 to"),
    "a truth value": ("relu", True, "relu has drills 1 to"),
    "a number as text": ("relu", "3", "relu has drills 1 to"),
    "a fraction": ("relu", 1.0, "relu has drills 1 to"),
    "a written answer": ("why-no-line", None, "why-no-line has no drills"),
    "a number for a name": (3, None, "Which exercise?"),
    "nobody": (None, None, "Which exercise?"),
}


@pytest.mark.parametrize("case", WANTED)
def test_whatever_is_asked_for_is_told_in_words(case: str, kept: Path) -> None:
    wanted, number, words = WANTED[case]
    assert words in str(show_drill(wanted, number, no_cell))


@pytest.mark.parametrize("answer", ["relu", None, 3, lambda X: X, torch.zeros(2)], ids=repr)
def test_whatever_is_checked_is_told_in_words(answer: Any, kept: Path) -> None:
    assert str(check_drill(answer))


def test_an_answer_that_raises_is_not_fixed(kept: Path) -> None:
    show_drill("relu", 1, no_cell)
    assert "ZeroDivisionError" in str(check_drill(_named("relu", lambda X: 1 / 0)))


# --- find the input ----------------------------------------------------------------------------------------------------

RELU_ABS = 2  # torch.abs(X)


def _found(name: str, number: int, *inputs: Any, **named: Any) -> str:
    return str(separate(name, number, inputs, named))


def _number(name: str, body: str) -> int:
    its = drills.drills_of(name)
    assert its is not None
    return next(one.number for one in its.variants if one.body == body)


def test_an_input_that_tells_them_apart_is_told_with_the_distance(kept: Path) -> None:
    number = _number("relu", "return torch.abs(X)")
    said = _found("relu", number, torch.tensor([3.0, -2.0]))
    assert "This input tells them apart." in said and "differs by up to 2: 2, where 0 is right" in said
    assert "both give the same" in _found("relu", number, torch.tensor([3.0, 0.0]))
    assert "tells them apart" in _found("relu", number, X=torch.tensor([-1.0]))
    assert _events() == [("relu", number, "separated")] * 2


def test_without_an_input_the_function_is_shown_and_the_call(kept: Path) -> None:
    said = _found("relu", 1)
    assert "def relu(" in said and 'find_input("relu", 1, X)' in said and _events() == []


UNFIT: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "too many": ((torch.ones(1), 2), {}, "relu takes X"),
    "another name": ((), {"Y": torch.ones(1)}, "relu takes X"),
    "a number": ((3,), {}, "cannot take this input"),
    "text": (("-1",), {}, "cannot take this input"),
    "None": ((None,), {}, "cannot take this input"),
    "not a number": ((torch.tensor([float("nan")]),), {}, "both give the same"),
    "nothing in it": ((torch.zeros(0),), {}, "both give the same"),
    "a list": (([-1.0],), {}, "cannot take this input"),
    "infinite": ((torch.tensor([float("inf")]),), {}, "not finite"),
    "integers": ((torch.tensor([-1]),), {}, "tells them apart"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_cannot_be_an_input_is_told_in_words(case: str, kept: Path) -> None:
    inputs, named, words = UNFIT[case]
    said = _found("relu", _number("relu", "return torch.abs(X)"), *inputs, **named)
    assert words in said or "not finite" in said


DIFFERENCES: dict[str, tuple[str, str, Callable[[], tuple[Any, ...]], str]] = {
    "a shape": ("relu", "return X.clamp(min=0).flatten()", lambda: (torch.ones(2, 2),), "shape"),
    "a gradient": (
        "relu",
        "return torch.where(X > 0, X, 0).detach()",
        lambda: (torch.ones(2).requires_grad_(),),
        "utograd",
    ),
    "an infinite gradient": (
        "sigmoid",
        "return 1.0 / (1.0 + torch.exp(-X))",
        lambda: (torch.tensor([-1000.0]).requires_grad_(),),
        "gradient",
    ),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_more_than_values_tells_them_apart(case: str, kept: Path) -> None:
    name, body, inputs, word = DIFFERENCES[case]
    its = drills.drills_of(name)
    assert its is not None
    number = next((one.number for one in its.variants if one.body == body), None)
    assert number is not None, "this drill is not in the list"
    said = _found(name, number, *inputs())
    assert "tells them apart" in said and word in said


def test_what_becomes_of_the_arguments_counts(kept: Path) -> None:
    its = drills.drills_of("sgd_step")
    assert its is not None
    number = next(one.number for one in its.variants if "mul_(lr)" in one.body)
    ones = {"w": torch.ones(2)}
    said = _found("sgd_step", number, ones, {"w": torch.ones(2)}, 0.1)
    assert "tells them apart" in said and "grads['w']" in said
    assert torch.equal(ones["w"], torch.ones(2))


@pytest.mark.parametrize("name", ["xavier_uniform", "dropout", "build_mlp", "train_epoch"])
def test_what_is_drawn_or_trained_has_no_single_input(name: str, kept: Path) -> None:
    assert "more than one input" in _found(name, 1, 3, 4)


def test_the_small_input_that_the_judge_finds_is_an_input_that_tells_apart(kept: Path) -> None:
    """Of elementwise exercises, whose input is one tensor: each easy number is tried, and one of them tells them apart."""
    easy = torch.tensor([0.0, -0.5, 0.5, -1.0, 1.0, -4.0, 4.0, -1000.0, 1000.0]).requires_grad_()
    inputs = [easy, easy.detach().half(), easy.detach().half().requires_grad_(), easy.detach().reshape(3, 3)]
    for name in ("relu", "relu_grad", "sigmoid", "tanh"):
        its = drills.drills_of(name)
        assert its is not None
        told = sum(any("tells them apart" in _found(name, one.number, X) for X in inputs) for one in its.variants)
        assert told >= 0.9 * len(its.variants)


# --- lines in order ------------------------------------------------------------------------------------------------------


def test_the_lines_are_shown_with_letters_and_the_right_order_is_right(kept: Path) -> None:
    its = drills.drills_of("backward")
    assert its is not None
    shown = str(ordering.told("backward", ...))
    letters = {line: letter for letter, line in ordering.shuffled("backward", its).items()}
    assert all(f"{letter}      {line}" in shown for line, letter in letters.items())
    order = [letters[line] for line in its.lines]
    for form in (" ".join(order), "".join(order), ", ".join(order), order, tuple(order), " > ".join(order).upper()):
        assert "This order is right" in str(ordering.told("backward", form))
    assert "Not in this order" in str(ordering.told("backward", order[::-1]))
    assert "Not in this order" in str(ordering.told("backward", order[:-1]))


def test_another_order_that_works_is_right_as_well(kept: Path) -> None:
    its = drills.drills_of("forward")
    assert its is not None
    letters = {line: letter for letter, line in ordering.shuffled("forward", its).items()}
    grads = drills.drills_of("batch_norm_backward")
    assert grads is not None
    more = {line: letter for letter, line in ordering.shuffled("batch_norm_backward", grads).items()}
    lines = list(grads.lines)
    lines[1], lines[2] = lines[2], lines[1]
    assert "This order is right" in str(ordering.told("batch_norm_backward", [more[line] for line in lines]))
    assert "This order is right" in str(ordering.told("forward", [letters[line] for line in its.lines]))


@pytest.mark.parametrize(
    ("wanted", "order", "words"),
    [
        ("relu", ..., "relu has no lines"),
        ("backwards", ..., "Did you mean"),
        ("backward", "1 2", "The lines are a to"),
        ("backward", "z", "The lines are a to"),
        ("backward", 3, "The lines are a to"),
        ("backward", [1, 2], "The lines are a to"),
        ("backward", "", "The lines of backward, shuffled"),
        ("backward", None, "The lines of backward, shuffled"),
        ("adam_step", "h a", "Not in this order"),
    ],
)
def test_whatever_is_ordered_is_told_in_words(wanted: Any, order: Any, words: str, kept: Path) -> None:
    assert words in str(ordering.told(wanted, order))


def test_lines_that_are_no_python_are_told(kept: Path) -> None:
    its = drills.drills_of("train_epoch")
    assert its is not None
    letters = {line: letter for letter, line in ordering.shuffled("train_epoch", its).items()}
    assert "Python cannot read it" in str(ordering.told("train_epoch", letters["for X, y in batches:"]))


# --- where there are none ---------------------------------------------------------------------------------------------------


def test_in_a_package_without_drills_it_says_why(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drills, "_FILE", "not-installed.toml")
    drills._drills_of.cache_clear()
    try:
        for panel in (show_drill("relu", None, no_cell), separate("relu", 1, (), {}), ordering.told("backward", ...)):
            assert str(panel) == drilling.NOT_HERE
        assert str(show_drill("", None, no_cell)) == drilling.NOT_HERE
    finally:
        drills._drills_of.cache_clear()


def test_while_a_notebook_is_graded_nothing_is_shown_or_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "1")
    drill("relu")
    drill.check(relu)
    find_input("relu", 1, torch.ones(1))
    parsons("backward")
    review()
    assert capsys.readouterr().out == ""
    assert not kept.exists()


def test_importing_the_course_reads_no_drills() -> None:
    import subprocess
    import sys

    late = "('torch', 'tomllib', 'grading.catalogue.drills', 'grading.practice.drilling')"
    code = f"import sys; from grading import drill, review; print([name for name in {late} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_every_exercise_can_be_shown(kept: Path) -> None:
    for one in exercises():
        if not one.manual:
            its = drills.drills_of(one.name)
            assert its is not None
            assert callable(compiled(one.name, its, its.variants[0].body))

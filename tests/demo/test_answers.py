"""The sample class wrote what its descriptions say."""

import ast
import itertools
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading import exercise, exercises, judge
from grading.cells import SOLUTION
from grading.demo.answers import Mistaken, Solved, Untouched, answer_source, mistaken_source
from grading.demo.pupil import Damage
from grading.demo.sample import CLASSES
from grading.errors import CourseError
from grading.judging.exercise import Exercise
from grading.judging.verdict import Outcome, Verdict

ROOT = Path(__file__).parents[2]
PUPILS = [(lesson, pupil) for lesson, pupils in CLASSES.items() for pupil in pupils]
RIGHT = {
    "01-xor": {"s01", "s02"},
    "02-activations": {"s01", "s03", "s04"},
    "03-backpropagation": {"s01", "s02"},
    "04-fashion-mnist": {"s01"},
    "05-initialization": {"s01", "s02"},
    "06-optimization": {"s01", "s02"},
}
UNTOUCHED_SOURCE = "def {name}(*arguments):\n    raise NotImplementedError()"
TRAINED = "build_mlp"  # a right one is trained for ten seconds, in the tests of its lesson


def solutions(lesson: str) -> dict[str, str]:
    """Return the answer cells of a lesson's master under the names of their exercises."""
    cells = (ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8").split("\n# %%")
    headed = [cell.partition("\n") for cell in cells if cell.startswith(' todo="')]
    return {head.split('"')[1]: SOLUTION.taken_down(body).strip() for head, _, body in headed}


def lesson_namespace() -> dict[str, Any]:
    """Return what the first cells of the lessons bring, with a stand-in for d2l, whose import takes seconds."""

    def add_to_class(owner: type) -> Callable[[Any], None]:
        return lambda method: setattr(owner, method.__name__, method)

    names = {"torch": torch, "Tensor": Tensor, "nn": nn, "F": F, "math": math, "itertools": itertools}
    typed = {"Callable": Callable, "Sequence": list, "Iterable": list, "Mapping": dict, "Any": Any}
    scratch = {"d2l": SimpleNamespace(add_to_class=add_to_class), "MLPScratch": type("MLPScratch", (), {})}
    return {**names, **typed, **scratch, "relu": torch.relu, "pairwise": itertools.pairwise}


@cache
def verdicts(lesson: str, student: str) -> dict[str, Verdict | None]:
    """Judge everything that a pupil wrote; None for what does not even compile."""
    (pupil,) = (one for one in CLASSES[lesson] if one.student == student)
    namespace = lesson_namespace()
    found: dict[str, Verdict | None] = {}
    model = solutions(lesson)
    for one in exercises(lesson):
        if one.manual or one.name == TRAINED:
            continue
        answer = pupil.answers.get(one.name, pupil.otherwise)
        source = answer_source(answer, one, model[one.name], UNTOUCHED_SOURCE.format(name=one.name))
        try:
            exec(compile(source, f"<{one.name}>", "exec"), namespace)
        except SyntaxError:
            found[one.name] = None
        else:
            found[one.name] = judge(one, namespace[one.name.split(".")[0]])
    return found


@pytest.mark.parametrize(("lesson", "student"), [(a, b) for a, students in RIGHT.items() for b in sorted(students)])
def test_who_is_said_to_be_right_is_right(lesson: str, student: str) -> None:
    found = verdicts(lesson, student)
    assert [str(verdict) for verdict in found.values() if verdict is None or not verdict.passed] == []


MISTAKEN = [
    (lesson, pupil.student, name, answer.name)
    for lesson, pupil in PUPILS
    for name, answer in pupil.answers.items()
    if isinstance(answer, Mistaken)
]


@pytest.mark.parametrize(("lesson", "student", "name", "mistake"), MISTAKEN)
def test_a_known_mistake_is_rejected_and_named(lesson: str, student: str, name: str, mistake: str) -> None:
    one = exercise(name)
    namespace = lesson_namespace()
    exec(mistaken_source(one, mistake), namespace)
    verdict = judge(one, namespace[name.split(".")[0]])
    assert not verdict.passed
    assert mistake in [finding.mistake for finding in verdict.findings]


@pytest.mark.parametrize(
    ("lesson", "student", "name"),
    [("02-activations", "s10", "sigmoid_grad"), ("03-backpropagation", "s04", "grad_relu")],
)
def test_a_forgotten_return_is_said_to_be_one(lesson: str, student: str, name: str) -> None:
    verdict = verdicts(lesson, student)[name]
    assert verdict is not None and verdict.score == 0
    assert "return" in str(verdict)


def test_autograd_in_a_backward_pass_is_said_to_be_forbidden() -> None:
    verdict = verdicts("03-backpropagation", "s04")["backward"]
    assert verdict is not None and verdict.score == 0
    assert "forbidden" in [finding.kind for finding in verdict.findings]


def test_the_syntax_error_is_one_and_what_builds_on_it_fails() -> None:
    found = verdicts("02-activations", "s11")
    assert found["sigmoid"] is None
    assert found["sigmoid_grad"] is not None and not found["sigmoid_grad"].passed


@pytest.mark.parametrize(
    ("lesson", "student"),
    [(lesson, pupil.student) for lesson, pupil in PUPILS if isinstance(pupil.otherwise, Untouched)],
)
def test_an_untouched_answer_is_not_attempted(lesson: str, student: str) -> None:
    outcomes = {verdict.outcome for verdict in verdicts(lesson, student).values() if verdict}
    assert outcomes == {Outcome.NOT_ATTEMPTED}


@pytest.mark.parametrize("one", [one for lesson in CLASSES for one in exercises(lesson)], ids=lambda one: one.name)
def test_every_mistake_could_be_handed_in(one: Exercise) -> None:
    for mistake in one.mistakes:
        if mistake.wrong.__name__ == "<lambda>":
            with pytest.raises(CourseError, match="a family that a loop makes"):
                mistaken_source(one, mistake.name)
            continue
        source = mistaken_source(one, mistake.name)
        assert _defined_last(source) == one.name.split(".")[-1]
        assert "->" not in source


def _defined_last(source: str) -> str:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]


def test_an_unknown_mistake_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(CourseError, match="reduces"):
        mistaken_source(exercise("relu"), "no-such-mistake")


@pytest.mark.parametrize("lesson", CLASSES)
def test_a_class_knows_its_lesson_and_has_somebody_who_solved_it(lesson: str) -> None:
    pupils = CLASSES[lesson]
    assert len({pupil.student for pupil in pupils}) == len(pupils)
    assert any(not pupil.answers and isinstance(pupil.otherwise, Solved) for pupil in pupils)
    known = {one.name for one in exercises(lesson)}
    assert all(pupil.answers.keys() <= known for pupil in pupils)


def test_the_whole_class_shows_all_that_it_should() -> None:
    assert {pupil.damage for _, pupil in PUPILS} == set(Damage)
    assert len(CLASSES["02-activations"]) >= 12
    assert all(len(pupils) >= 4 for pupils in CLASSES.values())
    descriptions = " ".join(pupil.description for _, pupil in PUPILS)
    for told in ("endless loop", "syntax error", "nothing attempted", "stopped half-way", "in another style"):
        assert told in descriptions

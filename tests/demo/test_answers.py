"""The sample class wrote what its stories say."""

import ast
from pathlib import Path
from typing import Any

import pytest

from grading import exercise, exercises, judge
from grading.demo.answers import Mistaken, Solved, Untouched, answer_source, mistaken_source, without_markers
from grading.demo.sample import CLASSES, Damage, Pupil
from grading.errors import CourseError
from grading.judging.exercise import Exercise
from grading.judging.verdict import Outcome, Verdict

ROOT = Path(__file__).parents[2]
PUPILS = [(lesson, pupil) for lesson, pupils in CLASSES.items() for pupil in pupils]
RIGHT = {"02-activations": {"s01", "s03", "s04"}}
UNTOUCHED_SOURCE = "def {name}(*arguments):\n    raise NotImplementedError()"


def solutions(lesson: str) -> dict[str, str]:
    """Return the answer cells of a lesson's master under the names of the functions they define."""
    cells = (ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8").split("# %%")
    bodies = [cell.partition("\n")[2] for cell in cells if "### BEGIN SOLUTION" in cell and "markdown" not in cell[:12]]
    return {_defined(without_markers(body)): body.strip() for body in bodies}


def _defined(source: str) -> str:
    return next(node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))


def verdicts(lesson: str, pupil: Pupil) -> dict[str, Verdict | None]:
    """Judge everything that a pupil wrote; None for what does not even compile."""
    import torch

    namespace: dict[str, Any] = {"torch": torch, "Tensor": torch.Tensor}
    found: dict[str, Verdict | None] = {}
    model = solutions(lesson)
    for one in exercises(lesson):
        answer = pupil.answers.get(one.name, pupil.otherwise)
        source = answer_source(answer, one, model[one.name], UNTOUCHED_SOURCE.format(name=one.name))
        try:
            exec(compile(source, f"<{one.name}>", "exec"), namespace)
        except SyntaxError:
            found[one.name] = None
        else:
            found[one.name] = judge(one, namespace[one.name])
    return found


@pytest.mark.parametrize(("lesson", "pupil"), [(a, b) for a, b in PUPILS if b.student in RIGHT[a]])
def test_who_is_said_to_be_right_is_right(lesson: str, pupil: Pupil) -> None:
    found = verdicts(lesson, pupil)
    assert [str(verdict) for verdict in found.values() if verdict is None or not verdict.passed] == []


MISTAKEN = [
    (pupil.student, name, answer.name)
    for _, pupil in PUPILS
    for name, answer in pupil.answers.items()
    if isinstance(answer, Mistaken)
]


@pytest.mark.parametrize(("student", "name", "mistake"), MISTAKEN)
def test_a_known_mistake_is_rejected_and_named(student: str, name: str, mistake: str) -> None:
    one = exercise(name)
    namespace: dict[str, Any] = {}
    exec("import torch\n" + mistaken_source(one, mistake), namespace)
    verdict = judge(one, namespace[name.split(".")[-1]])
    assert not verdict.passed
    assert mistake in [finding.mistake for finding in verdict.findings]


def test_a_forgotten_return_is_said_to_be_one() -> None:
    pupil = next(pupil for _, pupil in PUPILS if pupil.student == "s10")
    verdict = verdicts("02-activations", pupil)["sigmoid_grad"]
    assert verdict is not None and verdict.score == 0
    assert "return" in str(verdict)


def test_the_syntax_error_is_one_and_what_builds_on_it_fails() -> None:
    pupil = next(pupil for _, pupil in PUPILS if pupil.student == "s11")
    found = verdicts("02-activations", pupil)
    assert found["sigmoid"] is None
    assert found["sigmoid_grad"] is not None and not found["sigmoid_grad"].passed


def test_an_untouched_answer_is_not_attempted() -> None:
    pupil = next(pupil for _, pupil in PUPILS if isinstance(pupil.otherwise, Untouched))
    outcomes = {verdict.outcome for verdict in verdicts("02-activations", pupil).values() if verdict}
    assert outcomes == {Outcome.NOT_ATTEMPTED}


def every_mistake() -> list[tuple[Exercise, str]]:
    return [(one, mistake.name) for lesson in CLASSES for one in exercises(lesson) for mistake in one.mistakes]


@pytest.mark.parametrize(("one", "name"), every_mistake(), ids=[f"{one.name}-{name}" for one, name in every_mistake()])
def test_every_mistake_of_a_lesson_with_a_class_could_be_handed_in(one: Exercise, name: str) -> None:
    source = mistaken_source(one, name)
    assert _defined_last(source) == one.name
    assert "->" not in source


def _defined_last(source: str) -> str:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]


def test_an_unknown_mistake_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(CourseError, match="reduces"):
        mistaken_source(exercise("relu"), "no-such-mistake")


@pytest.mark.parametrize("lesson", CLASSES)
def test_a_class_shows_all_that_it_should(lesson: str) -> None:
    pupils = CLASSES[lesson]
    assert len(pupils) >= 12
    assert len({pupil.student for pupil in pupils}) == len(pupils)
    assert {pupil.damage for pupil in pupils} == set(Damage)
    assert any(not pupil.answers and isinstance(pupil.otherwise, Solved) for pupil in pupils)
    known = {one.name for one in exercises(lesson)}
    assert all(pupil.answers.keys() <= known for pupil in pupils)

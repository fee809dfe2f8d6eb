"""Every drill is wrong, in a way that shows, as hard as it says, and fixed by a solution; its number stays what it is."""

from __future__ import annotations

import ast
import builtins
import hashlib
from functools import cache
from pathlib import Path

import pytest

from grading import exercise, exercises
from grading.catalogue.drills import Drills, Variant, drills_of, edited
from grading.judging.judge import judge_briefly, passes
from grading.judging.prepared import drawn
from grading.outcome import Outcome
from grading.practice.drilling import Chosen, shown_by
from grading.practice.listing import compiled, head_of, listing
from grading.practice.ordering import shuffled
from grading.practice.separating import separate
from grading.study.place import VARIABLE
from tests.catalogue.drill_levels import level_of

ROOT = Path(__file__).parents[2]
# What was given a number: the exercise, the number, and a digest of the body. Lines are added at the end and never changed.
GIVEN = Path(__file__).with_name("drill_numbers.txt")
NAMES = [one.name for one in exercises() if not one.manual]
IN_ORDER = ("forward", "backward", "train_epoch", "deep_backward", "adam_step", "batch_norm_backward")


def _drills(name: str) -> Drills:
    found = drills_of(name)
    assert found is not None, f"{name} has no drills.toml"
    return found


def _digest(variant: Variant) -> str:
    return hashlib.sha256(variant.body.encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", NAMES)
def test_there_are_twenty_and_no_two_are_alike(name: str) -> None:
    variants = _drills(name).variants
    assert len(variants) >= 20
    assert [one.number for one in variants] == [*range(1, len(variants) + 1)]
    bodies = [*(one.body for one in variants), *_drills(name).solutions.values()]
    assert len(set(bodies)) == len(bodies)


@pytest.mark.parametrize("name", NAMES)
def test_every_solution_is_right(name: str) -> None:
    for body in _drills(name).solutions.values():
        assert passes(exercise(name), compiled(name, _drills(name), body), "cpu", 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_drill_is_wrong_as_hard_as_it_says_and_at_most_a_quarter_crash(name: str) -> None:
    crashing, levels = 0, {}
    for variant in _drills(name).variants:
        function = compiled(name, _drills(name), variant.body)
        verdict = judge_briefly(exercise(name), function, "cpu", 0, hidden=False)
        assert verdict.outcome in (Outcome.FAILED, Outcome.ANSWER_ERROR), f"{name} {variant.number}"
        assert verdict.findings[0].kind != "forbidden", f"{name} {variant.number}"
        crashing += verdict.findings[0].kind == "raised"
        level = level_of(exercise(name), function, verdict.score)
        if level != variant.level:
            levels[variant.number] = level
    assert 4 * crashing <= len(_drills(name).variants)
    assert levels == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_drill_shows_where_it_fails_and_never_the_line(name: str) -> None:
    """What was expected and what came differ, on an input that is shown; every fourth drill, as each takes many calls."""
    for variant in _drills(name).variants[::4]:
        lines = shown_by(Chosen(exercise(name), _drills(name), variant))
        facts = dict(line.split(": ", 1) for line in lines[1:])
        assert lines, f"{name} {variant.number}"
        assert facts.get("expected", 0) != facts.get("got", 1), f"{name} {variant.number}"
        assert not {"in", "line"} & set(facts)


@pytest.mark.parametrize("name", NAMES)
def test_a_drill_uses_the_names_that_its_lesson_has(name: str) -> None:
    known = _names_of_lesson(exercise(name).lesson) | set(dir(builtins))
    for variant in _drills(name).variants:
        tree = ast.parse(listing(name, variant.body, variant.imports))
        named = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        own = {node.id for node in named if isinstance(node.ctx, ast.Store)}
        own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        own |= {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        used = {node.id for node in named if isinstance(node.ctx, ast.Load)}
        assert used <= known | own, f"{name} {variant.number}: {used - known - own}"


@cache
def _names_of_lesson(lesson: str) -> frozenset[str]:
    body = ast.parse((ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8")).body
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return frozenset(imported | {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)})


def test_a_number_means_the_same_drill_for_ever() -> None:
    given = [
        line.split() for line in GIVEN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    now = [[name, str(one.number), _digest(one)] for name in NAMES for one in _drills(name).variants]
    changed = [line for line in given if line not in now]
    assert not changed, "these drills were given out already; add new ones after them, with new numbers"
    missing = [" ".join(line) for line in now if line not in given]
    assert not missing, f"add these lines to the end of {GIVEN.name}:\n" + "\n".join(missing)


@pytest.mark.parametrize("name", IN_ORDER)
def test_lines_in_order_are_right_and_two_to_four_do_not_belong_to_them(name: str) -> None:
    its = _drills(name)
    assert 2 <= len(its.distractors) <= 4
    assert passes(exercise(name), compiled(name, its, "\n".join(its.lines)), "cpu", 0)
    letters = shuffled(name, its)
    assert sorted(letters.values()) == sorted((*its.lines, *its.distractors))
    assert [*letters.values()][: len(its.lines)] != [*its.lines]


@pytest.mark.parametrize("name", IN_ORDER)
def test_a_line_that_does_not_belong_there_makes_it_wrong_in_place_of_its_neighbour(name: str) -> None:
    its = _drills(name)
    for wrong in its.distractors:
        for place in range(len(its.lines)):
            body = "\n".join([*its.lines[:place], wrong, *its.lines[place + 1 :]])
            try:
                function = compiled(name, its, body)
            except SyntaxError:
                continue
            assert not passes(exercise(name), function, "cpu", 0), (wrong, place)


def test_only_the_longer_ones_have_lines() -> None:
    assert tuple(name for name in NAMES if _drills(name).lines) == tuple(name for name in NAMES if name in IN_ORDER)


def test_a_line_is_replaced_with_its_indentation_by_its_occurrence_or_left_out() -> None:
    body = "for x in y:\n    a\n    b\na"
    assert edited(body, "a", "c\nd") == "for x in y:\n    c\n    d\n    b\na"
    assert edited(body, "a", "c", 2) == "for x in y:\n    a\n    b\nc"
    assert edited(body, "b", "") == "for x in y:\n    a\na"
    with pytest.raises(ValueError, match="no line"):
        edited(body, "a", "c", 3)


def test_a_method_is_listed_with_its_decorator_and_runs_without() -> None:
    its = _drills("MLPScratch.forward")
    assert head_of("MLPScratch.forward").startswith("@d2l.add_to_class(MLPScratch)\ndef forward(")
    assert compiled("MLPScratch.forward", its, its.solutions["model"]).__name__ == "forward"


# Their public cases hold what only the judge's own calls know, such as networks by their description.
_OF_THE_JUDGE = ("numerical_gradient", "activation_stds")
_SEPARABLE = [
    one.name
    for one in exercises()
    if not (one.manual or one.trains or one.examine is not None or one.name in _OF_THE_JUDGE)
]


@pytest.mark.parametrize("name", _SEPARABLE)
def test_an_easy_drill_is_told_from_a_right_one_without_the_judge(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the comparison of `find_input`, which shares nothing with the judge's, on the inputs of the public cases."""
    monkeypatch.setenv(VARIABLE, "off")
    inputs = [dict(drawn(exercise(name), case, 0)) for case in exercise(name).cases if not case.hidden]
    for variant in _drills(name).variants:
        if variant.level == 1:
            said = (str(separate(name, variant.number, (), one)) for one in inputs)
            assert any("tells them apart" in one for one in said), f"{name} {variant.number}"

"""The seeds of a class are what they have always been: a recorded run can be repeated after an update."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grading.errors import CourseError
from grading.judging.draw import Draw
from grading.seeds import SEED_VARIABLE, new_seed, seed_from_environment, seed_of_check, seed_of_notebook

PACKAGE = Path(__file__).parent.parent / "grading"


def test_the_seed_of_a_notebook_follows_from_the_secret_of_the_run() -> None:
    names = ("02-activations", "übung", "a\udcff")
    assert [seed_of_notebook("0" * 32, name) for name in names] == [
        6128383448495420544,
        4611487846514424075,
        9204508934501026455,
    ]
    assert seed_of_notebook("1" * 32, "übung") != seed_of_notebook("0" * 32, "übung")


def test_the_seed_of_a_check_follows_from_the_seed_of_its_notebook() -> None:
    checks = ((1, "relu"), (0, "tanh"), (2**62, "MLPScratch.forward"))
    assert [seed_of_check(*one) for one in checks] == [212049815, 537618105, 588567505]
    assert len({seed_of_check(1, "relu"), seed_of_check(2, "relu"), seed_of_check(1, "tanh")}) == 3


def test_the_inputs_of_a_case_follow_from_the_seed_of_its_check() -> None:
    assert Draw("relu/x", 7).integer(0, 10**9) == 658458384
    assert Draw("a", 0, simple=True, limit=3).integer(0, 10**9) == 462278419


def test_a_new_seed_is_another_one() -> None:
    drawn = {new_seed() for _ in range(20)}
    assert len(drawn) > 15
    assert all(0 <= seed < 2**31 for seed in drawn)


@pytest.mark.parametrize(("value", "seed"), [(None, None), ("", None), ("0", 0), ("7", 7), ("-3", -3)])
def test_the_environment_may_name_a_seed(value: str | None, seed: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SEED_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(SEED_VARIABLE, value)
    assert seed_from_environment() == seed


@pytest.mark.parametrize("value", ["seven", "7.0", "0x7", " ", "7 8", "NaN"])
def test_what_is_no_seed_is_told(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SEED_VARIABLE, value)
    with pytest.raises(CourseError, match=f"MLP_COURSE_SEED is '{value}'; set it to a whole number"):
        seed_from_environment()


def test_one_module_makes_seeds() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("secrets.randbits", "int.from_bytes")
    }
    # A lock has a number, too, and the header of a picture holds some.
    assert makers - {"engine/turns/advisory.py", "figures/png.py"} == {"seeds.py"}

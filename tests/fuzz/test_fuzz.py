"""What fuzzing found once is tried again, and a fixed number of inputs of each kind; `make fuzz` draws others, for as long as one likes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, Target, run

FOUND = Path(__file__).parent / "found"
# A few seconds for each kind.
INPUTS = 300
KEPT = sorted(FOUND.glob("*/*.bin"))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_input_breaks_a_reader(target: Target) -> None:
    for number in range(INPUTS):
        try:
            run(target, target.draw(random.Random(number)))
        except Exception as error:
            raise AssertionError(f"python -m tests.fuzz {target.name} --seed {number} --seconds 1") from error


def test_what_broke_a_reader_once_breaks_none_any_more() -> None:
    by_name = {target.name: target for target in TARGETS}
    for path in KEPT:
        run(by_name[path.parent.name], path.read_bytes())


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_inputs_are_drawn_again_from_the_same_number_and_differ_otherwise(target: Target) -> None:
    drawn = [target.draw(random.Random(number)) for number in (1, 1, *range(2, 30))]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 20

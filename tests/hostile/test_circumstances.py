"""A part of what can be odd about a course's folder and a machine, under our command; `make odd-report` has all of it, three times."""

from pathlib import Path

import pytest

from tests.hostile.circumstance import Said, Seen, Way
from tests.hostile.circumstances import CIRCUMSTANCES, not_as_due, outcomes, table, with_rows
from tests.hostile.innocent import INNOCENT

# Those that differ most from what other tests do, and take least.
QUICK = {"emptied", "path-file", "gradebook-text", "no-driver", "dev-stdin"}


@pytest.mark.slow
def test_circumstances_come_out_as_is_due(tmp_path: Path) -> None:
    chosen = [one for one in CIRCUMSTANCES if one.name in QUICK]
    assert len(chosen) == len(QUICK)
    found = outcomes(tmp_path, chosen, [Way.OURS])
    assert found.keys() == {(one.name, Way.OURS) for one in chosen}
    assert all(found.values())
    assert list(not_as_due(found, [Way.OURS])) == []


def test_circumstances_have_names_of_their_own() -> None:
    names = [one.name for one in CIRCUMSTANCES]
    assert len({*names, *(case.name for case in INNOCENT)}) == len(names) + len(INNOCENT)


def test_what_is_not_as_due_is_bold_and_told() -> None:
    (one, *_) = CIRCUMSTANCES
    found = {
        (one.name, Way.ALONE): Seen("a | b", False),
        (one.name, Way.CONFIGURED): None,
        (one.name, Way.OURS): Seen("x", True),
    }
    assert table([one], found).splitlines()[-1].endswith("| **a \\| b** | – | x |")
    assert list(not_as_due(found, [Way.OURS])) == []
    assert list(not_as_due(found, list(Way))) == [f"{one.name}, nbgrader alone: a | b"]


def test_rows_that_are_measured_again_take_the_place_of_the_old_ones() -> None:
    page = "# Page\n| `a` | 1 |\n| `b` | 1 |\n"
    assert with_rows(page, "heading\n| `a` | 2 |\n| `c` | 2 |\n") == "# Page\n| `a` | 2 |\n| `b` | 1 |\n| `c` | 2 |\n"


def test_the_sentence_of_a_command_is_its_first_error_or_its_last_line() -> None:
    nbgrader = "[App | INFO] a\n[App | ERROR] no disk\n[App | ERROR] see above\n"
    assert Said(1, nbgrader).sentence == "no disk"
    assert Said(1, "begun\nautograde: no disk\n").sentence == "autograde: no disk"
    assert Said(0, "").sentence == ""

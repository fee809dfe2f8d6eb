"""No submission gets a point it has not earned, takes one from anyone else, stops the class or reaches outside.

The class is graded in one run of the command, so each of the two tests looks at all of what came of one run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.odd import remove
from tests.hostile import sandbox
from tests.hostile.conftest import graded, quick
from tests.hostile.corpus import CASES
from tests.hostile.school import ESCAPED, complaints

GIBIBYTE = 2**30


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "school"
    remove(tmp_path / "school")


def test_a_hostile_class_gets_what_is_due_and_harms_nobody(place: Path) -> None:
    cases = quick()
    outcome = graded(place, cases, seconds=8, limit=1200)
    assert list(complaints(cases, outcome)) == []
    assert outcome.status == 1
    assert outcome.peaks.together < 4 * GIBIBYTE
    assert outcome.peaks.outside < GIBIBYTE, outcome.peaks.largest


@pytest.mark.hostile
def test_the_slow_and_dangerous_ones_get_what_is_due_and_harm_nobody(place: Path) -> None:
    cases = [case for case in CASES if case not in quick()]
    outcome = graded(place, cases, seconds=8, limit=3000)
    assert list(complaints(cases, outcome)) == []
    assert outcome.peaks.together < 12 * GIBIBYTE
    assert outcome.peaks.outside < GIBIBYTE, outcome.peaks.largest


def test_the_corpus_is_large_and_every_submission_has_its_own_name() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 150


def test_what_is_dangerous_is_refused_without_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "is_active", lambda: False)
    with pytest.raises(sandbox.DangerousWithoutSandbox):
        graded(tmp_path, CASES, seconds=1, limit=1)


def test_the_theft_of_a_reference_succeeds_where_nothing_hinders_it(capsys: pytest.CaptureFixture[str]) -> None:
    exec(next(case.cell for case in CASES if case.name == "steal-reference"), {})
    assert ESCAPED in capsys.readouterr().out

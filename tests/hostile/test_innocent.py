"""People who mean no harm get what is due, whatever a program, a system or an accident has done to their files."""

from pathlib import Path

from tests.hostile.conftest import graded
from tests.hostile.innocent import INNOCENT
from tests.hostile.school import complaints


def test_odd_submissions_get_what_is_due(tmp_path: Path) -> None:
    assert len({case.name for case in INNOCENT}) == len(INNOCENT)
    outcome = graded(tmp_path, INNOCENT, seconds=60, limit=600)
    assert list(complaints(INNOCENT, outcome)) == []

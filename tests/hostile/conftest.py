"""Which submissions a run over the class takes, and running it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.engine import tiny
from tests.hostile import sandbox
from tests.hostile.case import Case
from tests.hostile.corpus import CASES
from tests.hostile.school import Outcome, grade, make_school


def quick() -> tuple[Case, ...]:
    """Everybody who is done in a moment; without a sandbox nobody who is dangerous."""
    return tuple(case for case in CASES if not case.slow and (sandbox.is_active() or not case.needs_sandbox))


def graded(root: Path, cases: Sequence[Case], seconds: float, limit: float) -> Outcome:
    """Grade these with the honest ones; refuses what is dangerous where nothing isolates."""
    if any(case.needs_sandbox for case in cases) and not sandbox.is_active():
        raise sandbox.DangerousWithoutSandbox("allow user namespaces, or install bubblewrap")
    return grade(make_school(root, tiny.ENGINE_CONFIG), cases, *sandbox.words(), seconds=seconds, limit=limit)

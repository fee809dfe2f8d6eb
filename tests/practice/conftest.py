from __future__ import annotations

import pytest

from grading.practice import drilling
from tests.study.conftest import kept

__all__ = ["kept"]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What this process remembers of other tests is forgotten."""
    drilling.forget()

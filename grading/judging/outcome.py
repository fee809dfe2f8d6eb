"""How a check ended."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    ANSWER_ERROR = "error in the answer"
    CHECK_ERROR = "error in the check"

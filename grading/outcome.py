"""How a check ended: what a verdict says first, and what everything that reads verdicts asks for."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    ANSWER_ERROR = "error in the answer"
    CHECK_ERROR = "error in the check"

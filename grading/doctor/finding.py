"""What is said of one thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How it is with a thing: as it should be, worth a remark, or missing though a learner needs it."""

    WELL = "well"
    REMARK = "remark"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line. subject: what was looked at; text: what was found; remedy: what to type or do, "" where nothing is wrong."""

    subject: str
    state: State
    text: str
    remedy: str = ""


def well(subject: str, text: str) -> Finding:
    """Return the finding that all is as it should be."""
    return Finding(subject, State.WELL, text)


def remark(subject: str, text: str, remedy: str) -> Finding:
    """Return a finding that keeps nobody from learning."""
    return Finding(subject, State.REMARK, text, remedy)


def wrong(subject: str, text: str, remedy: str) -> Finding:
    """Return the finding that something is missing that a learner needs."""
    return Finding(subject, State.WRONG, text, remedy)

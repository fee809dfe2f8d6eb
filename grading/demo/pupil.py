"""A student of the sample class: what was written where, and what happened to the file.

Whatever an entry does not mention is the model solution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from grading.demo.answers import Answer, Solved


class Damage(Enum):
    """What happened to the file on its way."""

    NONE = "none"
    CUT_OFF = "cut off in the middle"
    RENAMED = "under another name"
    OTHER_LANGUAGE = "for the kernel of another language"


@dataclass(frozen=True)
class Pupil:
    """One student of the sample: `description` says in a few words what the submission shows."""

    student: str
    description: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    otherwise: Answer = field(default_factory=Solved)
    damage: Damage = Damage.NONE

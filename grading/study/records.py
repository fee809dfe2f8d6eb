"""What is written down: one line of JSON for each check, prediction, answer in words, hint, solution and drill.

A line of another kind is a later version's, and is kept.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """A verdict that a learner's own check gave. points: what the exercise is worth. mistakes: the names of those that were named."""

    lesson: str
    exercise: str
    outcome: str
    score: float
    points: float
    mistakes: tuple[str, ...] = ()
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Prediction:
    """A prediction, as it was entered, and whether it was right."""

    lesson: str
    name: str
    value: str
    right: bool
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Words:
    """An answer in a learner's own words, as it was written."""

    lesson: str
    name: str
    words: str
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Hint:
    """A hint that was asked for. number: counted from 1, in rising order."""

    lesson: str
    exercise: str
    number: int
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Solution:
    """A solution that was asked for. shown: whether it was, as it is from the second time on."""

    lesson: str
    exercise: str
    shown: bool
    time: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Drill:
    """A drill that was shown, tried or fixed. number: which of its exercise. seconds: since it was shown; 0 when it is."""

    lesson: str
    exercise: str
    number: int
    event: str
    seconds: float = 0.0
    time: float = field(default_factory=time.time)


Record = Check | Prediction | Words | Hint | Solution | Drill
_KINDS: dict[str, type[Check] | type[Prediction] | type[Words] | type[Hint] | type[Solution] | type[Drill]] = {
    "check": Check,
    "prediction": Prediction,
    "words": Words,
    "hint": Hint,
    "solution": Solution,
    "drill": Drill,
}
_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "check": {
        "lesson": (str,),
        "exercise": (str,),
        "outcome": (str,),
        "score": (int, float),
        "points": (int, float),
        "mistakes": (list,),
        "time": (int, float),
    },
    "drill": {
        "lesson": (str,),
        "exercise": (str,),
        "number": (int,),
        "event": (str,),
        "seconds": (int, float),
        "time": (int, float),
    },
    "hint": {"lesson": (str,), "exercise": (str,), "number": (int,), "time": (int, float)},
    "prediction": {"lesson": (str,), "name": (str,), "value": (str,), "right": (bool,), "time": (int, float)},
    "solution": {"lesson": (str,), "exercise": (str,), "shown": (bool,), "time": (int, float)},
    "words": {"lesson": (str,), "name": (str,), "words": (str,), "time": (int, float)},
}


def line_of(record: Record) -> bytes:
    """Return a record as a line of ASCII."""
    kind = next(name for name, made in _KINDS.items() if isinstance(record, made))
    return json.dumps({"kind": kind, **asdict(record)}).encode("ascii") + b"\n"


def record_in(line: bytes) -> Record | None:
    """Read a line; None of a kind that this version does not know. Raises ValueError if it is not a record at all."""
    try:
        data: Any = json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise ValueError("no record")
    fields = _FIELDS.get(data["kind"])
    if fields is None:
        return None
    if not all(isinstance(data.get(name), kinds) for name, kinds in fields.items()):
        raise ValueError(f"not a whole {data['kind']}")
    known = {name: data[name] for name in fields}
    if "mistakes" in known:
        known["mistakes"] = tuple(map(str, known["mistakes"]))
    return _KINDS[data["kind"]](**known)

"""What enters and leaves some lines of a function in one call of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType, FunctionType
from typing import Any

import numpy as np
import torch

from grading.probe.call import Call
from grading.probe.observe import observe
from grading.probe.shapes import mentioned

_NUMBERS = (int, float, bool)


@dataclass
class Passage:
    """The first time that a call comes through some lines: values by the text that stands there.

    entering: what the lines read, before them. leaving: what they make, after them; empty if they raised.
    """

    entering: dict[str, Any] = field(default_factory=dict)
    leaving: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lines:
    """Lines of a function that belong together: from `first` to `last`, as its file counts. reads, makes: text of expressions."""

    first: int
    last: int
    reads: str
    makes: Sequence[str] = ()


def follow(function: FunctionType, call: Call, lines: Lines) -> Passage:
    """Make a call and return what entered and left these lines; nothing if it does not come there."""
    follower = _Follower(function.__code__.co_filename, lines)

    def followed(*arguments: Any) -> Any:
        before = sys.gettrace()
        sys.settrace(follower.on_call)
        try:
            return function(*arguments)
        finally:
            sys.settrace(before)

    observe(followed, call)
    return follower.passage


class _Follower:
    """A trace function: it looks at frames of one file only, and no longer after the first passage."""

    def __init__(self, filename: str, lines: Lines) -> None:
        self.passage = Passage()
        self._filename = filename
        self._lines = lines
        self._inside: FrameType | None = None
        self._raised = self._done = False

    def on_call(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        return None if self._done or frame.f_code.co_filename != self._filename else self._on_event

    def _on_event(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        if self._done:
            return None
        within = self._lines.first <= frame.f_lineno <= self._lines.last
        if self._inside is None and event == "line" and within:
            self._inside = frame
            self.passage.entering = _values(self._lines.reads, frame.f_locals)
        elif self._inside is frame and event in ("line", "exception"):
            self._raised = event == "exception"
            if event == "line" and not within:
                self._leave(frame, None)
        elif self._inside is frame and event == "return":
            self._leave(frame, argument)
        return self._on_event

    def _leave(self, frame: FrameType, returned: Any) -> None:
        self._done = True
        self._inside = None
        if self._raised:
            return
        made = self._lines.makes or ()
        leaving = {name: value for text in made for name, value in _values(text, frame.f_locals).items()}
        self.passage.leaving = leaving or _parts("result", returned)


def _values(text: str, names: Mapping[str, Any]) -> dict[str, Any]:
    found = ((name, _kept(value)) for name, value in mentioned(text, names))
    return {name: value for name, value in found if value is not None}


def _parts(name: str, value: Any) -> dict[str, Any]:
    """Return a result by its parts, each under the name that it would have in Python."""
    kept = _kept(value)
    if kept is not None:
        return {name: kept}
    parts = value.items() if type(value) is dict else enumerate(value) if type(value) in (list, tuple) else ()
    found = ((f"{name}[{key!r}]", _kept(part)) for key, part in parts if type(key) in (str, int))
    return {text: part for text, part in found if part is not None}


def _kept(value: Any) -> Any:
    """Return a value that stays as it is now, None if it is of a type that is not shown: that may be anybody's code."""
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.detach().clone()
    if type(value) is np.ndarray and value.dtype.kind in "biuf":
        return torch.from_numpy(np.array(value))
    return value if type(value) in _NUMBERS else None

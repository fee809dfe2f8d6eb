"""The errors that this package raises.

    CourseError                     anything the course itself has to say
    ├── UnknownExercise             no exercise has that name
    ├── BadAnswerFile               a file with an answer cannot be used
    └── CheckFailed                 a learner's answer did not earn anything

    KeyboardInterrupt
    └── CheckInterrupted            somebody pressed ■ or Ctrl-C while an answer was checked

Every message says what to do next. An error in a learner's function is never one of these: it is a value, part of a verdict.
"""

from __future__ import annotations


class CourseError(Exception):
    """The base of all errors of this package."""


class UnknownExercise(CourseError, LookupError):
    """No exercise has the name that was asked for."""


class BadAnswerFile(CourseError):
    """A file that should hold an answer cannot be read, run or used."""


class CheckFailed(CourseError, AssertionError):
    """An answer earned nothing; an `AssertionError`, so that test runners and nbgrader count it as a failure.

    shown: whether a card has shown the verdict; then its first line stands for the traceback, and otherwise all of it.
    """

    def __init__(self, verdict_text: str, *, shown: bool = True) -> None:
        super().__init__(verdict_text)
        self.summary = verdict_text.splitlines()[0] if verdict_text else "not passed"
        self._lines = [self.summary] if shown else verdict_text.splitlines() or [self.summary]

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints instead of a traceback."""
        first, *rest = self._lines
        return [f"CheckFailed: {first}", *rest]


class CheckInterrupted(KeyboardInterrupt):
    """A check was interrupted; the message says where the answer was. In a notebook it stands there without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints instead of a traceback."""
        return str(self).splitlines()

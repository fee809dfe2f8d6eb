"""An answer that runs too long, or is interrupted: it is stopped, and which of its lines was running is known.

Both come as a signal to the main thread, where Python raises; a thread beside it watches the time. Where the answer catches
what is raised, or is within one long call that Python cannot leave, the thread says how to restart.
"""

from __future__ import annotations

import _thread
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from grading.cells import owner_and_function
from grading.judging.context import LocalAnswer
from grading.judging.exercise import Exercise
from grading.judging.verdict import Finding, Verdict
from grading.outcome import Outcome
from grading.probe.call import Call, Observation
from grading.probe.learner import running

_SECONDS_BETWEEN_LOOKS = 0.05
# How often an answer is told to stop, and how long it is waited for, before a person is asked to restart.
_TRIES = 5
_SECONDS_BETWEEN_TRIES = 0.2


class Interrupted(KeyboardInterrupt):
    """Somebody pressed ■ or Ctrl-C. line: which line of the answer was running, "" if none was."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class TookTooLong(Interrupted):
    """The time of an answer is up."""


class Stop:
    """Whether an answer has to stop, and why. seconds: how long all of its calls together may take.

    stuck: called with the running line if the answer does not stop, perhaps from another thread.
    """

    def __init__(self, seconds: float, stuck: Callable[[str], None] = lambda line: None) -> None:
        self.seconds = seconds
        self._stuck = stuck
        self._left = seconds
        self._entered: float | None = None
        self._outer: FrameType | None = None
        self._reason: Interrupted | None = None
        self._up = self._insist = False
        self._ended = threading.Event()
        self._thread = threading.get_ident()
        self._previous: Any = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to interrupts and to the clock; in other threads than the main one, only to the clock."""
        main = threading.current_thread() is threading.main_thread()
        if main:
            self._previous = signal.signal(signal.SIGINT, self._hear)
        watch = threading.Thread(target=self._watch, args=(main,), daemon=True)
        if math.isfinite(self.seconds):
            watch.start()
        try:
            yield
        finally:
            self._ended.set()
            if watch.ident is not None:
                watch.join()  # so that none of its signals comes later
            if main:
                # None stands for a handler that was not made in Python, which nobody can put back.
                signal.signal(signal.SIGINT, signal.SIG_DFL if self._previous is None else self._previous)

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Run the answer within this. Raises TookTooLong or Interrupted afterwards, if the answer has caught it."""
        self._outer, self._entered = sys._getframe(), time.monotonic()
        try:
            yield
        finally:
            self._left -= time.monotonic() - self._entered
            self._entered = None
        if self._reason is not None:
            raise self._reason

    def _hear(self, number: int, frame: FrameType | None) -> None:
        line = running(frame, self._outer) if self._entered is not None else ""
        if self._up:
            # Between two calls nothing is torn: that moment passes.
            if self._entered is not None and (line or self._insist):
                self._reason = self._reason or TookTooLong(line)
                raise self._reason
        elif callable(self._previous):
            if self._reason is not None and line:
                self._stuck(line)  # it has caught one before
            self._reason = Interrupted(line)
            if self._previous is not signal.default_int_handler:
                self._previous(number, frame)
            raise self._reason

    def _is_up(self) -> bool:
        entered = self._entered
        return entered is not None and time.monotonic() - entered > self._left

    def _watch(self, main: bool) -> None:
        while not self._is_up():
            if self._ended.wait(_SECONDS_BETWEEN_LOOKS):
                return
        self._up = True
        for tried in range(_TRIES if main else 1):
            self._insist = tried > 1
            if main:
                _raise_in_main_thread()
            if self._ended.wait(_SECONDS_BETWEEN_TRIES):
                return
        if self._entered is not None:
            self._stuck(running(sys._current_frames().get(self._thread), self._outer))


def _raise_in_main_thread() -> None:
    if hasattr(signal, "pthread_kill"):  # it ends a sleep, too
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


@dataclass(frozen=True)
class StoppableAnswer:
    """An answer in this process that can be stopped."""

    function: Callable[..., Any]
    stop: Stop

    def observe(self, call: Call) -> Observation:
        """Make the call. Raises TookTooLong and Interrupted."""
        with self.stop.calling():
            return LocalAnswer(self.function).observe(call)

    def observe_all(self, calls: Sequence[Call]) -> list[Observation]:
        """Make several calls. Raises TookTooLong and Interrupted."""
        with self.stop.calling():
            return LocalAnswer(self.function).observe_all(calls)


def too_long(exercise: Exercise, line: str, seconds: float) -> Verdict:
    """Return the verdict on an answer that was stopped because its time was up."""
    owner, function = owner_and_function(exercise.name)
    advice = (
        "Does a loop go on for ever, or does the function call itself? If it is right and slow, wait longer: "
        f"`check({owner or function}, seconds={max(60, math.ceil(6 * seconds))})`."
    )
    facts = (("in", line),) if line else ()
    finding = Finding("", "time", f"it was stopped after {_written(seconds)}.", facts, advice)
    return Verdict(exercise.name, exercise.lesson, Outcome.ANSWER_ERROR, 0.0, exercise.points, (finding,))


def _written(seconds: float) -> str:
    return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"

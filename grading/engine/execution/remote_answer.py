"""An answer in the kernel of a submission, as the judge calls it: over a socket, in a format that carries no code."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grading.units import MEBIBYTE

if TYPE_CHECKING:
    from grading.judging.earlier import RightValues
    from grading.probe.call import Call, Observation

# What an answer may send in one check. Right answers of this course send less than one; the judge keeps all of it until it has a verdict.
_MOST_BYTES = 32 * MEBIBYTE


class AnswerLost(BaseException):
    """The kernel no longer answers, or answers with something that no honest one sends.

    No `Exception`, because the judge takes those for faults of the check, which cost nothing.
    """


@dataclass
class RemoteAnswer:
    """An answer in the kernel at the other end of a connection: what the judge calls."""

    connection: socket.socket
    _right: RightValues | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._incoming, self._left = self.connection.makefile("rb"), _MOST_BYTES

    def observe(self, call: Call) -> Observation:
        """Make the call there. Raises AnswerLost."""
        return self.observe_all([call])[0]

    def observe_all(self, calls: Sequence[Call]) -> list[Observation]:
        """Make several calls there, in one round trip. Raises AnswerLost."""
        from grading.probe.validation import decode_observation
        from grading.probe.wire import encode, frame_of

        if not calls:
            return []
        frames = [encode(len(calls)), *map(frame_of, calls)]  # what cannot be sent from here is a fault of the course
        with _losses():
            self.connection.sendall(b"".join(frames))
            return [decode_observation(self._observation(), call) for call in calls]

    def exchange(self, names: Sequence[str], right: RightValues) -> tuple[str, ...]:
        """From now on give right values in place of these functions; return which of them the answer calls. Raises AnswerLost."""
        from grading.probe.helpers import Substitution
        from grading.probe.wire import decode, encode

        with _losses():
            self.connection.sendall(encode(Substitution(tuple(names))))
            used = decode(self._reply())
        if type(used) is not tuple or not set(map(str, used)) <= set(names):
            raise AnswerLost("the kernel sent something that is not an answer")
        self._right = right
        return tuple(map(str, used))

    def _observation(self) -> bytes:
        """Return the next frame that is not a question; answer those that come before it."""
        from grading.probe.helpers import Question
        from grading.probe.wire import decode, encode

        frame = self._reply()
        while self._right is not None and isinstance(question := decode(frame), Question):
            self.connection.sendall(encode(self._right.answer(question)))
            frame = self._reply()
        return frame

    def begin(self) -> str:
        """Return what the kernel says first: whether there is an answer at all. Raises AnswerLost."""
        from grading.probe.wire import decode

        with _losses():
            return str(decode(self._reply()))[:40]

    def _reply(self) -> bytes:
        from grading.probe.serve import receive

        frame = receive(self._incoming, self._left)
        if frame is None:
            raise AnswerLost("the kernel stopped answering")
        self._left -= len(frame)
        return frame


@contextmanager
def _losses() -> Iterator[None]:
    """Turn what can go wrong with a connection into AnswerLost."""
    from grading.probe.wire import WireError

    try:
        yield
    except WireError as error:
        raise AnswerLost(f"the kernel sent something that is not an answer: {error}") from error
    except OSError as error:
        raise AnswerLost("the kernel stopped answering") from error

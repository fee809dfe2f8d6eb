"""Answering the grader's calls from within the process of a submission: each call comes in over a socket, what happened goes back.

The grader runs `serve(globals(), "relu", "/…/check-1")` in the submission's kernel. It decides nothing and knows nothing: the
inputs are drawn, the results judged and the points given at the other end.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, BinaryIO

from grading.probe.call import Call, Failure, Observation
from grading.probe.freeze import Unknown
from grading.probe.helpers import Question, RightValue, Substitution, called_by, exchanged, standing_in
from grading.probe.observe import is_plain, observe_all
from grading.probe.wire import HEADER, WireError, decode, encode, sizes

MISSING = "missing"
READY = "ready"


def serve(namespace: Mapping[str, Any], name: str, method: str, address: str) -> None:
    """Answer calls of `namespace[name]`, or of its attribute `method` if that is not "", until the other end hangs up."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(address)
        if name not in namespace:
            connection.sendall(encode(MISSING))
            return
        connection.sendall(encode(READY))
        answer_calls(connection, _function(namespace[name], method))


def _function(answer: Any, method: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(answer, method, answer) if method and isinstance(answer, type) else answer
    return found


def answer_calls(connection: socket.socket, function: Callable[..., Any]) -> None:
    """Make the calls that come in; before each group of them comes their number, or which helpers are exchanged from now on."""
    with connection.makefile("rb") as incoming, ExitStack() as stack:
        while (frame := receive(incoming)) is not None:
            request = decode(frame)
            if isinstance(request, Substitution):
                used = called_by(function, request.names)
                asked = stack.enter_context(_Asked(connection, incoming))
                stack.enter_context(exchanged(function, {name: standing_in(name, asked.ask) for name in used}))
                connection.sendall(encode(used))
                continue
            calls = [decode(receive(incoming) or b"") for _ in range(request)]
            observations = observe_all(function, calls)
            connection.sendall(b"".join(map(_frame, map(without_the_known, observations, calls))))


class _Asked:
    """The other end of the connection, as long as there is one, asked for the values of right functions."""

    def __init__(self, connection: socket.socket, incoming: BinaryIO) -> None:
        self._connection, self._incoming = connection, incoming
        self._one_at_a_time, self._open = threading.Lock(), True

    def __enter__(self) -> _Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False

    def ask(self, question: Question) -> RightValue:
        """Return the answer to a question; afterwards, and where it cannot be sent, one that refuses."""
        with self._one_at_a_time:
            if not self._open:
                return RightValue(refused="the check that this function was for has ended")
            try:
                self._connection.sendall(encode(question))
                given = decode(receive(self._incoming) or b"")
            except (OSError, WireError) as error:
                return RightValue(refused=f"the arguments cannot be sent: {error}")
        return given if isinstance(given, RightValue) else RightValue(refused="there is no answer")


def without_the_known(observation: Observation, call: Call) -> Observation:
    """Leave out the arguments that are unchanged, which the caller has."""
    news = {
        name: tree
        for name, tree in observation.after.items()
        if name in observation.changed or not is_plain(call.arguments[name])
    }
    return replace(observation, after=news)


def _frame(observation: Observation) -> bytes:
    """Return the frame of an observation; of one that is too large to be sent, that it is."""
    try:
        return encode(observation)
    except WireError as error:
        failure = observation.failure or Failure("WireError", str(error))
        return encode(
            replace(observation, value=Unknown("something too large"), after={}, gradients=(), failure=failure)
        )


def receive(incoming: BinaryIO, most: int | None = None) -> bytes | None:
    """Return the next frame, or None if the other end has hung up. Raises WireError if it hung up within a frame.

    most: the bytes that it may have; a longer one is a WireError before it is read.
    """
    header = incoming.read(HEADER.size)
    if not header:
        return None
    length = sum(sizes(header))
    if most is not None and length > most:
        raise WireError("it is too long")
    rest = incoming.read(length)
    if len(rest) != length:
        raise WireError("the message ends in its middle")
    return header + rest

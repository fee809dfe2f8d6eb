"""Answering the grader's calls from within the process of a submission: each call comes in over a socket, what happened goes back.

The grader runs `serve(globals(), "relu", "/…/check-1")` in the submission's kernel. It decides nothing and knows nothing: the
inputs are drawn, the results judged and the points given at the other end.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from grading.probe.call import Call, Failure, Observation
from grading.probe.freeze import Unknown
from grading.probe.observe import is_plain, observe
from grading.probe.wire import HEADER, WireError, decode, encode, sizes

MISSING = "missing"
READY = "ready"


def serve(namespace: Mapping[str, Any], name: str, method: str, address: str) -> None:
    """Answer calls of `namespace[name]`, or of its attribute `method` if that is not "", until the other end hangs up."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(address)
        if name not in namespace:
            send(connection, MISSING)
            return
        send(connection, READY)
        answer_calls(connection, _function(namespace[name], method))


def _function(answer: Any, method: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(answer, method, answer) if method and isinstance(answer, type) else answer
    return found


def answer_calls(connection: socket.socket, function: Callable[..., Any]) -> None:
    """Make every call that comes in, one after another."""
    while (frame := receive(connection)) is not None:
        call = decode(frame)
        send(connection, without_the_known(observe(function, call), call))


def without_the_known(observation: Observation, call: Call) -> Observation:
    """Leave out the arguments that are as they came, which whoever made the call has."""
    news = {
        name: tree
        for name, tree in observation.after.items()
        if name in observation.changed or not is_plain(call.arguments[name])
    }
    return replace(observation, after=news)


def send(connection: socket.socket, value: Any) -> None:
    """Send one value; of an observation that is too large to be sent, that it is."""
    try:
        frame = encode(value)
    except WireError as error:
        if not isinstance(value, Observation):
            raise
        too_much = Failure("WireError", str(error))
        frame = encode(
            replace(value, value=Unknown("something too large"), after={}, failure=value.failure or too_much)
        )
    connection.sendall(frame)


def receive(connection: socket.socket) -> bytes | None:
    """Return the next frame, or None if the other end has hung up. Raises WireError if it hung up within a frame."""
    header = _read(connection, HEADER.size)
    if header is None:
        return None
    rest = _read(connection, sum(sizes(header)))
    if rest is None:
        raise WireError("the message ends after its header")
    return header + rest


def _read(connection: socket.socket, count: int) -> bytes | None:
    """Read exactly so many bytes; None if there are none."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            if parts:
                raise WireError("the message ends in its middle")
            return None if count else b""
        parts += part
    return bytes(parts)

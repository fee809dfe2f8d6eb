"""Messages to and from a kernel. A kernel is not trusted: anything but a message ends the connection, and the kernel with it."""

from __future__ import annotations

import hmac
from queue import Empty
from typing import Any

import zmq
from nbclient.client import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from grading.adapters.jupyter_client import DELIM, extract_dates
from grading.adapters.nbclient import CellExecutionComplete
from grading.engine.execution.admission import MOST_DEPTH, admitted, is_too_large
from grading.sandbox.kernel.messages import OUTPUTS_ONLY
from grading.text import TooDeep


def ask(kernel: Any, source: str, *, store_history: bool = True) -> str:
    """Send a cell to a kernel, which may leave out what nobody reads; return the identifier of the request."""
    content = {
        "code": source,
        "silent": False,
        "store_history": store_history,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message = kernel.session.msg("execute_request", content, metadata={OUTPUTS_ONLY: True})
    kernel.shell_channel.send(message)
    return str(message["header"]["msg_id"])


class KernelMessages:
    """What a kernel says about one cell."""

    def __init__(self, client: NotebookClient, msg_id: str, cell: NotebookNode, index: int) -> None:
        self._client, self._msg_id, self._cell, self._index = client, msg_id, cell, index
        kernel: Any = client.kc
        self._session = kernel.session
        self._shell, self._iopub = kernel.shell_channel.socket, kernel.iopub_channel.socket
        self._poller = zmq.Poller()
        for socket in (self._shell, self._iopub):
            self._poller.register(socket, zmq.POLLIN)
        self.reply: dict[str, Any] | None = None
        self.idle = False

    def hear(self, seconds: float) -> bool:
        """Read what comes within this many seconds, at most one message of each kind; tell whether anything came."""
        ready = dict(self._poller.poll(int(max(seconds, 0) * 1000) + 1))
        if self._iopub in ready:
            message = self._read(self._iopub)
            if message["parent_header"].get("msg_id") == self._msg_id and not self.idle:
                try:
                    self._client.process_message(message, self._cell, self._index)
                except CellExecutionComplete:
                    self.idle = True
                except (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as error:
                    raise _nonsense(error) from error
        if self._shell in ready:
            message = self._read(self._shell)
            if message["parent_header"].get("msg_id") == self._msg_id:
                if not isinstance(message["content"].get("status"), str):
                    raise _nonsense("a reply without a status")
                self.reply = message
        return bool(ready)

    def _read(self, socket: Any) -> dict[str, Any]:
        return read(self._session, socket, dated=self._client.record_timing)


def next_message(kernel: Any, channel: Any, seconds: float) -> dict[str, Any]:
    """Return the next message that comes within this many seconds. Raises Empty, and DeadKernelError for anything but a message."""
    if not channel.socket.poll(int(seconds * 1000)):
        raise Empty
    return read(kernel.session, channel.socket)


def read(session: Any, socket: Any, *, dated: bool = False) -> dict[str, Any]:
    """Read a message that has arrived, cleaned by `admission`. Raises DeadKernelError for anything else: the kernel is given up.

    Beside what jupyter-client's own reader returns, which takes several times as long, most of it for dates, a message has a
    size in bytes, and a fault if its content is left out, as the end of a sentence, or is too large. dated: whether anybody looks at dates.
    """
    try:
        parts = socket.recv_multipart()
        signature, *signed = parts[parts.index(DELIM) + 1 :]
        if session.auth is not None and not hmac.compare_digest(session.sign(signed[:4]), signature):
            raise ValueError("its signature is missing or wrong")
        if any(map(is_too_large, signed[:3])):
            raise ValueError("it says too much about itself")
        header, parent, metadata = map(admitted, signed[:3])
        too_large = is_too_large(signed[3])
        content, fault = ({}, "") if too_large else _content(signed[3])
        if not all(isinstance(part, dict) for part in (header, parent, metadata, content)):
            raise ValueError("a part of it is not an object")
        return {
            "header": extract_dates(header) if dated else header,
            "msg_type": str(header["msg_type"]),
            "parent_header": parent,
            "metadata": metadata,
            "content": content,
            "buffers": signed[4:],
            "size": sum(map(len, signed[2:])),
            "fault": fault,
            "too_large": too_large,
        }
    except Exception as error:  # whatever a kernel sends, it gets no further than here
        raise _nonsense(error) from error


def _content(part: bytes) -> tuple[Any, str]:
    """Return the content of a message, or nothing and why."""
    try:
        return admitted(part), ""
    except TooDeep:
        return {}, f"showed something nested more than {MOST_DEPTH} deep"


def _nonsense(what: object) -> DeadKernelError:
    return DeadKernelError(f"the kernel sent something that is not a message: {what}")

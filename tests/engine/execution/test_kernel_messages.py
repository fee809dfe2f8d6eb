"""What is read of a kernel's messages is what jupyter-client reads of them, and a cell ends as it does with nbclient's own way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from nbformat import v4

from grading.engine.execution.kernel_messages import ask, read
from grading.engine.execution.notebook_run import BoundedExecution
from tests.engine import tiny


class Kernel:
    """Two ends of a connection, each with a session of its own; what a client of a kernel has of it."""

    def __init__(self, key: bytes = b"a key") -> None:
        self.context = zmq.Context()
        self.theirs, self.ours = self.context.socket(zmq.PAIR), self.context.socket(zmq.PAIR)
        self.theirs.bind("inproc://kernel")
        self.ours.connect("inproc://kernel")
        self.session, self.other = Session(key=key), Session(key=key)

    @property
    def shell_channel(self) -> Any:
        return self

    def send(self, message: dict[str, Any]) -> None:
        self.session.send(self.ours, message)


@pytest.fixture(params=[b"a key", b""], ids=["signed", "unsigned"])
def kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    made = Kernel(request.param)
    yield made
    made.context.destroy(linger=0)


CONTENT = {
    "name": "stdout",
    "text": "a \N{GREEK SMALL LETTER ALPHA}",
    "when": "2026-01-01T00:00:00.000000Z",
    "of": [1.5, None],
}


def test_a_message_is_read_as_jupyter_client_reads_it(kernel: Kernel) -> None:
    parent = kernel.session.msg("execute_request", {})
    for _ in range(2):
        kernel.other.send(kernel.theirs, "stream", CONTENT, parent=parent, ident=b"whom", buffers=[b"\x00\xff"])
    mine = read(kernel.session, kernel.ours, dated=True)
    theirs = kernel.session.recv(kernel.ours, mode=0, copy=True)[1]
    assert theirs is not None
    for part in ("msg_type", "metadata", "content", "buffers"):
        assert mine[part] == theirs[part]
    assert mine["parent_header"]["msg_id"] == theirs["parent_header"]["msg_id"] == parent["header"]["msg_id"]
    assert mine["header"].keys() == theirs["header"].keys()
    assert type(mine["header"]["date"]) is type(theirs["header"]["date"])


def test_a_question_is_one_that_jupyter_client_can_read(kernel: Kernel) -> None:
    identifier = ask(kernel, "a = '\N{GREEK SMALL LETTER ALPHA}'", store_history=False)
    asked = kernel.other.recv(kernel.theirs, mode=0, copy=True)[1]
    assert asked is not None
    assert asked["header"]["msg_id"] == identifier
    assert asked["content"]["code"] == "a = '\N{GREEK SMALL LETTER ALPHA}'"
    assert asked["content"]["store_history"] is False


def test_a_message_that_somebody_else_signed_is_none() -> None:
    kernel = Kernel()
    Session(key=b"another key").send(kernel.theirs, "stream", CONTENT)
    with pytest.raises(DeadKernelError, match="something that is not a message"):
        read(kernel.session, kernel.ours)
    kernel.context.destroy(linger=0)


PARTS = st.sampled_from(
    [b"", b"<IDS|MSG>", b"{}", b"[]", b"7", b"{", b"\xff", b'{"msg_type": 3}', b'{"a": ' * 5000]
) | st.binary(max_size=5)


@given(st.lists(PARTS, min_size=1, max_size=8))
def test_what_is_no_message_is_refused_and_nothing_else_happens(parts: list[bytes]) -> None:
    kernel = Kernel(b"")
    kernel.theirs.send_multipart(parts)
    try:
        message = read(kernel.session, kernel.ours)
    except DeadKernelError:
        return
    finally:
        kernel.context.destroy(linger=0)
    assert all(isinstance(message[part], dict) for part in ("header", "parent_header", "metadata", "content"))


CELLS = [
    "import sys\nx = 6",
    "print('one'); print('two', file=sys.stderr)\nx * 7",
    "display({'a': 1}, display_id='here')",
    "from IPython.display import clear_output, update_display\nprint('gone')\nclear_output(wait=True)\nprint('stays')",
    "update_display({'a': 2}, display_id='here')",
    "x = 7;",
    "raise ValueError('wrong')",
    "x",
]


def executed(record_timing: bool) -> list[dict[str, Any]]:
    notebook: Any = v4.reads(json.dumps(tiny.notebook([tiny.cell("code", source) for source in CELLS])))  # type: ignore[no-untyped-call]
    client = BoundedExecution(notebook, kernel_name="python3", allow_errors=True, record_timing=record_timing)
    assert client.execute_within_limits("") == ()
    assert all(("execution" in cell.metadata) is record_timing for cell in notebook.cells)
    return [{"outputs": cell.outputs, "count": cell.execution_count} for cell in notebook.cells]


def test_the_short_way_to_run_a_cell_shows_and_counts_what_the_long_one_does() -> None:
    short = executed(record_timing=False)
    assert short == executed(record_timing=True)
    assert [cell["count"] for cell in short] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert short[2]["outputs"][0]["data"]["text/plain"] == "{'a': 2}"
    assert short[3]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "stays\n"}]
    assert [output["output_type"] for output in short[6]["outputs"]] == ["error"]

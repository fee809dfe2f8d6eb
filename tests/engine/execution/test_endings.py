"""What a kernel's replies tell of its end, and of what its cells have left running."""

from typing import Any

import pytest

from grading.engine.execution.endings import Leftovers, who_told
from grading.sandbox.kernel.ending import ASKED, BESIDE, EARLIER, HERE, RUNNING, WITHIN


def reply(**metadata: Any) -> dict[str, Any]:
    return {"metadata": metadata, "content": {"status": "ok"}}


def test_a_cell_is_suspected_as_long_as_something_that_it_left_may_be_running() -> None:
    leftovers = Leftovers()
    seen = []
    for index, running in enumerate([0, 1, 1, 3, 2, 0, 1]):
        leftovers.note(index, reply(**{RUNNING: running}))
        seen.append(list(leftovers.cells))
    assert seen == [[], [1], [1], [1, 3], [1, 3], [], [6]]


@pytest.mark.parametrize("nonsense", [None, "1", [1], {}, True, -1, 1.5])
def test_nonsense_about_what_is_running_suspects_nobody(nonsense: Any) -> None:
    leftovers = Leftovers()
    leftovers.note(0, reply(**{RUNNING: nonsense}))
    assert leftovers.cells == []


@pytest.mark.parametrize("who", [HERE, BESIDE, EARLIER])
def test_who_told_the_kernel_to_end_is_read_from_a_reply(who: str) -> None:
    assert who_told(reply(**{ASKED: who, WITHIN: ["f", 3, "<module>"]})) == (who, {"f", "<module>"})
    assert who_told(reply(**{ASKED: who, WITHIN: 7})) == (who, frozenset())


@pytest.mark.parametrize("nonsense", [None, "nobody", ["here"], {}, 1])
def test_nonsense_about_who_told_it_tells_nothing(nonsense: Any) -> None:
    assert who_told(reply(**{ASKED: nonsense})) == ("", frozenset())


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ([{"source": "ask_exit", "keepkernel": False}], HERE),
        ([{"source": "page"}, {"source": "ask_exit"}], HERE),
        ([{"source": "ask_exit", "keepkernel": True}], ""),
        (["ask_exit", 3], ""),
        ({"source": "ask_exit"}, ""),
        (None, ""),
    ],
)
def test_a_kernel_of_another_make_is_heard_as_well(payload: Any, found: str) -> None:
    assert who_told({"content": {"status": "ok", "payload": payload}}) == (found, frozenset())

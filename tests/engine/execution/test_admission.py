"""What a kernel says is let in as plain data with legible text, whatever it is; and it takes no more of the output budget than is left."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import from_dict

from grading.engine.execution.admission import MOST_DEPTH, admitted
from grading.engine.execution.output_budget import OutputBudget
from grading.engine.limits import LEAST_OUTPUT_BYTES
from grading.text import TooDeep, legible_tree
from tests.engine import tiny
from tests.engine.execution.test_execution import graded
from tests.test_text import TREES


def nested(depth: int) -> Any:
    tree: Any = 1
    for _ in range(depth):
        tree = [tree]
    return tree


@given(TREES, st.booleans())
def test_json_is_let_in_with_legible_text_however_it_is_written(tree: Any, ascii_only: bool) -> None:
    part = json.dumps(tree, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    found = admitted(part)
    assert found == legible_tree(found, MOST_DEPTH, {"text", "traceback", "text/plain"})
    if ascii_only:
        assert found == legible_tree(json.loads(part), MOST_DEPTH, {"text", "traceback", "text/plain"})


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (b'"a\xc3b"', "a\ufffdb"),
        (b'"\xff\xfe"', "\ufffd\ufffd"),
        (rb'"\udcc3"', "\ufffd"),
        (rb'"\UDCC3"', None),
        (rb'"\uD83D\uDE00"', "\U0001f600"),
        (rb'{"\u001b[2J": "\b\f"}', {"\u241b[2J": "\u2408\u240c"}),
        (rb'{"text": "\u001b[31m", "evalue": "\u001b[31m"}', {"text": "\x1b[31m", "evalue": "\u241b[31m"}),
        (b"[NaN, -Infinity]", ["NaN", "-Infinity"]),
        (b"[1" + b"0" * 5000 + b"]", ["1" + "0" * 5000]),
    ],
)
def test_what_no_notebook_should_hold_is_replaced(part: bytes, expected: Any) -> None:
    if expected is None:
        with pytest.raises(ValueError):
            admitted(part)
    else:
        assert admitted(part) == expected


@pytest.mark.parametrize("depth", [MOST_DEPTH + 1, 900, 100_000])
def test_what_is_nested_too_deeply_is_not_let_in(depth: int) -> None:
    assert admitted(json.dumps(nested(MOST_DEPTH)).encode()) == nested(MOST_DEPTH)
    with pytest.raises(TooDeep):
        admitted(b"[" * depth + b"]" * depth)


def message(kind: str, content: dict[str, Any], size: int) -> dict[str, Any]:
    return {"msg_type": kind, "content": content, "size": size, "fault": "", "too_large": False}


def named(kind: str, size: int, name: str = "one") -> dict[str, Any]:
    return message(kind, {"data": {}, "transient": {"display_id": name}}, size)


def problems(budget: OutputBudget, cell: dict[str, Any] | None = None) -> list[str]:
    found = from_dict(cell or tiny.cell("code", "1"))  # type: ignore[no-untyped-call]
    kinds = [problem.kind for problem in budget.account(found, 0)]
    return [*kinds, *(output.ename for output in found.outputs)]


def test_a_message_counts_as_a_whole() -> None:
    budget = OutputBudget(2_000_000)
    large_metadata = message("display_data", {"data": {}, "metadata": {"a": "…"}}, 1_100_000)
    assert budget.admit(large_metadata, {}) is None
    assert budget.admit(message("display_data", {"data": {}}, 900_000), {}) is not None
    assert problems(budget) == ["output-limit"]


def test_an_update_counts_in_all_places_where_it_will_stand() -> None:
    budget = OutputBudget(2_000_000)
    assert budget.admit(named("update_display_data", 3000), {"one": {0: list(range(400))}}) is None
    assert budget.admit(named("update_display_data", 3000), {"one": {0: list(range(100)), 1: [0]}}) is not None


def test_what_takes_the_place_of_something_as_large_takes_no_more_room() -> None:
    budget, places = OutputBudget(2_000_000), {"one": {0: [0]}}
    assert budget.admit(named("display_data", 600_000), {}) is not None
    assert all(budget.admit(named("update_display_data", 600_000), places) for _ in range(100))
    assert budget.admit(named("display_data", 600_000, "two"), places) is None


def test_text_is_shortened_and_everything_else_is_left_out() -> None:
    budget = OutputBudget(4 * LEAST_OUTPUT_BYTES)
    found = budget.admit(message("stream", {"name": "stdout", "text": "x" * 10**6}, 10**6), {})
    assert found is not None and found["content"]["text"].startswith("xxx") and "dropped" in found["content"]["text"]
    assert budget.admit(message("error", {"evalue": "x"}, 10**6), {}) is None


def test_a_check_whose_output_is_not_whole_gives_no_points() -> None:
    for fault in ("", "showed something odd"):
        budget = OutputBudget(100)
        budget.admit({**message("display_data", {}, 10**6), "fault": fault}, {})
        kind = "dropped-output" if fault else "output-limit"
        assert problems(budget, graded("1", "check")) == [kind, "OutputLimit"]
        budget.next_cell()
        assert problems(budget, graded("1", "check")) == []

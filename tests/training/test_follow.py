"""A training that is followed: its numbers are kept in order, ■ keeps what there is, and a notebook shows them live."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from grading.training import follow
from grading.training import live as live_module


def numbers(count: int, stop_at: int | None = None) -> Iterator[dict[str, float]]:
    for step in range(count):
        if step == stop_at:
            signal.raise_signal(signal.SIGINT)
        yield {"loss": 1 / (step + 1), "acc": step / 10}


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_value_is_kept_in_order(count: int) -> None:
    assert follow(numbers(count)) == {
        "loss": [1 / (step + 1) for step in range(count)],
        "acc": [step / 10 for step in range(count)],
    }


def test_nothing_to_follow_is_nothing() -> None:
    assert follow([]) == {}


def test_names_may_come_and_go() -> None:
    assert follow([{"a": 1}, {"b": 2.5}, {"a": 3}]) == {"a": [1.0, 3.0], "b": [2.5]}


@pytest.mark.parametrize(("at", "by"), [(0, "epoch"), (3, "epoch"), (4, "seed")])
def test_a_stop_keeps_what_there_is_and_says_where(at: int, by: str, capsys: pytest.CaptureFixture[str]) -> None:
    history = follow(numbers(5, at), by)
    assert history.get("acc", []) == [step / 10 for step in range(at)]
    assert capsys.readouterr().out == f"Stopped in {by} {at + 1}. What there is so far is kept.\n"


def test_an_error_of_the_training_is_not_hidden() -> None:
    def failing() -> Iterator[dict[str, float]]:
        yield {"loss": 1.0}
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        follow(failing())


def test_in_a_notebook_the_curve_is_drawn_meanwhile_and_gives_way_to_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []

    def display(data: dict[str, Any], **options: Any) -> None:
        shown.append({"forms": sorted(data), "text": data["text/plain"], **options})

    monkeypatch.setattr(live_module, "in_notebook", lambda: True)
    monkeypatch.setattr(live_module.Schedule, "due", lambda self: True)
    monkeypatch.setattr("IPython.display.display", display)
    follow(numbers(3))
    assert [one["forms"] for one in shown] == 3 * [["image/png", "text/html", "text/plain"]] + [["text/plain"]]
    assert [bool(one.get("update")) for one in shown] == [False, True, True, True]
    assert len({one["display_id"] for one in shown}) == 1
    assert shown[-1]["text"] == "3 × epoch done; at the end loss 0.333, acc 0.2"


def test_outside_of_a_notebook_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    follow(numbers(3))
    assert capsys.readouterr() == ("", "")

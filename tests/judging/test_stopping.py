"""An answer is stopped when its time is up or somebody presses ■, and its running line is told."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import check, exercise
from grading.catalogue import exercises
from grading.errors import CheckFailed, CheckInterrupted
from grading.judging.judge import judge
from grading.judging.stopping import Interrupted, Stop, StoppableAnswer, TookTooLong

SOON = 0.1


def _loop(X: Tensor) -> Any:
    while True:
        X = X + 1


def _sleep(X: Tensor) -> Any:
    time.sleep(1000)  # it is cut short


def _deep(X: Tensor) -> Any:
    return _helper(X)


def _helper(X: Tensor) -> Any:
    while True:
        torch.exp(X)


def _comprehension(X: Tensor) -> Any:
    return [zero for zero in iter(int, 1)]


def _library(X: Tensor) -> Any:
    return sorted(range(9999), key=lambda zero: time.sleep(1))  # cut short


def _returns_in_finally(X: Tensor) -> Any:
    try:
        _loop(X)
    finally:
        return X.clamp(min=0)  # noqa: B012  # what swallows the exception is what is tried


def _catches(X: Tensor) -> Any:
    try:
        _loop(X)
    except KeyboardInterrupt:
        return X.clamp(min=0)


def _turns_into_another(X: Tensor) -> Any:
    try:
        _loop(X)
    except BaseException:
        raise ValueError("no") from None


def _catches_twice(X: Tensor) -> Any:
    for _ in range(2):
        _catches(X)
    return X.clamp(min=0)


def _generator(X: Tensor) -> Any:
    return sum(_endless())


def _endless() -> Iterator[int]:
    while True:
        yield 1


class _Module(torch.nn.Module):
    def forward(self, X: Tensor) -> Any:
        while True:
            X = X * 1


ENDLESS: dict[str, tuple[Callable[..., Any], str]] = {
    "a loop": (_loop, "of _loop: "),
    "a sleep": (_sleep, "of _sleep: time.sleep(1000)  # it is cut short"),
    "a function of the learner's": (_deep, "of _helper: "),
    "a comprehension": (_comprehension, "return [zero for zero in iter(int, 1)]"),
    "within a library": (_library, "key=lambda zero: time.sleep(1)"),
    "finally": (_returns_in_finally, "of _loop: "),
    "caught": (_catches, "of _loop: "),
    "caught twice": (_catches_twice, "of _loop: "),
    "another exception": (_turns_into_another, "of _loop: "),
    "a generator": (_generator, " of _"),
    "within torch": (_Module(), "of forward: "),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_answer_is_stopped_and_its_line_is_told(name: str) -> None:
    answer, line = ENDLESS[name]
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(CheckFailed, match=r"relu: it was stopped after 0\.1 seconds\.\n") as found:
        check(answer, "relu", seconds=SOON)
    said = str(found.value).splitlines()
    assert said[1].endswith("`check(relu, seconds=60)`."), said
    assert said[2].startswith("  in        line ") and line in said[2], said
    assert signal.getsignal(signal.SIGINT) is before
    assert threading.active_count() == 1 or all("_watch" not in one.name for one in threading.enumerate())


def test_without_signals_to_threads_it_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "pthread_kill", raising=False)
    with pytest.raises(CheckFailed, match="of _loop"):
        check(_loop, "relu", seconds=SOON)


def test_all_calls_together_have_the_time() -> None:
    calls = []

    def slow(X: Tensor) -> Any:
        calls.append(1)
        time.sleep(SOON / 3)  # what takes its time is what is tried
        return X.clamp(min=0)

    with pytest.raises(CheckFailed, match=r"stopped after 0\.1 seconds"):
        check(slow, "relu", seconds=SOON)
    assert 1 < len(calls) < 6


def test_what_is_wrong_is_told_although_an_explanation_would_take_too_long() -> None:
    calls = []

    def wrong_and_then_slow(X: Tensor) -> Any:
        calls.append(1)
        if len(calls) > len(exercise("relu").cases):
            time.sleep(1000)  # it is cut short
        return X.abs() + 3

    with pytest.raises(CheckFailed, match=r"relu: wrong values\."):
        check(wrong_and_then_slow, "relu", seconds=1)


def test_right_answers_have_their_points_whatever_came_before() -> None:
    with pytest.raises(CheckFailed):
        check(_loop, "relu", seconds=SOON)
    assert check(lambda X: X.clamp(min=0), "relu") == 1.0


@pytest.mark.parametrize("seconds", [0, -1, math.nan, "60", True, [], 0.0, -math.inf, 1j, "ten"])
def test_a_time_that_is_none_is_refused(seconds: Any) -> None:
    with pytest.raises(ValueError, match="a positive number such as 60"):
        check(_loop, "relu", seconds=seconds)


def test_only_what_trains_may_take_any_time() -> None:
    assert {one.name for one in exercises() if one.trains} == {"build_mlp", "train_epoch"}


def _until(event: threading.Event) -> Callable[[Tensor], Any]:
    def catches_everything(X: Tensor) -> Any:
        while not event.is_set():
            try:
                event.wait(60)
            except:  # noqa: E722  # what it catches is what is tried
                continue
        return X.clamp(min=0)

    return catches_everything


def test_who_cannot_be_stopped_is_told_once_to_restart() -> None:
    told, event = [], threading.Event()

    def stuck(line: str) -> None:
        told.append(line)
        event.set()

    stop = Stop(SOON, stuck)
    with pytest.raises(TookTooLong), stop.heard():
        judge(exercise("relu"), StoppableAnswer(_until(event), stop))
    assert len(told) == 1 and "of catches_everything: " in told[0]


def test_in_another_thread_it_cannot_be_stopped_and_that_is_told() -> None:
    told, event, ended = [], threading.Event(), []

    def stuck(line: str) -> None:
        told.append(line)
        event.set()

    def checked() -> None:
        stop = Stop(SOON, stuck)
        with stop.heard():
            ended.append(judge(exercise("relu"), StoppableAnswer(_until(event), stop)).passed)

    thread = threading.Thread(target=checked)
    thread.start()
    thread.join(60)
    assert ended == [True] and len(told) == 1 and "of catches_everything: event.wait(60)" in told[0]


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def _presses(X: Tensor) -> Any:
    press()
    return X.clamp(min=0)


def _presses_in_a_helper(X: Tensor) -> Any:
    return _presses(X)


def _presses_and_catches(X: Tensor) -> Any:
    try:
        press()
    except BaseException:
        return X.clamp(min=0)


@pytest.mark.parametrize("answer", [_presses, _presses_in_a_helper, _presses_and_catches])
def test_an_interrupt_ends_a_check_with_the_running_line(answer: Callable[..., Any]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(CheckInterrupted) as found:
        check(answer, "relu")
    first, second = str(found.value).splitlines()
    assert first == "The check of relu was interrupted."
    assert second.startswith("It was running line ") and second.endswith("signal.raise_signal(signal.SIGINT)")
    # IPython's protocol for what it shows in place of a traceback.
    assert found.value._render_traceback_() == [first, second]
    assert signal.getsignal(signal.SIGINT) is before


def test_pressed_twice_in_an_answer_that_catches_it_tells_how_to_restart() -> None:
    told: list[str] = []

    def twice(X: Tensor) -> Any:
        for _ in range(2):
            try:
                press()
            except KeyboardInterrupt:
                continue

    stop = Stop(math.inf, told.append)
    with pytest.raises(Interrupted), stop.heard():
        judge(exercise("relu"), StoppableAnswer(twice, stop))
    assert len(told) == 1


def test_pressed_while_no_answer_runs_it_ends_all_the_same() -> None:
    stop = Stop(math.inf)
    with pytest.raises(Interrupted) as found, stop.heard():
        press()
    assert found.value.line == ""


def test_another_handler_of_interrupts_is_asked() -> None:
    came = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        with pytest.raises(CheckInterrupted):
            check(_presses, "relu")
    finally:
        signal.signal(signal.SIGINT, before)
    assert came == [signal.SIGINT]


def test_where_interrupts_are_ignored_they_still_are() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert check(_presses, "relu") == 1.0
    finally:
        signal.signal(signal.SIGINT, before)

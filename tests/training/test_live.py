"""The live curve: drawn in a twentieth of the time, its last state always, in one output, and nowhere where nobody looks."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest
from d2l import torch as d2l
from jupyter_client.manager import start_new_kernel

from grading.figures.style import new_figure
from grading.graded import GRADING_VARIABLE
from grading.training.curves import Curves
from grading.training.live import SHARE, LiveBoard, Schedule, described, in_notebook, show_board


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("cost", [0.01, 0.06, 0.3, 2.0])
@pytest.mark.parametrize("step", [0.001, 0.05, 1.0])
def test_drawing_takes_a_twentieth_of_the_time(cost: float, step: float) -> None:
    clock = Clock()
    schedule, drawings = Schedule(clock), 0
    while clock.now < 200:
        clock.now += step
        if schedule.due():
            with schedule.drawing():
                clock.now += cost
            drawings += 1
        # Nobody knows what a drawing costs before the first one.
        assert drawings * cost <= SHARE * clock.now + max(1e-9, cost - 0.1)
    often = min(200 / step, SHARE * 200 / cost)
    assert drawings > often / 2


def test_a_run_that_is_over_at_once_is_not_drawn_meanwhile() -> None:
    clock = Clock()
    schedule = Schedule(clock)
    clock.now = 0.5
    assert not schedule.due()


class Screen:
    """Where pictures go."""

    def __init__(self) -> None:
        self.pictures: list[tuple[str, str, bool]] = []

    def __call__(self, png: bytes, text: str, output: str, again: bool) -> None:
        assert png.startswith(b"\x89PNG")
        self.pictures.append((text, output, again))


def shown(points: int, board: Any = None) -> Screen:
    """Draw one curve after each of its points and return what was shown."""
    screen, board = Screen(), board or d2l.ProgressBoard()
    curves, live = Curves(board), LiveBoard(board, screen)
    for number in range(points):
        curves.add(number, 1 / (number + 1), "train_loss", 1)
        live.draw()
    live.draw()
    return screen


def test_pictures_follow_each_other_in_one_output() -> None:
    pictures = shown(2).pictures
    assert [text.split("train_loss ")[1] for text, _, _ in pictures] == ["1", "0.5", "0.5"]
    assert len({output for _, output, _ in pictures}) == 1
    assert [again for *_, again in pictures] == [False, True, True]


def test_nothing_is_drawn_without_a_point_or_where_the_board_is_off() -> None:
    assert shown(0).pictures == []
    assert shown(3, d2l.ProgressBoard(display=False)).pictures == []


def test_the_first_picture_waits_until_there_is_time_for_it() -> None:
    board, screen = d2l.ProgressBoard(), Screen()
    live = LiveBoard(board, screen)
    Curves(board).add(0, 1.0, "train_loss", 1)
    live.offer()
    assert screen.pictures == []


def test_the_look_that_a_board_was_given_is_kept() -> None:
    figure, axes = d2l.plt.subplots()
    board = d2l.ProgressBoard(
        xlim=[0, 7], ylim=[0.1, 2], yscale="log", ylabel="cost", colors=["red"], ls=[":"], fig=figure, axes=axes
    )
    shown(5, board)
    (line,) = axes.get_lines()
    assert (line.get_color(), line.get_linestyle(), len(line.get_xdata())) == ("red", ":", 5)
    assert (axes.get_xlim(), axes.get_ylim(), axes.get_yscale()) == ((0, 7), (0.1, 2), "log")
    assert axes.get_ylabel() == "cost"
    d2l.plt.close(figure)


def test_d2l_can_go_on_with_the_board() -> None:
    board = d2l.ProgressBoard(display=False)
    shown(5, board)
    board.draw(5, 0.1, "train_loss")
    assert [point.x for point in board.data["train_loss"]] == [0, 1, 2, 3, 4, 5]


def test_without_a_notebook_and_while_grading_there_is_nobody_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_notebook()
    monkeypatch.setenv(GRADING_VARIABLE, "autograde")
    assert not in_notebook()


def test_axes_that_somebody_has_removed_are_not_drawn_and_end_nothing() -> None:
    board, screen = d2l.ProgressBoard(), Screen()
    board.axes = new_figure(3.0, 2.0, "Mine").subplots()
    Curves(board).add(0.5, 0.9, "train_loss", 1)
    live = LiveBoard(board, screen)
    live.draw()
    board.axes.remove()
    live.draw()
    assert len(screen.pictures) == 1


@pytest.mark.parametrize("watched", [True, False])
def test_what_d2l_has_drawn_is_shown_with_its_numbers_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append(data))
    monkeypatch.setattr("grading.training.live.in_notebook", lambda: watched)
    board = d2l.ProgressBoard(xlabel="epoch")
    show_board(board)
    assert shown == []
    board.fig = d2l.plt.figure(figsize=board.figsize)
    board.fig.gca().plot([0.5, 1], [0.9, 0.5])
    Curves(board).add(0.5, 0.9, "train_loss", 1)
    show_board(board)
    left_for_pyplot = d2l.plt.fignum_exists(board.fig.number)
    d2l.plt.close(board.fig)
    assert left_for_pyplot == (not watched)
    assert ["at the end train_loss 0.9" in data["text/html"] for data in shown] == [True] * watched


def test_who_does_not_see_the_picture_has_the_numbers() -> None:
    board = d2l.ProgressBoard()
    curves = Curves(board)
    curves.add(0.5, 0.91234, "train_loss", 1)
    curves.add(1, 0.8, "val_acc", 1)
    curves.add(1, 0.8, "val_loss", 2)
    board.xlabel = "epoch"
    assert described(board) == "Training curves by epoch; at the end train_loss 0.912, val_acc 0.8"


CELL = """
    import signal
    from grading.training import Trainer
    from tests.training.conftest import SmallData, SmallNet

    class Pressed(SmallNet):
        def training_step(self, batch):
            if self.trainer.train_batch_idx == 5:
                signal.raise_signal(signal.SIGINT)
            return super().training_step(batch)

    trainer = Trainer(3, 0)
    trainer.fit(Pressed(), SmallData())
"""


def test_in_a_notebook_a_run_that_is_stopped_ends_with_its_curve_and_a_sentence() -> None:
    manager, client = start_new_kernel()
    messages: list[dict[str, Any]] = []
    try:
        reply = client.execute_interactive(textwrap.dedent(CELL), timeout=120, output_hook=messages.append)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok", json.dumps(reply["content"])
    shown = [message["content"] for message in messages if message["msg_type"] == "display_data"]
    assert [[*content["data"]] for content in shown] == [["text/html", "image/png", "text/plain"]]
    assert "at the end train_loss" in shown[0]["data"]["text/plain"]
    text = "".join(message["content"]["text"] for message in messages if message["msg_type"] == "stream")
    assert text.startswith("Stopped in epoch 2 of 3, after batch 2 of 4.")

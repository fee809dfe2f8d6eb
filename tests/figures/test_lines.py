"""The map of all lines: its title says what it shows, whatever was computed."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from grading import figures
from grading.figures.style import Picture

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ANGLES, OFFSETS = torch.linspace(0, 360, 49), torch.linspace(-1.6, 1.6, 30)
LABELS = {"OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0], "AND": [0, 0, 0, 1]}


def accuracy_map(y: Tensor) -> Tensor:
    w = torch.stack((torch.cos(torch.deg2rad(ANGLES)), torch.sin(torch.deg2rad(ANGLES))))  # (2, angles)
    said = (X @ w)[:, None, :] + OFFSETS[None, :, None] > 0  # (n, offsets, angles)
    return (said == y[:, None, None].bool()).double().mean(dim=0)


@pytest.mark.parametrize(("name", "most"), [("OR", "1"), ("XOR", "3/4"), ("AND", "1")])
def test_the_map_says_the_most_that_a_line_can_get(name: str, most: str) -> None:
    labels = {name: torch.tensor(LABELS[name])}
    picture = figures.map_of_lines(accuracy_map, ANGLES, OFFSETS, X, labels, {})
    assert isinstance(picture, Picture)
    assert picture.get_suptitle() == f"The most that a line can get: {most} for {name}"


def test_fourteen_of_the_sixteen_functions_of_two_bits_have_a_line() -> None:
    def best_line(y: Tensor) -> tuple[float, float, float]:
        shares = accuracy_map(y)
        row, column = divmod(int(shares.argmax()), len(ANGLES))
        return float(shares.max()), float(ANGLES[column]), float(OFFSETS[row])

    picture = figures.functions_of_two_bits(best_line, X)
    assert isinstance(picture, Picture)
    assert picture.get_suptitle() == "A line computes 14 of the 16 functions of two bits"
    assert [axes.get_title(loc="left") for axes in picture.axes if "3/4" in axes.get_title(loc="left")] == [
        "XOR: 3/4",
        "equal: 3/4",
    ]

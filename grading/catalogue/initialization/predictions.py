"""What lesson 05 asks before it shows the answer."""

from __future__ import annotations

import math

import torch

from grading.catalogue.questions import Kind, Questions

ask = Questions()


@ask(
    "Four equal units learn XOR: which mean squared error is left?",
    kind=Kind.NUMBER,
    within=0.05,
    why="Four equal units are one unit. It rises or falls along one direction, and the best rising function on XOR says 0, 2/3, "
    "2/3, 2/3: it is off by 1/3, 1/3 and 2/3, which makes 1/6.",
)
def loss_of_equal_units() -> float:
    y = torch.tensor([0.0, 1, 1, 0])  # at 00, 01, 10, 11
    rising = torch.cat((y[:1], y[1:].mean().expand(3)))
    return float(((rising - y) ** 2).mean())


@ask(
    "tanh, 20 layers, c = 1.5: what is the mean square of a signal at the end, if it begins with 1?",
    kind=Kind.NUMBER,
    within=0.15,
    why="Large signals are cut, small ones grow by nearly 1.5 a layer, and in between there is one size that stays.",
)
def mean_square_at_the_end() -> float:
    quantiles = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)
    size = torch.ones((), dtype=torch.float64)
    for _ in range(20):
        size = torch.tanh(torch.sqrt(1.5 * size) * quantiles).square().mean()
    return float(size)


@ask(
    "After how many ReLU layers with Xavier's weights and equal widths has a signal shrunk to a thousandth of its size?",
    kind=Kind.NUMBER,
    within=0.05,
    why="The mean square halves in each layer, so the size loses a factor of root 2, and 2 to the power of 10 is about a thousand.",
)
def layers_to_a_thousandth() -> int:
    return math.ceil(math.log(1000) / math.log(math.sqrt(2)))


QUESTIONS = ask.all

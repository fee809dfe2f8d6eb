"""What lesson 06 asks before it shows the answer."""

from __future__ import annotations

import math

import torch

from grading.catalogue.questions import Kind, Questions

ask = Questions()


@ask(
    "v ← 0.9 v + 1, again and again, from v = 0: which number does v tend to?",
    kind=Kind.NUMBER,
    within=0.02,
    why="1 + μ + μ² + … = 1 / (1 - μ). Where the gradient does not change, momentum multiplies the learning rate by as much.",
)
def limit_of_velocity() -> float:
    v = 0.0
    for _ in range(1000):
        v = 0.9 * v + 1
    return v


@ask(
    "Adam's first step, for two parameters with the gradients 0.001 and 1000: by how many lr does each of them move?",
    kind=Kind.NUMBERS,
    why="After one step the corrected means are g and g², and g / √(g²) is the sign of g. Adam's lr is a length.",
)
def first_step_of_adam() -> list[float]:
    parameters = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    parameters.grad = torch.tensor([0.001, 1000.0], dtype=torch.float64)
    torch.optim.Adam([parameters], lr=1.0, eps=1e-12).step()
    return [round(abs(float(moved)), 6) for moved in parameters.detach()]


@ask(
    "How many times as many examples does a batch need for half of the noise?",
    kind=Kind.NUMBER,
    why="The deviation of a mean of B independent gradients falls like 1 / √B: half of it takes four times the work.",
)
def half_the_noise() -> float:
    deviation = {size: 1 / math.sqrt(size) for size in range(1, 10)}
    return float(next(size for size, noise in deviation.items() if noise <= deviation[1] / 2))


QUESTIONS = ask.all

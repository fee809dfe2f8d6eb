"""What lesson 03 asks before it shows the answer."""

from __future__ import annotations

import torch

from grading.catalogue.questions import Kind, Questions

ask = Questions()


@ask(
    "What is the derivative of y = (a + b) c by c, where a = 2, b = 1 and c = -3?",
    kind=Kind.NUMBER,
    why="A product changes with one factor at the rate of the other factor, and a + b is 3.",
)
def slope_by_c() -> float:
    a, b, c = torch.tensor([2.0, 1.0, -3.0]).requires_grad_(True).unbind()
    return float(torch.autograd.grad((a + b) * c, c)[0])


QUESTIONS = ask.all

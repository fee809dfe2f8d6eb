"""What lesson 01 asks before it shows the answer."""

from __future__ import annotations

import torch

from grading.catalogue.questions import Kind, Questions

ask = Questions()


@ask(
    "A neuron is trained on XOR with the mean squared error. Which loss is left?",
    kind=Kind.NUMBER,
    within=0.02,
    why="It ends by saying 1/2 to everything, is off by 1/2 each time, and the square of that is 1/4. Section 5 is about why.",
)
def neuron_trained_on_xor() -> float:
    X, y = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([0.0, 1, 1, 0])
    p = torch.tensor([0.5, -0.3, 0.2], requires_grad=True)
    for _ in range(500):
        (grad,) = torch.autograd.grad(((torch.sigmoid(X @ p[:2] + p[2]) - y) ** 2).mean(), p)
        p = (p - 2 * grad).detach().requires_grad_(True)
    return float(((torch.sigmoid(X @ p[:2] + p[2]) - y) ** 2).mean().detach())


QUESTIONS = ask.all

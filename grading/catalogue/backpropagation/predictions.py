"""What lesson 03 asks before it shows the answer."""

from __future__ import annotations

import torch
from torch import Tensor

from grading.catalogue.questions import Kind, Questions

ask = Questions()


def _slope(value: Tensor, by: Tensor) -> float:
    return float(torch.autograd.grad(value, by)[0])


def _numbers(*values: float) -> tuple[Tensor, ...]:
    return torch.tensor(values, dtype=torch.float64).requires_grad_(True).unbind()


@ask(
    "v = (p + r) t with p = 2, r = 1 and t = -3: how fast does v change with t?",
    kind=Kind.NUMBER,
    why="A product changes with one factor at the rate of the other factor, and the other factor is u = p + r = 3.",
)
def slope_by_t() -> float:
    p, r, t = _numbers(2, 1, -3)
    return _slope((p + r) * t, t)


@ask(
    "v = (p + r) t with p = 2, r = 1 and t = -3: how fast does v change with p?",
    kind=Kind.NUMBER,
    why="p moves u at the rate 1, u moves v at the rate t = -3, and along a chain rates multiply: 1 · (-3).",
)
def slope_by_p() -> float:
    p, r, t = _numbers(2, 1, -3)
    return _slope((p + r) * t, p)


@ask(
    "v = (p + r) p with p = 2 and r = 1: how fast does v change with p?",
    kind=Kind.NUMBER,
    why="Through u it is 1 · 2, directly it is u = 3, and p moves both ways at once: 2 + 3.",
)
def fork_of_two() -> float:
    p, r = _numbers(2, 1)
    return _slope((p + r) * p, p)


@ask(
    "The same neuron with b = 0 in place of 2: how fast does L change with the first weight?",
    kind=Kind.NUMBER,
    why="Then z = -1. The ReLU is closed, its slope is 0, and a factor 0 anywhere on the way ends it.",
)
def closed_neuron() -> float:
    w1, w2, b = _numbers(1, 3, 0)
    return _slope((torch.relu(2 * w1 - w2 + b) - 3) ** 2, w1)


@ask(
    "Every example is put into the batch a second time. What becomes of the loss L?",
    kind=Kind.WORD,
    choices=("it halves", "it stays", "it doubles"),
    why="The sum doubles and so does the number of its terms. That is why a mean does not depend on the batch size.",
)
def batch_twice() -> str:
    O, Y = torch.arange(6.0).reshape(3, 2), torch.ones(3, 2)
    once, twice = ((O - Y) ** 2).mean(), ((O.repeat(2, 1) - Y.repeat(2, 1)) ** 2).mean()
    return "it stays" if torch.allclose(once, twice) else "it doubles" if twice > once else "it halves"


@ask(
    "X is (5, 3) and O = XW + b is (5, 2). Which shape does grad_W have?",
    kind=Kind.SHAPE,
    why="A gradient has the shape of what it belongs to: it holds one slope for each entry of W.",
)
def shape_of_grad_w() -> tuple[int, ...]:
    W = torch.ones(3, 2, requires_grad=True)
    return tuple(torch.autograd.grad((torch.ones(5, 3) @ W).sum(), W)[0].shape)


@ask(
    "grad_O has the rows (1, 2), (3, -1) and (0, 5). What is grad_b?",
    kind=Kind.NUMBERS,
    why="b is added to every row, so it has an arrow to each of them, and where arrows leave a box gradients add up.",
)
def rows_add() -> Tensor:
    b, grad_O = torch.zeros(2, requires_grad=True), torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 5.0]])
    return torch.autograd.grad(torch.zeros(3, 2) + b, b, grad_O)[0]


@ask(
    "Z = (2, -1, 0) and grad_H = (-3, 4, 5). What is grad_Z?",
    kind=Kind.NUMBERS,
    why="Only the first unit is open. Its gradient passes as it is, sign and all; at exactly 0 we take the slope 0.",
)
def through_a_relu() -> Tensor:
    Z = torch.tensor([2.0, -1.0, 0.0], requires_grad=True)
    return torch.autograd.grad(torch.relu(Z), Z, torch.tensor([-3.0, 4.0, 5.0]))[0]


@ask(
    "One entry of W1 is 3, and λ = 0.1. How much does the penalty s add to its gradient?",
    kind=Kind.NUMBER,
    why="s holds λ/2 times the square of the entry; the derivative of a square brings a 2, and λ times the entry is left.",
)
def slope_of_the_penalty() -> float:
    (w,) = _numbers(3)
    return _slope(0.1 / 2 * w**2, w)


@ask(
    "In the pencil example, which hidden unit will gradient descent never move?",
    kind=Kind.NUMBER,
    why="Its pre-activation is negative for both examples. Nothing passes it: it is a dead ReLU.",
)
def unit_that_never_moves() -> int:
    Z = torch.tensor([[4, 2, -3], [1, 3, -2]])
    return int((Z <= 0).all(dim=0).nonzero()) + 1


@ask(
    "The gradient has come back to H1. Which mask turns it into grad_Z1?",
    kind=Kind.WORD,
    choices=("Z1 > 0", "Z2 > 0"),
    why="What arrives at H1 passes the ReLU that made H1, and that one was opened or closed by Z1.",
)
def mask_of_the_first_layer() -> str:
    Z1, Z2, grad_H1, grad_Z1 = _two_layers()
    own = torch.equal(grad_H1 * (Z1 > 0), grad_Z1)
    return "Z1 > 0" if own and not torch.equal(grad_H1 * (Z2 > 0), grad_Z1) else "Z2 > 0"


@ask(
    "Which numbers are in grad_Z1?",
    kind=Kind.NUMBERS,
    why="grad_H1 is (24, 8), and of the first layer only the second unit is open.",
)
def grad_of_the_first_layer() -> Tensor:
    return _two_layers()[3]


def _two_layers() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return Z1, Z2, grad_H1 and grad_Z1 of the lesson's network with two hidden layers, by autograd."""
    x, W1, b1 = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 1.0], [-1.0, 1.0]]), torch.tensor([1.0, -1.0])
    W2, W3 = torch.tensor([[3.0, 2.0], [1.0, -1.0]]), torch.tensor([[2.0], [5.0]])
    Z1 = (x @ W1 + b1).requires_grad_(True)
    H1 = torch.relu(Z1)
    Z2 = H1 @ W2 + 1
    loss = ((torch.relu(Z2) @ W3 - 1 - 3) ** 2).mean()
    grad_H1, grad_Z1 = torch.autograd.grad(loss, [H1, Z1])
    return Z1.detach(), Z2.detach(), grad_H1, grad_Z1


@ask(
    "A network has a thousand weights. How often is J computed for its whole numerical gradient?",
    kind=Kind.NUMBER,
    why="Twice for each weight. Backpropagation gives all of them for the price of about two more evaluations.",
)
def evaluations_of_a_thousand() -> int:
    counted = 0

    def evaluate(x: Tensor) -> None:
        nonlocal counted
        counted += 1

    x = torch.zeros(1000)
    for place in range(len(x)):
        for sign in (1, -1):
            evaluate(x.index_fill(0, torch.tensor([place]), sign * 1e-5))
    return counted


@ask(
    "w = 1, and (w**2).backward() is called three times. What is w.grad then?",
    kind=Kind.NUMBER,
    why="backward() adds to .grad. Each call brings 2, and nobody has set it back to 0.",
)
def backward_three_times() -> float:
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(3):
        (w**2).backward()
    assert w.grad is not None, "it was just computed"
    return float(w.grad)


@ask(
    "What is the smallest mean squared error of a single affine map on the four examples of XOR?",
    kind=Kind.NUMBER,
    why="The best one says 1/2 everywhere, and is off by 1/2 each time. A network stays near it while it has no fold.",
)
def best_of_a_line() -> float:
    X = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=torch.float64)
    y = torch.tensor([[0.0], [1], [1], [0]], dtype=torch.float64)
    return float(((X @ torch.linalg.lstsq(X, y).solution - y) ** 2).mean())


@ask(
    "A network gets twice as many hidden layers of the same width. What becomes of the memory that a prediction needs?",
    kind=Kind.WORD,
    choices=("it stays", "it doubles"),
    why="An activation can be forgotten once the next one exists, however many there are.",
)
def memory_of_a_prediction() -> str:
    from grading.figures.meter import bytes_alive

    once, twice = (max(bytes_alive(16, 64, depth, training=False)) for depth in (4, 8))
    return "it stays" if twice < 1.5 * once else "it doubles"


@ask(
    "O is (4, 1) and y is (4,). Which shape does O - y have?",
    kind=Kind.SHAPE,
    why="Missing dimensions are added in front: y counts as (1, 4), and each output is compared with each target.",
)
def shape_of_a_difference() -> tuple[int, ...]:
    return tuple((torch.zeros(4, 1) - torch.zeros(4)).shape)


QUESTIONS = ask.all

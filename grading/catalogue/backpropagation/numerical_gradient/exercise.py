"""`numerical_gradient`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistakes
from grading.judging.read import Reading, Truth, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.functions import ScalarFunction
from grading.probe.watch import AUTOGRAD

_RESTORED = "x afterwards"


def _point(draw: Draw, shape: tuple[int, ...], eps: float, name: str = "cubic") -> Arguments:
    f = ScalarFunction(name, draw.normal(*shape))
    if draw.simple:
        # With a small step all formulas print the same digits.
        return {"f": f, "x": draw.normal(*shape), "eps": 0.25}
    return {"f": f, "x": draw.uniform(*shape, low=-1.5, high=1.5), "eps": eps}


# Small shapes: a numerical gradient calls f twice for every element.
def _shape(draw: Draw) -> tuple[int, ...]:
    return tuple(draw.sizes(2, 2, 3))


def _matrix(draw: Draw) -> Arguments:
    return _point(draw, _shape(draw), 1e-4)


def _large_step(draw: Draw) -> Arguments:
    return _point(draw, (1, 3), 0.25)


def _wave(draw: Draw) -> Arguments:
    return _point(draw, _shape(draw), 0.03, "wave")


def _vector(draw: Draw) -> Arguments:
    return _point(draw, (2,), 1e-3)


def _cube(draw: Draw) -> Arguments:
    return _point(draw, (1, 2, 2), 1e-3)


def _scalar(draw: Draw) -> Arguments:
    return _point(draw, (), 0.1)


def _central(f: ScalarFunction, x: Tensor, eps: float) -> dict[str, Tensor]:
    """Return the central differences from points made afresh, one for each element, and x."""
    g = f.build(torch.device("cpu"))
    steps = eps * torch.eye(x.numel(), dtype=x.dtype).reshape(x.numel(), *x.shape)
    quotients = [(float(g(x + step)) - float(g(x - step))) / (2 * eps) for step in steps]
    return {"gradient": torch.tensor(quotients, dtype=torch.float64).reshape(x.shape), _RESTORED: x}


def _read_gradient(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    missing = nothing_returned(observation.value)
    return missing or {"gradient": observation.value, _RESTORED: observation.after["x"]}


mistake = Mistakes()


def _fill(x: Tensor, quotient: Any) -> Tensor:
    """Return a tensor like x whose elements are `quotient(index)`."""
    gradient = torch.zeros_like(x)
    for index in product(*map(range, x.shape)):
        gradient[index] = quotient(index)
    return gradient


def _moved(x: Tensor, index: int | tuple[int, ...], step: float) -> Tensor:
    y = x.clone()
    y[index] += step
    return y


@mistake(
    "This is the forward difference (f(x + ε e) - f(x)) / ε. Its error shrinks like ε, that of the central one like ε²."
)
def forward_difference(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(x)) / eps)


@mistake("This is a difference to one side only. Step to both sides of x.")
def backward_difference(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(x) - f(_moved(x, i, -eps))) / eps)


@mistake("From x - ε to x + ε it is 2 ε, not ε: twice the gradient comes out.")
def not_halved(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / eps)


@mistake("`/ 2 * eps` divides by 2 and multiplies by ε. The denominator needs its own parentheses.")
def precedence(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / 2 * eps)


@mistake("The step is always 1e-6, whatever eps says. Use the argument.")
def own_step(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, 1e-6)) - f(_moved(x, i, -1e-6))) / 2e-6)


@mistake("This steps by ε/2 to each side. The contract says ε, and the gradient of a curved f shows it.")
def half_step(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps / 2)) - f(_moved(x, i, -eps / 2))) / eps)


@mistake(
    "Every element stays moved after its turn, so the next one is differentiated at another point, "
    "and the caller's x is another afterwards. Put each element back."
)
def not_restored(f: Any, x: Tensor, eps: float) -> Tensor:
    def quotient(i: tuple[int, ...]) -> Any:
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        return (above - f(x)) / (2 * eps)

    return _fill(x, quotient)


@mistake("x is put back only at the very end. Each element must be put back before the next one is moved.")
def restored_late(f: Any, x: Tensor, eps: float) -> Tensor:
    start = x.clone()
    gradient = not_restored(f, x, eps)
    x.copy_(start)
    return gradient


@mistake("All elements are moved together: that is one slope along (1, …, 1). Move one at a time.")
def all_at_once(f: Any, x: Tensor, eps: float) -> Tensor:
    return torch.full_like(x, float((f(x + eps) - f(x - eps)) / (2 * eps)))


@mistake("This combines two steps into a formula of higher order. Only the step ε is asked for.")
def higher_order(f: Any, x: Tensor, eps: float) -> Tensor:
    def central(i: tuple[int, ...], step: float) -> Any:
        return (f(_moved(x, i, step)) - f(_moved(x, i, -step))) / (2 * step)

    return _fill(x, lambda i: (4 * central(i, eps) - central(i, 2 * eps)) / 3)


def _central_of(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / (2 * eps))


@mistake("The values are right, but flattened. A gradient has the shape of x.")
def flat(f: Any, x: Tensor, eps: float) -> Tensor:
    return _central_of(f, x, eps).flatten()


@mistake("The result is rounded to float32: half of the digits are lost. Keep the dtype of x.")
def single(f: Any, x: Tensor, eps: float) -> Tensor:
    return _central_of(f, x, eps).float()


@mistake(
    "From f(x + ε) only f(x) is subtracted, not f(x - ε). `old = x[i]` is a view and moves with x: `.item()` keeps the number."
)
def saved_view(f: Any, x: Tensor, eps: float) -> Tensor:
    def quotient(i: tuple[int, ...]) -> Any:
        old = x[i]
        x[i] = old + eps
        above = f(x)
        x[i] = old - eps
        below = f(x)
        x[i] = old
        return (above - below) / (2 * eps)

    return _fill(x, quotient)


@mistake("Both values of f are taken at the same point, so 0 comes out: `=` makes no copy of x, `.clone()` does.")
def same_point(f: Any, x: Tensor, eps: float) -> Tensor:
    return torch.zeros_like(x)


@mistake(
    "A whole row is moved at once. Each element needs a difference of its own, and the gradient has the shape of x."
)
def whole_rows(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros(len(x), dtype=x.dtype)
    for i in range(len(x)):
        step = torch.zeros_like(x)
        step[i] = eps
        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


@mistake("A whole column is moved at once, and its elements share one difference. Each needs its own.")
def columns_filled(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.shape[-1]):
        step = torch.zeros_like(x)
        step[..., i] = eps
        gradient[..., i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


@mistake(
    "It counts through all elements and takes x[i], a row of the matrix: there are fewer rows than elements. An element has an "
    "index on each axis."
)
def elements_as_rows(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        gradient[i] = (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / (2 * eps)
    return gradient


@mistake("A whole row is moved at once, and its elements share one difference. Each needs its own.")
def rows_filled(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(len(x)):
        step = torch.zeros_like(x)
        step[i] = eps
        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


@mistake(
    "All elements are moved together, and one number comes out. Move one at a time; the gradient has the shape of x."
)
def all_at_once_one_number(f: Any, x: Tensor, eps: float) -> Tensor:
    return torch.as_tensor((f(x + eps) - f(x - eps)) / (2 * eps))


@mistake("The difference is divided by 2 alone: ε is missing below the line.")
def step_missing(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) / 2)


@mistake("The difference is not divided by the way between the two points, 2 ε.")
def not_divided(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: f(_moved(x, i, eps)) - f(_moved(x, i, -eps)))


@mistake("The difference is multiplied by 2 ε. It is divided by it.")
def multiplied(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, eps)) - f(_moved(x, i, -eps))) * 2 * eps)


@mistake("The difference is taken the wrong way round: f(x + ε e) comes first.", name="reversed")
def reversed_(f: Any, x: Tensor, eps: float) -> Tensor:
    return _fill(x, lambda i: (f(_moved(x, i, -eps)) - f(_moved(x, i, eps))) / (2 * eps))


@mistake("Only the first element has its slope: the function ends within its loop.")
def first_only(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    first = (0,) * x.dim()
    gradient[first] = (f(_moved(x, first, eps)) - f(_moved(x, first, -eps))) / (2 * eps)
    return gradient


@mistake("Only the last element has its slope: the zeros are made anew inside of the loop.")
def last_only(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    last = tuple(size - 1 for size in x.shape)
    gradient[last] = (f(_moved(x, last, eps)) - f(_moved(x, last, -eps))) / (2 * eps)
    return gradient


@mistake(
    "The slopes of all elements are added up to one number. The gradient keeps one for each element, in the shape of x."
)
def added_up(f: Any, x: Tensor, eps: float) -> Tensor:
    return _central_of(f, x, eps).sum()


def _with_a_step_of_its_own(step: float) -> None:
    """Declare that the step is this one, whatever eps says: to both sides, and to one side."""

    def central(f: Any, x: Tensor, eps: float) -> Tensor:
        return _central_of(f, x, step)

    def forward(f: Any, x: Tensor, eps: float) -> Tensor:
        return forward_difference(f, x, step)

    mistake(f"The step is always {step:g}, whatever eps says. Use the argument.", name=f"own-step-{step:g}")(central)
    mistake(
        f"The step is always {step:g} and goes to one side only. Step by eps, which is given, to both sides of x.",
        name=f"own-step-{step:g}-forward",
    )(forward)


for _step in (1e-2, 1e-3, 1e-4, 1e-5, 1e-7, 1e-8):
    _with_a_step_of_its_own(_step)


EXERCISE = Exercise(
    name="numerical_gradient",
    points=1.0,
    parameters=("f", "x", "eps"),
    summary="Return the central differences (f(x + ε e) - f(x - ε e)) / 2ε, one for each element of x.",
    outputs=("gradient", _RESTORED),
    read=_read_gradient,
    cases=(
        Case("a matrix", _matrix, dtype=torch.float64),
        Case("a large step", _large_step, dtype=torch.float64),
        Case("another function", _wave, dtype=torch.float64),
        Case("a vector", _vector, CARE, dtype=torch.float64, twice=True),
        Case("a tensor with three axes", _cube, CARE, dtype=torch.float64),
        Case("a 0-dimensional tensor", _scalar, CARE, dtype=torch.float64),
        Case("a view with strides", _large_step, CARE, dtype=torch.float64, layout="strided"),
        Case("a transposed tensor", _matrix, CARE, dtype=torch.float64, layout="transposed"),
    ),
    reference=_central,
    parts={"gradient": 0.7, _RESTORED: 0.15, CARE: 0.15},
    # The rounding of f is divided by 2 ε.
    reduction=lambda arguments: round(4 * (arguments["x"].numel() + 2) / arguments["eps"]),
    like={"gradient": "x", _RESTORED: "x"},
    # The contents of x are an output: what counts is that they come back, up to rounding.
    may_change=frozenset({"x"}),
    given=frozenset({_RESTORED}),
    mistakes=mistake.all,
    hints=(
        "Take one element. Move it up by eps, note f; move it down by eps, note f; put it back.",
        "Loop over all elements, whatever the shape: `itertools.product(*map(range, x.shape))` gives every index.",
        "Remember the old value before you move it, and write it back: then x is exactly as before.",
    ),
    ban=Ban(
        frozenset({AUTOGRAD}),
        "This check is worth something because it does not differentiate: values of f are all it needs.",
    ),
)

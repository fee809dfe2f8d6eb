"""`grad_linear`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grading.catalogue.backpropagation.scales import OF_WHAT_FOLLOWS
from grading.catalogue.backpropagation.shared import BY_HAND_ALL, pulled
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors


def _affine_layer(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 2, 7)
    return {"X": draw.normal(n, d, scale=1.5), "W": draw.normal(d, q), "grad_O": draw.normal(n, q)}


def _affine_one(draw: Draw) -> Arguments:
    d, q = draw.sizes(2, 2, 7)
    return {"X": draw.normal(1, d, scale=1.5), "W": draw.normal(d, q), "grad_O": draw.normal(1, q)}


def _affine_many(draw: Draw) -> Arguments:
    d, q = draw.sizes(2, 3, 6)
    n = draw.integer(20, 30)
    return {"X": draw.normal(n, d, scale=3.0), "W": draw.normal(d, q), "grad_O": draw.normal(n, q)}


def _affine_square(draw: Draw) -> Arguments:
    """All three sizes agree: a wrong order of factors has a fitting shape."""
    n = draw.integer(3, 4) if not draw.simple else draw.limit
    return {"X": draw.normal(n, n, scale=1.5), "W": draw.normal(n, n), "grad_O": draw.normal(n, n)}


def _grad_linear_truth(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    with torch.enable_grad():
        leaves = [X.detach().clone().requires_grad_(True), W.detach().clone().requires_grad_(True)]
        b = torch.zeros(W.shape[1], dtype=W.dtype, requires_grad=True)
        return torch.autograd.grad(pulled(F.linear(leaves[0], leaves[1].T, b), grad_O), [*leaves, b])


def _linear_dims(arguments: Arguments) -> dict[str, int]:
    (n, d), q = arguments["X"].shape, arguments["W"].shape[1]
    return {"n": n, "d": d, "q": q}


mistake = Mistakes()


@mistake(
    "Both products lack their transpose. Let the shapes guide you: (n, q) times what gives (n, d)? What times (n, q) gives (d, q)?"
)
def nothing_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W, X @ grad_O, grad_O.sum(0)


@mistake("grad_O is (n, q) and W is (d, q): for grad_X (n, d) you need W transposed.")
def w_not_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W, X.T @ grad_O, grad_O.sum(0)


@mistake("X is (n, d) and grad_O is (n, q): for grad_W (d, q) you need X transposed.")
def x_not_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X @ grad_O, grad_O.sum(0)


@mistake("grad_O.T @ X has the shape (q, d). grad_W has the shape of W, (d, q): swap the factors.")
def grad_w_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, grad_O.T @ X, grad_O.sum(0)


@mistake("grad_W is divided by the batch size. The mean of the loss is in grad_O already; here the examples add up.")
def grad_w_averaged(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O / len(X), grad_O.sum(0)


@mistake(
    "grad_W and grad_b are divided by the batch size. The mean of the loss is in grad_O already; here the examples add up."
)
def averaged(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O / len(X), grad_O.mean(0)


@mistake("grad_b is a mean over the examples. The mean is in grad_O already; here they add up.")
def grad_b_mean(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.mean(0)


@mistake("grad_b has the shape (1, q). b has the shape (q,): sum without keepdim.")
def grad_b_kept(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(0, keepdim=True)


@mistake("grad_b is a column, (q, 1). b has the shape (q,): one axis, and so has its gradient.")
def grad_b_column(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(0)[:, None]


@mistake("grad_b is grad_O itself, (n, q). The same b (q,) was added to every row, so the rows must be summed.")
def grad_b_not_summed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O


@mistake("grad_b is one number. Each of the q biases has its own sum, over the examples only.")
def grad_b_total(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum()


@mistake("The sum for grad_b runs over the outputs. b was added to every example: sum over those.")
def grad_b_other_axis(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(1)


@mistake("grad_W comes before grad_X. The order is grad_X, grad_W, grad_b.")
def order(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O @ W.T, grad_O.sum(0)


@mistake(
    "grad_b is 1 everywhere. That is how O changes with b; by the chain rule it multiplies grad_O, and the rows add up."
)
def grad_b_ones(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, torch.ones_like(grad_O[0])


@mistake("grad_b counts the examples. By the chain rule grad_O is summed over them, not 1.")
def grad_b_counts(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, torch.full_like(grad_O[0], len(X))


@mistake("grad_W and grad_b hold the last example only: `=` in the loop forgets those before. Add them up.")
def last_example_only(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, torch.outer(X[-1], grad_O[-1]), grad_O[-1].clone()


@mistake("grad_W and grad_b hold the first example only. All examples add up: does the loop end too early?")
def first_example_only(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, torch.outer(X[0], grad_O[0]), grad_O[0].clone()


@mistake(
    "Examples are added more than once: `+=` adds to what is there, and the sum so far stands on the right of it again."
)
def doubled_in_the_loop(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_W, grad_b = torch.zeros_like(W), torch.zeros_like(grad_O[0])
    for x, g in zip(X, grad_O, strict=True):
        grad_W += grad_W + torch.outer(x, g)
        grad_b += grad_b + g
    return grad_O @ W.T, grad_W, grad_b


@mistake("grad_X comes last. The order is grad_X, grad_W, grad_b.")
def input_last(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O.sum(0), grad_O @ W.T


@mistake("grad_X is missing. Three gradients are asked for: grad_X, grad_W, grad_b.")
def without_input(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O.sum(0)


@mistake("grad_b is missing. Three gradients are asked for: grad_X, grad_W, grad_b.")
def without_bias(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O


@mistake("grad_W and grad_b are nested in a list of their own. Return three tensors: grad_X, grad_W, grad_b.")
def nested(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, [X.T @ grad_O, grad_O.sum(0)]


@mistake("A dict comes back. Return three tensors in this order: grad_X, grad_W, grad_b.")
def as_dict(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return {"grad_X": grad_O @ W.T, "grad_W": X.T @ grad_O, "grad_b": grad_O.sum(0)}


@mistake(
    "This is right for weights that are stored as (outputs, inputs). Here W is (d, q): for grad_X (n, d) you need grad_O @ W.T, "
    "for grad_W (d, q) X.T @ grad_O."
)
def as_nn_linear(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W, grad_O.T @ X, grad_O.sum(0)


@mistake("`*` multiplies one element by one. grad_X and grad_W are matrix products.")
def elementwise(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O * W, X * grad_O, grad_O.sum(0)


@mistake("`*` multiplies one element by one. grad_X and grad_W are matrix products.", name="elementwise-inputs-first")
def elementwise_inputs_first(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X * grad_O, grad_O * W, grad_O.sum(0)


@mistake("`*` multiplies one element by one. grad_X and grad_W are matrix products.", name="elementwise-transposed")
def elementwise_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O * W.T, X.T * grad_O, grad_O.sum(0)


@mistake(
    "`*` multiplies one element by one. grad_X and grad_W are matrix products.",
    name="elementwise-transposed-inputs",
)
def elementwise_transposed_inputs(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T * grad_O, grad_O * W.T, grad_O.sum(0)


@mistake("grad_X alone comes back. Three gradients are asked for: grad_X, grad_W, grad_b.")
def input_alone(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T


@mistake("grad_W alone comes back. Three gradients are asked for: grad_X, grad_W, grad_b.")
def weights_alone(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O


@mistake("grad_X is W.T alone: how O changes with X. By the chain rule grad_O is multiplied by it.")
def grad_x_local(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return W.T.clone(), X.T @ grad_O, grad_O.sum(0)


@mistake("grad_W is X.T alone: how O changes with W. By the chain rule it is multiplied by grad_O.")
def grad_w_local(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T.clone(), grad_O.sum(0)


@mistake("W.T @ grad_O and grad_O @ X.T belong to examples in columns. Here they are rows: grad_O @ W.T, X.T @ grad_O.")
def columns(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return W.T @ grad_O, grad_O @ X.T, grad_O.sum(0)


EXERCISE = Exercise(
    name="grad_linear",
    points=1.0,
    parameters=("X", "W", "grad_O"),
    summary="Return grad_X, grad_W and grad_b of O = X W + b, given grad_O.",
    outputs=("grad_X", "grad_W", "grad_b"),
    read=Tensors(("grad_X", "grad_W", "grad_b")),
    cases=(
        Case("three equal sizes", _affine_square),
        Case("ordinary values", _affine_layer, twice=True),
        Case("a batch of one", _affine_one),
        Case("many examples", _affine_many, CARE),
        Case("tensors in float64", _affine_layer, CARE, torch.float64),
        Case("views with strides", _affine_layer, CARE, layout="strided"),
        Case("transposed tensors", _affine_layer, CARE, layout="transposed"),
        Case("tensors that require a gradient", _affine_layer, CARE, requires_grad=True),
    ),
    reference=_grad_linear_truth,
    right=lambda X, W, grad_O: tuple(_grad_linear_truth(X, W, grad_O)),
    parts={"grad_X": 0.3, "grad_W": 0.3, "grad_b": 0.3, CARE: 0.1},
    reduction=lambda arguments: max(_linear_dims(arguments).values()),
    like={"grad_X": "X", "grad_W": "W"},
    dims=_linear_dims,
    factors=dict.fromkeys(("grad_X", "grad_W", "grad_b"), OF_WHAT_FOLLOWS),
    mistakes=mistake.all,
    hints=(
        "Each gradient has the shape of what it belongs to. Which product of grad_O with X or W, transposed or not, has that shape?",
        "grad_X (n, d) is made from grad_O (n, q) and W (d, q); grad_W (d, q) from X (n, d) and grad_O (n, q).",
        "b is added to each of the n rows. A change of b changes all of them, and their effects add up.",
    ),
    ban=BY_HAND_ALL,
)

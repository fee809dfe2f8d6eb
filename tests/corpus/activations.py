"""Answers to lesson 02."""

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.entries import right, wrong

# --- relu ---


@right("relu", "a product with a mask")
def _(X: Tensor) -> Tensor:
    return X * (X > 0)


@right("relu", "a clamp")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0)


@right("relu", "torch.where")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, torch.zeros_like(X))


@right("relu", "a maximum with a number that is a tensor")
def _(X: Tensor) -> Tensor:
    return torch.maximum(X, torch.tensor(0, dtype=X.dtype, device=X.device))


@right("relu", "half of x + |x|")
def _(X: Tensor) -> Tensor:
    return (X + X.abs()) / 2


@right("relu", "in place on a copy")
def _(X: Tensor) -> Tensor:
    result = X.clone()
    result[result < 0] = 0
    return result


@right("relu", "an honest loop")
def _(X: Tensor) -> Tensor:
    elements = [x if x > 0 else 0 * x for x in X.reshape(-1)]
    return torch.stack(elements).reshape(X.shape) if elements else X.clone()


@right("relu", "masked_fill")
def _(X: Tensor) -> Tensor:
    return X.masked_fill(X < 0, 0.0)


@right("relu", "the maximum of a stack")
def _(X: Tensor) -> Tensor:
    return torch.stack([X, torch.zeros_like(X)]).amax(dim=0)


@wrong("relu", "the largest element instead of each")
def _(X: Tensor) -> Any:
    return torch.clamp(X.max(), min=0)


@wrong("relu", "a shift")
def _(X: Tensor) -> Tensor:
    return torch.clamp(X - 1, min=0)


@wrong("relu", "through NumPy")
def _(X: Tensor) -> Any:
    return X.detach().numpy().clip(0)


@wrong("relu", "through NumPy and back")
def _(X: Tensor) -> Tensor:
    return torch.from_numpy(X.detach().numpy().clip(0))


@wrong("relu", "a list")
def _(X: Tensor) -> Any:
    return X.clamp(min=0).tolist()


@wrong("relu", "float32 whatever comes in")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0).float()


@wrong("relu", "negative inputs become one")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, X, torch.ones_like(X))


@wrong("relu", "squared where positive")
def _(X: Tensor) -> Tensor:
    return X * X * (X > 0)


@wrong("relu", "the identity")
def _(X: Tensor) -> Tensor:
    return X.clone()


@wrong("relu", "flattened")
def _(X: Tensor) -> Tensor:
    return X.clamp(min=0).flatten()


@wrong("relu", "cut off from the graph")
def _(X: Tensor) -> Tensor:
    return X.detach().clamp(min=0)


@wrong("relu", "PyTorch's own, as a method")
def _(X: Tensor) -> Tensor:
    return X.relu()


@wrong("relu", "PyTorch's own, through threshold")
def _(X: Tensor) -> Tensor:
    return F.threshold(X, 0, 0)


@wrong("relu", "PyTorch's own, through torch.ops")
def _(X: Tensor) -> Any:
    return torch.ops.aten.relu(X)


@wrong("relu", "PyTorch's own, found by name")
def _(X: Tensor) -> Any:
    return getattr(F, "leaky_" + "relu")(X, 0.0)


@wrong("relu", "PyTorch's own, as a module")
def _(X: Tensor) -> Any:
    return torch.nn.Sequential(torch.nn.ReLU())(X)


@wrong("relu", "a state between calls")
def _(X: Tensor, seen: list[int] = []) -> Tensor:  # noqa: B006 - the mutable default is the fault on show
    seen.append(1)
    return X.clamp(min=0) * (1 if len(seen) % 2 else 2)


# --- relu_grad ---


@right("relu_grad", "a mask")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype)


@right("relu_grad", "torch.where")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, torch.ones_like(X), torch.zeros_like(X))


@right("relu_grad", "heaviside")
def _(X: Tensor) -> Tensor:
    return torch.heaviside(X.detach(), torch.zeros((), dtype=X.dtype, device=X.device))


@right("relu_grad", "the sign of the positive part")
def _(X: Tensor) -> Tensor:
    return torch.sign(torch.relu(X))


@right("relu_grad", "assignment to elements")
def _(X: Tensor) -> Tensor:
    grad = torch.zeros_like(X)
    grad[X > 0] = 1
    return grad


@right("relu_grad", "a mask as its type")
def _(X: Tensor) -> Tensor:
    return (X > 0).type_as(X)


@right("relu_grad", "an honest loop")
def _(X: Tensor) -> Tensor:
    slopes = [1.0 if x > 0 else 0.0 for x in X.flatten().tolist()]
    return torch.tensor(slopes, dtype=X.dtype, device=X.device).reshape(X.shape)


@wrong("relu_grad", "integers")
def _(X: Tensor) -> Tensor:
    return (X > 0).int()


@wrong("relu_grad", "float32 whatever comes in")
def _(X: Tensor) -> Tensor:
    return (X > 0).float()


@wrong("relu_grad", "the mask of another threshold")
def _(X: Tensor) -> Tensor:
    return (X > 1).to(X.dtype)


@wrong("relu_grad", "the value where positive", "function")
def _(X: Tensor) -> Tensor:
    return X * (X > 0)


@wrong("relu_grad", "zero everywhere")
def _(X: Tensor) -> Tensor:
    return torch.zeros_like(X)


@wrong("relu_grad", "the sign in both halves, halved", "half-at-zero")
def _(X: Tensor) -> Tensor:
    return (torch.sign(X) + 1) / 2


@wrong("relu_grad", "autograd")
def _(X: Tensor) -> Tensor:
    X = X.detach().clone().requires_grad_()
    torch.relu(X).sum().backward()
    return X.grad  # type: ignore[return-value]  # set by backward


@wrong("relu_grad", "the summed derivative")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype).sum()


@wrong("relu_grad", "made on the CPU")
def _(X: Tensor) -> Tensor:
    grad = torch.zeros(X.shape, dtype=X.dtype)
    grad[X > 0] = 1
    return grad


@wrong("relu_grad", "written into the input")
def _(X: Tensor) -> Tensor:
    with torch.no_grad():
        X.copy_((X > 0).to(X.dtype))
    return X


@wrong("relu_grad", "no return")
def _(X: Tensor) -> None:
    (X > 0).to(X.dtype)


# --- sigmoid ---


@right("sigmoid", "one over one plus exp")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X))


@right("sigmoid", "two branches")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


@right("sigmoid", "a reciprocal")
def _(X: Tensor) -> Tensor:
    return torch.exp(-X).add(1).reciprocal()


@right("sigmoid", "through a clamp that changes nothing")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X.clamp(-80, 80))) if X.dtype != torch.float16 else 1 / (1 + torch.exp(-X))


@right("sigmoid", "float64 inside")
def _(X: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-X.double()))).to(X.dtype)


@right("sigmoid", "by masks, in place on a new tensor")
def _(X: Tensor) -> Tensor:
    result = torch.empty_like(X)
    positive = X >= 0
    result[positive] = 1 / (1 + torch.exp(-X[positive]))
    e = torch.exp(X[~positive])
    result[~positive] = e / (1 + e)
    return result


@right("sigmoid", "from a softplus")
def _(X: Tensor) -> Tensor:
    return torch.exp(-torch.logaddexp(torch.zeros_like(X), -X))


@right("sigmoid", "as a power of e")
def _(X: Tensor) -> Tensor:
    return (1 + math.e ** (-X)) ** -1


@wrong("sigmoid", "a float16 mantissa on the way")
def _(X: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-X.to(torch.bfloat16)))).to(X.dtype)


@wrong("sigmoid", "a base of 2")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + 2 ** (-X))


@wrong("sigmoid", "a denominator of 2")
def _(X: Tensor) -> Tensor:
    return 1 / (2 + torch.exp(-X))


@wrong("sigmoid", "tanh instead")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)


@wrong("sigmoid", "a hard sigmoid")
def _(X: Tensor) -> Tensor:
    return (X / 6 + 0.5).clamp(0, 1)


@wrong("sigmoid", "PyTorch's own")
def _(X: Tensor) -> Tensor:
    return torch.sigmoid(X)


@wrong("sigmoid", "PyTorch's own, through tanh")
def _(X: Tensor) -> Tensor:
    return (torch.tanh(X / 2) + 1) / 2


@wrong("sigmoid", "PyTorch's own, through special")
def _(X: Tensor) -> Tensor:
    return torch.special.expit(X)


@wrong("sigmoid", "PyTorch's own, through softmax")
def _(X: Tensor) -> Tensor:
    return torch.softmax(torch.stack([X, torch.zeros_like(X)]), 0)[0]


@wrong("sigmoid", "a sum over the rows")
def _(X: Tensor) -> Tensor:
    e = torch.exp(X)
    return e / e.sum(0)


@wrong("sigmoid", "rounded to four digits")
def _(X: Tensor) -> Tensor:
    return torch.round(1 / (1 + torch.exp(-X)), decimals=4)


@wrong("sigmoid", "the logarithm forgotten inside")
def _(X: Tensor) -> Tensor:
    return torch.log(1 + torch.exp(X))


@wrong("sigmoid", "in place on the input")
def _(X: Tensor) -> Tensor:
    return X.detach().neg_().exp_().add_(1).reciprocal_()


@wrong("sigmoid", "print instead of return")
def _(X: Tensor) -> None:
    print(1 / (1 + torch.exp(-X)))


# --- sigmoid_grad ---


def _sigmoid(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X))


@right("sigmoid_grad", "a (1 - a)")
def _(X: Tensor) -> Tensor:
    a = 1 / (1 + torch.exp(-X))
    return a * (1 - a)


@right("sigmoid_grad", "a - a squared, from PyTorch's sigmoid")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(X)
    return a - a**2


@right("sigmoid_grad", "a product of two sigmoids")
def _(X: Tensor) -> Tensor:
    return torch.sigmoid(X) * torch.sigmoid(-X)


@right("sigmoid_grad", "with exp of -|x|")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-X.abs())
    return e / (1 + e) ** 2


@right("sigmoid_grad", "a quarter less a square")
def _(X: Tensor) -> Tensor:
    return 0.25 - (_sigmoid(X) - 0.5) ** 2


@right("sigmoid_grad", "from tanh")
def _(X: Tensor) -> Tensor:
    return (1 - torch.tanh(X / 2) ** 2) / 4


@right("sigmoid_grad", "float64 inside")
def _(X: Tensor) -> Tensor:
    a = 1 / (1 + torch.exp(-X.double()))
    return (a * (1 - a)).to(X.dtype)


@wrong("sigmoid_grad", "half of it")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (1 - a) / 2


@wrong("sigmoid_grad", "negative")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (a - 1)


@wrong("sigmoid_grad", "autograd")
def _(X: Tensor) -> Tensor:
    X = X.detach().clone().requires_grad_()
    return torch.autograd.grad(torch.sigmoid(X).sum(), X)[0]


@wrong("sigmoid_grad", "functional autograd")
def _(X: Tensor) -> Any:
    return torch.func.grad(lambda Z: torch.sigmoid(Z).sum())(X)


@wrong("sigmoid_grad", "forward mode")
def _(X: Tensor) -> Any:
    return torch.func.jvp(torch.sigmoid, (X,), (torch.ones_like(X),))[1]


@wrong("sigmoid_grad", "a difference quotient with a coarse step")
def _(X: Tensor) -> Tensor:
    return (_sigmoid(X + 0.1) - _sigmoid(X - 0.1)) / 0.2


@wrong("sigmoid_grad", "squared")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return (a * (1 - a)) ** 2


@wrong("sigmoid_grad", "the second derivative")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (1 - a) * (1 - 2 * a)


@wrong("sigmoid_grad", "the mean")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return (a * (1 - a)).mean()


@wrong("sigmoid_grad", "the derivative of relu")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype)


@wrong("sigmoid_grad", "a Python number")
def _(X: Tensor) -> Any:
    a = _sigmoid(X)
    return (a * (1 - a)).sum().item()


# --- tanh ---


@right("tanh", "from a sigmoid")
def _(X: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-2 * X)) - 1


@right("tanh", "with exp of -2|x| and the sign")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)


@right("tanh", "one less two over one plus exp")
def _(X: Tensor) -> Tensor:
    return 1 - 2 / (torch.exp(2 * X) + 1)


@right("tanh", "two branches")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    t = (1 - e) / (1 + e)
    return torch.where(X < 0, -t, t)


@right("tanh", "with expm1")
def _(X: Tensor) -> Tensor:
    e = torch.expm1(-2 * X.abs())
    return -torch.sign(X) * e / (e + 2)


@right("tanh", "float64 inside, clamped where it is flat")
def _(X: Tensor) -> Tensor:
    Z = X.double().clamp(-40, 40)
    return ((torch.exp(Z) - torch.exp(-Z)) / (torch.exp(Z) + torch.exp(-Z))).to(X.dtype)


@wrong("tanh", "a clamp")
def _(X: Tensor) -> Tensor:
    return X.clamp(-1, 1)


@wrong("tanh", "a plus in the numerator")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 + e) / (1 - e)


@wrong("tanh", "no sign")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return (1 - e) / (1 + e)


@wrong("tanh", "sinh")
def _(X: Tensor) -> Tensor:
    return (torch.exp(X) - torch.exp(-X)) / 2


@wrong("tanh", "softsign")
def _(X: Tensor) -> Tensor:
    return X / (1 + X.abs())


@wrong("tanh", "PyTorch's own")
def _(X: Tensor) -> Tensor:
    return X.tanh()


@wrong("tanh", "PyTorch's own, through the sigmoid")
def _(X: Tensor) -> Tensor:
    return 2 * torch.sigmoid(2 * X) - 1


@wrong("tanh", "Python's own, element by element")
def _(X: Tensor) -> Tensor:
    values = [math.tanh(x) for x in X.flatten().tolist()]
    return torch.tensor(values, dtype=X.dtype, device=X.device).reshape(X.shape)


@wrong("tanh", "PyTorch's own, in place")
def _(X: Tensor) -> Tensor:
    return X.detach().clone().tanh_()


@wrong("tanh", "the argument tripled")
def _(X: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-3 * X)) - 1


@wrong("tanh", "arctan instead")
def _(X: Tensor) -> Tensor:
    return torch.arctan(X)


# --- tanh_grad ---


@right("tanh_grad", "1 - a squared")
def _(X: Tensor) -> Tensor:
    a = 2 / (1 + torch.exp(-2 * X)) - 1
    return 1 - a**2


@right("tanh_grad", "from PyTorch's tanh")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(X).pow(2)


@right("tanh_grad", "a product")
def _(X: Tensor) -> Tensor:
    a = torch.tanh(X)
    return (1 - a) * (1 + a)


@right("tanh_grad", "one over cosh squared")
def _(X: Tensor) -> Tensor:
    return 1 / torch.cosh(X) ** 2


@right("tanh_grad", "from the derivative of the sigmoid")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(2 * X)
    return 4 * a * (1 - a)


@right("tanh_grad", "with exp of -2|x|")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return 4 * e / (1 + e) ** 2


@wrong("tanh_grad", "the cube")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(X) ** 3


@wrong("tanh_grad", "a negative square")
def _(X: Tensor) -> Tensor:
    return torch.tanh(X) ** 2 - 1


@wrong("tanh_grad", "twice as steep")
def _(X: Tensor) -> Tensor:
    return 2 * (1 - torch.tanh(X) ** 2)


@wrong("tanh_grad", "the argument doubled")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(2 * X) ** 2


@wrong("tanh_grad", "one over cosh")
def _(X: Tensor) -> Tensor:
    return 1 / torch.cosh(X)


@wrong("tanh_grad", "autograd through a vector-Jacobian product")
def _(X: Tensor) -> Any:
    return torch.func.vjp(torch.tanh, X)[1](torch.ones_like(X))[0]


@wrong("tanh_grad", "autograd by name")
def _(X: Tensor) -> Any:
    X = X.detach().clone().requires_grad_()
    return getattr(torch.autograd, "gr" + "ad")(torch.tanh(X).sum(), X)[0]


@wrong("tanh_grad", "the sigmoid's derivative")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(X)
    return a * (1 - a)


@wrong("tanh_grad", "tanh applied twice")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(torch.tanh(X)) ** 2


@wrong("tanh_grad", "the mean over the rows")
def _(X: Tensor) -> Tensor:
    return (1 - torch.tanh(X) ** 2).mean(0)


@wrong("tanh_grad", "ones")
def _(X: Tensor) -> Tensor:
    return torch.ones_like(X)


@wrong("tanh_grad", "an unfinished product")
def _(X: Tensor) -> Any:
    return 1 - X.tanh, X


# --- relu_interpolant ---


@right("relu_interpolant", "changes of slope, one hinge an interval")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])
    w2 = torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])
    return torch.ones_like(knots[:-1]), -knots[:-1], w2, values[0]


@right("relu_interpolant", "a hinge at every knot, the last one flat")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    changes = torch.diff(slopes, prepend=slopes.new_zeros(1), append=slopes[-1:] * 0)
    return torch.ones_like(knots), -knots, changes, values[0]


@right("relu_interpolant", "from the right, with hinges that open to the left")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    backwards = -slopes.flip(0)
    w2 = torch.cat([backwards[:1], backwards[1:] - backwards[:-1]])
    return -torch.ones_like(w2), knots[1:].flip(0), w2, values[-1]


@right("relu_interpolant", "scaled hinges")
def _(knots: Tensor, values: Tensor) -> Any:
    gaps = knots[1:] - knots[:-1]
    slopes = (values[1:] - values[:-1]) / gaps
    changes = torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])
    return 1 / gaps, -knots[:-1] / gaps, changes * gaps, values[0]


@right("relu_interpolant", "a loop over the intervals")
def _(knots: Tensor, values: Tensor) -> Any:
    weights, previous = [], torch.zeros((), dtype=knots.dtype, device=knots.device)
    for i in range(len(knots) - 1):
        slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
        weights.append(slope - previous)
        previous = slope
    return [torch.ones_like(knots[:-1]), -knots[:-1], torch.stack(weights), values[0].clone()]


@right("relu_interpolant", "by solving the triangular system")
def _(knots: Tensor, values: Tensor) -> Any:
    A = (knots[1:, None] - knots[None, :-1]).clamp(min=0).double()
    w2 = torch.linalg.solve(A, (values[1:] - values[0]).double()[:, None])[:, 0]
    return torch.ones_like(w2), -knots[:-1].double(), w2, values[0].double()


@right("relu_interpolant", "the first slope from a pair of hinges")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    one = torch.ones_like(knots[:1])
    w1 = torch.cat([one, -one, torch.ones_like(knots[1:-1])])
    b1 = torch.cat([-knots[:1], knots[:1], -knots[1:-1]])
    w2 = torch.cat([slopes[:1], -slopes[:1], torch.diff(slopes)])
    return w1, b1, w2, values[0]


@wrong("relu_interpolant", "the last value as the bias")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), -knots[:-1], w2, values[-1]


@wrong("relu_interpolant", "second differences of the values")
def _(knots: Tensor, values: Tensor) -> Any:
    steps = torch.diff(values)
    w2 = torch.cat([steps[:1], torch.diff(steps)]) / torch.diff(knots)
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("relu_interpolant", "slopes the wrong way up")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(knots) / torch.diff(values)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("relu_interpolant", "a constant network")
def _(knots: Tensor, values: Tensor) -> Any:
    zero = torch.zeros_like(knots[:-1])
    return zero, zero, zero, values[0]


@wrong("relu_interpolant", "one straight line")
def _(knots: Tensor, values: Tensor) -> Any:
    slope = (values[-1:] - values[:1]) / (knots[-1:] - knots[:1])
    return torch.ones_like(slope), -knots[:1], slope, values[0]


@wrong("relu_interpolant", "three of the four")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    return torch.ones_like(slopes), -knots[:-1], slopes


@wrong("relu_interpolant", "shapes that do not fit")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(knots), -knots, w2, values[0]


@wrong("relu_interpolant", "the order of the parameters")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return -knots[:-1], torch.ones_like(w2), w2, values[0]


@wrong("relu_interpolant", "changes of slope with the sign turned")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], slopes[:-1] - slopes[1:]])
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("relu_interpolant", "a hinge left out")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2)[:-1], -knots[:-2], w2[:-1], values[0]


@wrong("relu_interpolant", "a bias missing")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), torch.zeros_like(w2), w2, values[0]

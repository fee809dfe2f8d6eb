"""`sigmoid`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise, plain_sigmoid, rounding, stable_sigmoid, tanh_stable
from grading.judging.exercise import Ban, Mistakes

_SIGMOIDS = frozenset(
    "sigmoid sigmoid_backward expit hardsigmoid silu silu_backward glu log_sigmoid logsigmoid log_sigmoid_forward softmax "
    "log_softmax tanh tanh_backward".split()
)


_BAN = Ban(_SIGMOIDS, "Write it with `torch.exp`.")


mistake = Mistakes()


@mistake(
    "exp(x) overflows for large x, and inf / inf is not a number. Use exp of a negative number only: two branches, or |x|."
)
def overflows(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / (1 + torch.exp(X))


@mistake("The sign of the exponent is wrong: this falls from 1 to 0, and it is sigmoid(-x).")
def sign(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(X))


@mistake("The denominator has a minus where the sigmoid has a plus.")
def minus(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 - torch.exp(-X))


@mistake(
    "This is 1 + exp(-x). The sigmoid is one over it, and `1 / 1 + exp(-x)` is not: the denominator needs its own parentheses."
)
def precedence(X: torch.Tensor) -> torch.Tensor:
    return 1 / 1 + torch.exp(-X)


@mistake("Clamping x to a small range changes the values outside. Clamp nothing that matters.")
def clamped(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-torch.clamp(X, -3, 3)))


@mistake("This divides by a sum over all elements, as softmax does. The sigmoid looks at one element at a time.")
def softmax(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / torch.exp(X).sum()


@mistake(
    "Right by luck: exp(-x) is infinite for very negative x, and autograd makes nan of it. Take exp of a negative number only.",
    name="formula-as-written",
)
def as_written(X: torch.Tensor) -> torch.Tensor:
    return plain_sigmoid(X)


@mistake(
    "torch.where computes both formulas everywhere and then chooses. The other one overflows, and its gradient is nan. "
    "Make the exponent safe first."
)
def where_of_two_formulas(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X >= 0, 1 / (1 + torch.exp(-X)), torch.exp(X) / (1 + torch.exp(X)))


@mistake(
    "x is clamped too far out: in float32 exp overflows from 88 on already, and between that and your bound the gradient is nan."
)
def clamped_too_late(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-torch.clamp(X, -500, 500)))


@mistake(
    "The nan of inf / inf is replaced afterwards. The values are right then; the gradient is not, for it passes the infinity."
)
def nan_replaced(X: torch.Tensor) -> torch.Tensor:
    return torch.nan_to_num(torch.exp(X) / (1 + torch.exp(X)), nan=1.0)


@mistake(
    "Float64 inside only moves the overflow, to 709. Beyond it the gradient is nan: take exp of a negative number only."
)
def double_inside(X: torch.Tensor) -> torch.Tensor:
    return plain_sigmoid(X.double()).to(X.dtype)


@mistake("The sign of the exponent is wrong: this is sigmoid(-x). For very negative x it is inf / inf, too.")
def sign_and_overflow(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X) / (1 + torch.exp(-X))


@mistake("This is sigmoid(2x): the exponent has a factor 2 that belongs to tanh.")
def twice_as_steep(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(2 * X)


@mistake("The exponent is x / 2: the curve is half as steep as it should be.")
def half_as_steep(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X / 2)


@mistake("This is tanh, from -1 to 1. The sigmoid runs from 0 to 1.")
def tanh(X: torch.Tensor) -> torch.Tensor:
    return tanh_stable(X)


@mistake("This is the sigmoid of |x|: negative inputs come out like positive ones. The two signs need two formulas.")
def of_size(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-X.abs()))


@mistake("The same formula is used for both signs: with E = exp(-|x|) this is sigmoid(-|x|), at most 1/2.")
def of_minus_size(X: torch.Tensor) -> torch.Tensor:
    E = torch.exp(-X.abs())
    return E / (1 + E)


@mistake("The two formulas are the wrong way round: this is sigmoid(-x). Which one belongs to x >= 0?")
def branches_swapped(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(-X)


@mistake("This is the derivative, a (1 - a). The function itself is asked for.")
def derivative(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a * (1 - a)


@mistake("The base of the power is 2. The sigmoid has e: torch.exp.")
def base_two(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + 2 ** (-X))


@mistake("This is log(1 + exp(x)), softplus. The sigmoid is its derivative.")
def softplus(X: torch.Tensor) -> torch.Tensor:
    return torch.logaddexp(X, torch.zeros_like(X))


@mistake("This is the logarithm of the sigmoid.")
def logarithm(X: torch.Tensor) -> torch.Tensor:
    return -torch.logaddexp(-X, torch.zeros_like(X))


@mistake("The 1 is missing in the denominator: 1 / exp(-x) is exp(x).")
def one_missing(X: torch.Tensor) -> torch.Tensor:
    return 1 / torch.exp(-X)


@mistake("The denominator is squared, as in the derivative.")
def squared(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-X)) ** 2


@mistake("This is the softsign, x / (1 + |x|). It looks alike; the sigmoid has exponentials.")
def softsign(X: torch.Tensor) -> torch.Tensor:
    return X / (1 + X.abs())


@mistake("This is a step, 0 or 1. The sigmoid is smooth between them.")
def step(X: torch.Tensor) -> torch.Tensor:
    return (X > 0).to(X.dtype)


@mistake("The exponent is not -x but 1 - x, or the parentheses are misplaced: exp(-x + 1).")
def one_inside(X: torch.Tensor) -> torch.Tensor:
    return 1 / torch.exp(1 - X)


@mistake("1 is added outside of the fraction: 1 + 1 / exp(-x).")
def one_outside(X: torch.Tensor) -> torch.Tensor:
    return 1 / torch.exp(-X) + 1


rounding(mistake, stable_sigmoid)


EXERCISE = elementwise(
    "sigmoid",
    1.5,
    "Return 1 / (1 + exp(-x)) for every element x of X, finite for every finite x.",
    torch.sigmoid,
    _BAN,
    mistake.all,
    (
        "The formula has one exp. What is exp(800), and what is exp(-800)?",
        "Multiply numerator and denominator by exp(x): a second formula, good where the first one is bad.",
        "With e = exp(-|x|), both formulas are fractions over 1 + e.",
    ),
    connected=True,
)

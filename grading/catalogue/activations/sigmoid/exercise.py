"""`sigmoid`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import (
    elementwise,
    plain_sigmoid,
    rounding,
    shape_lost,
    stable_sigmoid,
    tanh_stable,
)
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


@mistake("This runs from -1 to 1: the sigmoid was stretched by 2 and moved down by 1. It should run from 0 to 1.")
def bipolar(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(X) - 1


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


@mistake(
    "Infinity comes through on both sides: the formulas stand in each other's place, or a mask multiplies the infinite "
    "one by 0. Which formula is safe for x >= 0?"
)
def where_swapped(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X < 0, 1 / (1 + torch.exp(-X)), torch.exp(X) / (1 + torch.exp(X)))


for _bound in (1.0, 2.0, 5.0, 6.0, 10.0, 15.0, 16.0, 20.0, 25.0):
    mistake(
        f"x is clamped to ±{_bound:g}, and beyond it the result does not change any more. Clamp nothing that matters: take exp "
        "of a negative number only.",
        name=f"clamped-at-{_bound:g}",
    )(lambda X, bound=_bound: plain_sigmoid(X.clamp(-bound, bound)))


for _least in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10):
    mistake(
        f"The result is kept {_least:g} away from 0 and 1. That is for a logarithm that comes later; here small values count.",
        name=f"kept-from-0-by-{_least:g}",
    )(lambda X, least=_least: plain_sigmoid(X).clamp(least, 1 - least))


for _epsilon in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8):
    mistake(
        f"{_epsilon:g} is added to the denominator, which is never zero. It only changes the values.",
        name=f"plus-{_epsilon:g}",
    )(lambda X, epsilon=_epsilon: 1 / (1 + torch.exp(-X) + epsilon))


for _e in (2.7, 2.71, 2.72, 2.718, 2.71828):
    mistake(f"e is not {_e:g}, which is rounded. `torch.exp(x)` is the exact power.", name=f"e-as-{_e:g}")(
        lambda X, e=_e: 1 / (1 + e ** (-X))
    )


@mistake("This divides by a sum over each row, as softmax does. The sigmoid looks at one element at a time.")
def softmax_of_rows(X: torch.Tensor) -> torch.Tensor:
    E = torch.exp(X - X.max(-1, keepdim=True).values)
    return E / E.sum(-1, keepdim=True)


@mistake("This divides by a sum over each column, as softmax does. The sigmoid looks at one element at a time.")
def softmax_of_columns(X: torch.Tensor) -> torch.Tensor:
    E = torch.exp(X - X.max(0).values)
    return E / E.sum(0)


@mistake("The largest element is subtracted from X. Softmax stays the same then, and the sigmoid does not.")
def shifted(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X - X.max())


@mistake("The largest element of each row is subtracted. Softmax stays the same then, and the sigmoid does not.")
def shifted_by_rows(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X - X.max(-1, keepdim=True).values)


@mistake("The sign of x is put before sigmoid(|x|). But sigmoid(-x) is 1 - sigmoid(x), not its negative.")
def odd(X: torch.Tensor) -> torch.Tensor:
    return torch.sign(X) * stable_sigmoid(X.abs())


@mistake("The exponential is missing: this is 1 / (1 + x).")
def no_exponential(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + X)


@mistake("The exponential is missing: this is 1 / (1 - x).")
def no_exponential_minus(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 - X)


for _slope in (0.2, 0.25, 1 / 6):
    mistake(
        "This is a straight line that stops at 0 and 1, the hard sigmoid. The sigmoid bends.", name=f"hard-{_slope:.2g}"
    )(lambda X, slope=_slope: (slope * X + 0.5).clamp(0, 1))


shape_lost(mistake, stable_sigmoid)
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

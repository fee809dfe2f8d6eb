"""`tanh`: what it should do, the inputs that are tried, and the mistakes that people make."""

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

_HYPERBOLIC = frozenset("tanh tanh_backward sigmoid sigmoid_backward expit silu softmax log_softmax gelu".split())


_BAN = Ban(_HYPERBOLIC, "Write it with `torch.exp`, or with your own sigmoid.")


mistake = Mistakes()


@mistake(
    "exp(x) or exp(-x) overflows for large |x|, and inf / inf is not a number. Your stable sigmoid has solved this already."
)
def overflows(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


@mistake("2 sigmoid(x) - 1 is tanh(x / 2). The argument of the sigmoid must be doubled.")
def half_argument(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(X) - 1


@mistake("This lies between 0 and 2. One must be subtracted to centre it at zero.")
def no_shift(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(2 * X)


@mistake("The sign is turned: this is -tanh(x).")
def sign(X: torch.Tensor) -> torch.Tensor:
    return 1 - 2 * stable_sigmoid(2 * X)


@mistake("This lies between -1 and 0. The sigmoid must be stretched by 2 before 1 is subtracted.")
def unscaled(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(2 * X) - 1


@mistake("This is the sigmoid. tanh runs from -1 to 1.")
def sigmoid(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X)


@mistake("Numerator and denominator are swapped: this is coth(x).")
def inverted(X: torch.Tensor) -> torch.Tensor:
    return 1 / tanh_stable(X)


@mistake(
    "Right by luck: exp(-2x) is infinite for very negative x, and autograd makes nan of it. "
    "Take exp of what cannot be positive, or use your sigmoid.",
    name="formula-with-luck",
)
def with_luck(X: torch.Tensor) -> torch.Tensor:
    return 2 * plain_sigmoid(2 * X) - 1


@mistake(
    "Right by luck: exp(2x) is infinite for large x, and autograd makes nan of it. "
    "Take exp of what cannot be positive, or use your sigmoid.",
    name="formula-with-luck-above",
)
def with_luck_above(X: torch.Tensor) -> torch.Tensor:
    return 1 - 2 / (torch.exp(2 * X) + 1)


@mistake(
    "Right by luck: something is infinite on both sides, and autograd makes nan of it. "
    "Take exp of what cannot be positive, or use your sigmoid."
)
def with_luck_on_both_sides(X: torch.Tensor) -> torch.Tensor:
    return torch.sign(X) * (1 - 2 / (torch.exp(2 * X.abs()) + 1))


@mistake(
    "exp(2x) overflows for large x, and inf / inf is not a number. Divide both sides by it first, or use your sigmoid."
)
def overflows_above(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(2 * X) - 1) / (torch.exp(2 * X) + 1)


@mistake(
    "exp(-2x) overflows for very negative x, and inf / inf is not a number. Your stable sigmoid has solved this already."
)
def overflows_below(X: torch.Tensor) -> torch.Tensor:
    return (1 - torch.exp(-2 * X)) / (1 + torch.exp(-2 * X))


@mistake(
    "x is clamped too far out: exp overflows in float32 before your bound is reached, and there the result is nan."
)
def clamped_too_late(X: torch.Tensor) -> torch.Tensor:
    Z = torch.clamp(X, -500, 500)
    return (torch.exp(Z) - torch.exp(-Z)) / (torch.exp(Z) + torch.exp(-Z))


@mistake("This is (1 - exp(-x)) / (1 + exp(-x)), which is tanh(x / 2): the exponent should be -2x.")
def half_argument_by_exp(X: torch.Tensor) -> torch.Tensor:
    return (1 - torch.exp(-X)) / (1 + torch.exp(-X))


@mistake("(exp(x) - 1) / (exp(x) + 1) is tanh(x / 2): the exponent should be 2x.")
def half_argument_overflowing(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - 1) / (torch.exp(X) + 1)


@mistake("This is tanh(2x): the argument is doubled once too often.")
def double_argument(X: torch.Tensor) -> torch.Tensor:
    return tanh_stable(2 * X)


@mistake("This is sinh(x): the division by exp(x) + exp(-x) is missing.")
def sinh(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / 2


@mistake("This is the numerator alone. It is divided by exp(x) + exp(-x).")
def numerator(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) - torch.exp(-X)


@mistake("Without parentheses, `/` binds closer than `+` and `-`. Put them around both parts.")
def precedence(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) - torch.exp(-X) / torch.exp(X) + torch.exp(-X)


@mistake("Numerator and denominator are swapped, or their signs are: plus above, minus below gives coth(x).")
def inverted_by_exp(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) + torch.exp(-X)) / (torch.exp(X) - torch.exp(-X))


@mistake("The result is always positive: this is tanh(|x|). The sign of x has to come back.")
def of_size(X: torch.Tensor) -> torch.Tensor:
    return tanh_stable(X.abs())


@mistake("This is the derivative, 1 - tanh(x)². The function itself is asked for.")
def derivative(X: torch.Tensor) -> torch.Tensor:
    return 1 - tanh_stable(X) ** 2


@mistake("This is the sigmoid of 2x, between 0 and 1. Stretch it by 2 and move it down by 1.")
def sigmoid_of_double(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(2 * X)


@mistake("This is a straight line that stops at -1 and 1. tanh bends.")
def clipped_line(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(-1, 1)


@mistake("This is the softsign, x / (1 + |x|). It looks alike; tanh has exponentials.")
def softsign(X: torch.Tensor) -> torch.Tensor:
    return X / (1 + X.abs())


@mistake("Without parentheses, `/` binds closer than `-`. The numerator needs its own.")
def numerator_open(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) - torch.exp(-X) / (torch.exp(X) + torch.exp(-X))


@mistake("Without parentheses, `/` binds closer than `+`. The denominator needs its own.")
def denominator_open(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / torch.exp(X) + torch.exp(-X)


@mistake("Without parentheses, `/` binds closer than `+`. The denominator needs its own: 2 / (1 + exp(-2x)) - 1.")
def denominator_of_sigmoid_open(X: torch.Tensor) -> torch.Tensor:
    return 2 / 1 + torch.exp(-2 * X) - 1


@mistake("Numerator and denominator are the same, so this is 1. Above stands a minus, below a plus.")
def equal_parts(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) + torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


@mistake("Numerator and denominator are the same, so this is 1. Above stands a minus, below a plus.")
def equal_differences(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) - torch.exp(-X))


@mistake("The sigmoid is moved down before it is stretched: 2 (sigmoid(2x) - 1) lies between -2 and 0.")
def shifted_first(X: torch.Tensor) -> torch.Tensor:
    return 2 * (stable_sigmoid(2 * X) - 1)


@mistake("The nan of inf / inf becomes 1, also where x is negative and tanh is -1. Keep infinities from arising.")
def nan_replaced(X: torch.Tensor) -> torch.Tensor:
    E, e = torch.exp(X), torch.exp(-X)
    return torch.nan_to_num((E - e) / (E + e), nan=1.0)


@mistake("This is LeCun's scaled tanh, 1.7159 tanh(2x / 3). The plain one runs from -1 to 1.")
def scaled(X: torch.Tensor) -> torch.Tensor:
    return 1.7159 * tanh_stable(2 / 3 * X)


@mistake(
    "This is the tangent of an angle, with poles. The hyperbolic one is made of exponentials and lies between -1 and 1."
)
def tangent(X: torch.Tensor) -> torch.Tensor:
    return torch.tan(X)


@mistake("This is the arctangent. It looks alike; tanh has exponentials.")
def arctangent(X: torch.Tensor) -> torch.Tensor:
    return torch.atan(X)


for _bound in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
    mistake(
        f"x is clamped to ±{_bound:g}, and beyond it the result does not change any more. Clamp nothing that matters: take exp "
        "of a negative number only.",
        name=f"clamped-at-{_bound:g}",
    )(lambda X, bound=_bound: tanh_stable(X.clamp(-bound, bound)))


for _epsilon in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8):
    mistake(
        f"{_epsilon:g} is added to the denominator, which is never zero. It only changes the values, and large |x| still overflow.",
        name=f"plus-{_epsilon:g}",
    )(lambda X, epsilon=_epsilon: (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X) + epsilon))


shape_lost(mistake, tanh_stable)
rounding(mistake, tanh_stable)


EXERCISE = elementwise(
    "tanh",
    1.5,
    "Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)) for every element x of X, finite for every finite x.",
    torch.tanh,
    _BAN,
    mistake.all,
    (
        "How is tanh related to the sigmoid? Compare their graphs: height, centre, steepness.",
        "tanh(x) = 2 sigmoid(2 x) - 1. Is your sigmoid stable?",
    ),
    connected=True,
)

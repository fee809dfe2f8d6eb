"""`he_normal`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import Sampler
from grading.catalogue.initialization.shared import of_fixed_size, sampler, scaled, truncated, xavier_normal_right
from grading.judging.exercise import Mistakes
from grading.judging.statistics import NORMAL


def he_std(fan_in: int, fan_out: int) -> float:
    """Return He and others' standard deviation (2015, equation 10)."""
    return math.sqrt(2 / fan_in)


mistake = Mistakes()


@mistake("2 / fan_in is the variance. torch.randn must be multiplied by the standard deviation, its square root.")
def variance_as_std(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * (2 / fan_in)


@mistake("fan_in and fan_out are swapped. A pre-activation is a sum over the inputs: fan_in counts its terms.")
def fan_out(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_out)


@mistake("This is Xavier's initialization. He's looks at fan_in only, and its 2 makes up for ReLU.")
def xavier(fan_in: int, fan_out: int) -> Tensor:
    return xavier_normal_right(fan_in, fan_out)


@mistake("The 2 is missing. ReLU sets half of the inputs to zero, which halves the mean square.")
def no_two(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_in)


@mistake("The 2 stands outside of the root: this is √2 times too large.")
def two_outside_root(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 2 / math.sqrt(fan_in)


@mistake("The root covers the 2 only. It should cover the whole fraction 2 / fan_in.")
def root_of_two_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2) / fan_in


@mistake("The standard deviation is right, but the sample is uniform. A normal one is asked for: torch.randn.")
def uniform(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / fan_in)
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@mistake("√(6 / fan_in) is the bound of the uniform version. The standard deviation has a 2 where the bound has a 6.")
def uniform_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / fan_in)


@mistake("This has fan_out rows. The text has the inputs in rows, W (fan_in, fan_out); nn.Linear stores the transpose.")
def transposed(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / fan_in)


@mistake(
    "One row of random numbers is used for every input, so all inputs of a unit count the same. Draw the whole matrix."
)
def repeated_row(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(1, fan_out).repeat(fan_in, 1) * math.sqrt(2 / fan_in)


@mistake(
    "A seed is set inside, so that every call, and every layer of the same shape, gets the same numbers. Leave the seed out."
)
def seed_inside(fan_in: int, fan_out: int) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


truncated(mistake, he_std)
of_fixed_size(mistake, torch.randn)
scaled(
    mistake,
    torch.randn,
    {
        "one-over-fan-in": (
            "The weights are divided by fan_in itself. The variance goes with 1 / fan_in, so the deviation with its root.",
            lambda fan_in, fan_out: 1 / fan_in,
        ),
        "no-two-of-fan-out": (
            "This is √(1 / fan_out): the 2 is missing, and a pre-activation is a sum over fan_in terms.",
            lambda fan_in, fan_out: math.sqrt(1 / fan_out),
        ),
        "inverted": (
            "The fraction is upside down: more inputs should give smaller weights.",
            lambda fan_in, fan_out: math.sqrt(fan_in / 2),
        ),
        "half": (
            "A 4 stands in the denominator, or the 2 on the wrong side: this is √(1 / (2 fan_in)).",
            lambda fan_in, fan_out: math.sqrt(0.5 / fan_in),
        ),
        "three-for-two": (
            "The 3 belongs to a uniform sample. Without a bound, the deviation is √(2 / fan_in).",
            lambda fan_in, fan_out: math.sqrt(3 / fan_in),
        ),
    },
)


@mistake("torch.rand is uniform from 0 to 1. The normal distribution around 0 is torch.randn.")
def rand(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / fan_in)


@mistake("There is a row too many, for the bias. The sample is for the weights alone, (fan_in, fan_out).")
def row_for_the_bias(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in + 1, fan_out) * math.sqrt(2 / fan_in)


EXERCISE = sampler(
    "he_normal",
    1.0,
    "Return a fresh (fan_in, fan_out) sample, normal around 0, with standard deviation sqrt(2 / fan_in).",
    Sampler(NORMAL, he_std, "√(2 / fan_in)"),
    mistake.all,
    (
        "Which of the two sizes tells how many terms a pre-activation sums up?",
        "The variance is 2 / fan_in. What is the factor in front of `torch.randn`?",
    ),
)

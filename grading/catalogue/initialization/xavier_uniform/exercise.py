"""`xavier_uniform`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import Sampler
from grading.catalogue.initialization.shared import of_fixed_size, sampler, scaled, unit_uniform, xavier_std
from grading.judging.exercise import Mistakes
from grading.judging.statistics import UNIFORM

mistake = Mistakes()


@mistake(
    "The standard deviation was taken as the bound. Uniform on (-a, a) has standard deviation a / √3: a √3 is missing."
)
def bound_without_root_3(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(2 / (fan_in + fan_out))
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("The bound is 6 / (fan_in + fan_out): that is a², and a is its square root.")
def no_root(fan_in: int, fan_out: int) -> Tensor:
    a = 6 / (fan_in + fan_out)
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("This is He's initialization, with 2 / fan_in. Xavier's variance is 2 / (fan_in + fan_out), from both sizes.")
def he(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("The variance is 1 / fan_in: right for the forward pass alone. Xavier's compromise counts fan_out, too.")
def fan_in_only(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(3 / fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("The variance is 1 / fan_out: right for the backward pass alone. Xavier's compromise counts fan_in, too.")
def fan_out_only(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(3 / fan_out)
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("The bound is 1 / √fan_in: what nn.Linear does by default, which is not Xavier.")
def default(fan_in: int, fan_out: int) -> Tensor:
    a = 1 / math.sqrt(fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake(
    "The sum of the two sizes was halved once too often: the bound is √2 times too large. Start again from a² / 3."
)
def mean_of_fans(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / ((fan_in + fan_out) / 2))
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("The values run from 0 to a. They should run from -a to a, with mean 0.")
def one_sided(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


@mistake("The whole interval has length a. From -a to a it has length 2 a: stretch by twice as much.")
def half_width(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(fan_in, fan_out) - 0.5) * math.sqrt(6 / (fan_in + fan_out))


@mistake("The standard deviation is right, but torch.randn is normal. A uniform sample is asked for.")
def normal(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@mistake(
    "torch.randn is normal and has no bound; here it got the uniform bound as its standard deviation. Start from torch.rand."
)
def normal_with_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


def _xu_right(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.rand(fan_in, fan_out) * 2 * a - a


@mistake("This has fan_out rows. The text has the inputs in rows, W (fan_in, fan_out); nn.Linear stores the transpose.")
def transposed(fan_in: int, fan_out: int) -> Tensor:
    return _xu_right(fan_in, fan_out).T


@mistake(
    "One row of random numbers is used for every input, so all inputs of a unit count the same. Draw the whole matrix."
)
def repeated_row(fan_in: int, fan_out: int) -> Tensor:
    return _xu_right(fan_in, fan_out)[:1].repeat(fan_in, 1)


@mistake(
    "A seed is set inside, so that every call, and every layer of the same shape, gets the same numbers. Leave the seed out."
)
def seed_inside(fan_in: int, fan_out: int) -> Tensor:
    torch.manual_seed(0)
    return _xu_right(fan_in, fan_out)


of_fixed_size(mistake, unit_uniform)
scaled(
    mistake,
    unit_uniform,
    {
        "no-brackets": (
            "`6 / fan_in + fan_out` divides first and then adds fan_out. The sum needs parentheses.",
            lambda fan_in, fan_out: math.sqrt(6 / fan_in + fan_out) / math.sqrt(3),
        ),
        "three-for-six": (
            "There is a 3 under the root. The variance is a² / 3, and that is 2 / (fan_in + fan_out): a² is 6 / (fan_in + fan_out).",
            lambda fan_in, fan_out: 1 / math.sqrt(fan_in + fan_out),
        ),
        "bound-of-one": (
            "The bound is 1 / √(fan_in + fan_out): the 6 under the root is missing.",
            lambda fan_in, fan_out: 1 / math.sqrt(3 * (fan_in + fan_out)),
        ),
        "root-of-six-only": (
            "The root covers the 6 only. It should cover the whole fraction 6 / (fan_in + fan_out).",
            lambda fan_in, fan_out: math.sqrt(2) / (fan_in + fan_out),
        ),
        "bound-of-fan-out": (
            "The bound is 1 / √fan_out. Xavier's is √(6 / (fan_in + fan_out)).",
            lambda fan_in, fan_out: 1 / math.sqrt(3 * fan_out),
        ),
        "he-of-fan-out": (
            "This is √(6 / fan_out). Xavier's bound takes both sizes.",
            lambda fan_in, fan_out: math.sqrt(2 / fan_out),
        ),
        "plus-one": (
            "The bias is counted as an input: the bound has fan_in + fan_out + 1. Count fan_in and fan_out alone.",
            lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out + 1)),
        ),
        "root-inverted": (
            "The fraction is upside down: more inputs should give smaller weights.",
            lambda fan_in, fan_out: math.sqrt((fan_in + fan_out) / 6) / math.sqrt(3),
        ),
    },
)


@mistake(
    "torch.rand runs from 0 to 1, so no weight is negative: the sample has to be symmetric about 0. And this is He's scale."
)
def rand_by_he(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / fan_in)


@mistake(
    "torch.rand runs from 0 to 1, so no weight is negative. Stretch it over (-a, a), with a = √(6 / (fan_in + fan_out))."
)
def rand_by_deviation(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


EXERCISE = sampler(
    "xavier_uniform",
    1.5,
    "Return a fresh (fan_in, fan_out) sample, uniform around 0, with standard deviation sqrt(2 / (fan_in + fan_out)).",
    Sampler(UNIFORM, xavier_std, "√(2 / (fan_in + fan_out))"),
    mistake.all,
    (
        "Two questions: which interval has that standard deviation, and how do you stretch `torch.rand` over it?",
        "The variance of the uniform distribution on (-a, a) is a² / 3. Set it equal to 2 / (fan_in + fan_out).",
        "`torch.rand` lies between 0 and 1, so 2 u - 1 lies between -1 and 1.",
    ),
    right=lambda fan_in, fan_out: unit_uniform(fan_in, fan_out) * xavier_std(fan_in, fan_out),
)

"""`xavier_normal`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import Sampler
from grading.catalogue.initialization.shared import (
    of_fixed_size,
    sampler,
    scaled,
    truncated,
    xavier_normal_right,
    xavier_std,
)
from grading.judging.exercise import Mistakes
from grading.judging.statistics import NORMAL

mistake = Mistakes()


@mistake(
    "2 / (fan_in + fan_out) is the variance. torch.randn must be multiplied by the standard deviation, its square root."
)
def variance_as_std(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * (2 / (fan_in + fan_out))


@mistake("The 2 is missing: the mean of fan_in and fan_out belongs in the denominator, not their sum.")
def no_two(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) / math.sqrt(fan_in + fan_out)


@mistake("This is He's rule, √(2 / fan_in). Xavier's uses both sizes.")
def he(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


@mistake("The variance is 1 / fan_in: right for the forward pass alone. Xavier's compromise counts fan_out, too.")
def fan_in_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_in)


@mistake("The variance is 1 / fan_out: right for the backward pass alone. Xavier's compromise counts fan_in, too.")
def fan_out_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_out)


@mistake(
    "√(6 / (fan_in + fan_out)) is the bound of the uniform version. The standard deviation has a 2 where the bound has a 6."
)
def uniform_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


@mistake("The standard deviation is right, but the sample is uniform. A normal one is asked for: torch.randn.")
def uniform(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@mistake("torch.rand is uniform from 0 to 1. The normal distribution around 0 is torch.randn.")
def rand(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@mistake("This has fan_out rows. The text has the inputs in rows, W (fan_in, fan_out); nn.Linear stores the transpose.")
def transposed(fan_in: int, fan_out: int) -> Tensor:
    return xavier_normal_right(fan_in, fan_out).T


@mistake(
    "One row of random numbers is used for every input, so all inputs of a unit count the same. Draw the whole matrix."
)
def repeated_row(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_out).expand(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@mistake(
    "A seed is set inside, so that every call, and every layer of the same shape, gets the same numbers. Leave the seed out."
)
def seed_inside(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out, generator=torch.Generator().manual_seed(42)) * math.sqrt(2 / (fan_in + fan_out))


truncated(mistake, xavier_std)
of_fixed_size(mistake, torch.randn)
scaled(
    mistake,
    torch.randn,
    {
        "three-for-two": (
            "The 3 is left over from the uniform formula. Without a bound, the deviation is √(2 / (fan_in + fan_out)).",
            lambda fan_in, fan_out: math.sqrt(3 / (fan_in + fan_out)),
        ),
        "no-brackets": (
            "`2 / fan_in + fan_out` divides first and then adds fan_out. The sum needs parentheses.",
            lambda fan_in, fan_out: math.sqrt(2 / fan_in + fan_out),
        ),
        "no-brackets-nor-root": (
            "`2 / fan_in + fan_out` divides first and then adds fan_out, and the root is missing.",
            lambda fan_in, fan_out: 2 / fan_in + fan_out,
        ),
        "root-of-two-only": (
            "The root covers the 2 only. It should cover the whole fraction 2 / (fan_in + fan_out).",
            lambda fan_in, fan_out: math.sqrt(2) / (fan_in + fan_out),
        ),
        "variance-inverted": (
            "The fraction is upside down: more inputs should give smaller weights.",
            lambda fan_in, fan_out: math.sqrt((fan_in + fan_out) / 2),
        ),
        "product-of-sizes": (
            "The sizes are multiplied where they should be added.",
            lambda fan_in, fan_out: math.sqrt(2 / (fan_in * fan_out)),
        ),
        "he-of-fan-out": (
            "This is √(2 / fan_out). Xavier's deviation uses both sizes.",
            lambda fan_in, fan_out: math.sqrt(2 / fan_out),
        ),
        "gain": (
            "√2 times too large: the 2 stands outside of the root, or a gain for ReLU was added. Plain Xavier has gain 1.",
            lambda fan_in, fan_out: math.sqrt(2) * xavier_std(fan_in, fan_out),
        ),
        "one-over-fan-in": (
            "The weights are divided by fan_in itself. The variance goes with the sizes, so the deviation with a root.",
            lambda fan_in, fan_out: 1 / fan_in,
        ),
    },
)


@mistake(
    "The sample is not centred: torch.rand runs from 0 to 1. Normal numbers around 0 are torch.randn.",
    name="rand-times-bound",
)
def rand_times_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


@mistake("There is a row too many, for the bias. The sample is for the weights alone, (fan_in, fan_out).")
def row_for_the_bias(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in + 1, fan_out) * math.sqrt(2 / (fan_in + fan_out))


EXERCISE = sampler(
    "xavier_normal",
    1.5,
    "Return a fresh (fan_in, fan_out) sample, normal around 0, with standard deviation sqrt(2 / (fan_in + fan_out)).",
    Sampler(NORMAL, xavier_std, "√(2 / (fan_in + fan_out))"),
    mistake.all,
    (
        "`torch.randn` has standard deviation 1. What does a factor do to it, and what to its variance?",
        "A factor c multiplies the standard deviation by |c| and the variance by c².",
    ),
)

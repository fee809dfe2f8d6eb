"""`xavier_normal`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import Sampler
from grading.catalogue.initialization.shared import sampler, xavier_normal_right, xavier_std
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


@mistake("This is He's initialization, √(2 / fan_in). Xavier's uses both sizes.")
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

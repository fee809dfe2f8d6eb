"""Wrong samplers of lesson 05, each with the sentence that explains it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.judging.exercise import Mistake

_TRANSPOSED = (
    "This has fan_out rows. The text has the inputs in rows, W (fan_in, fan_out); nn.Linear stores the transpose."
)
_REPEATED = (
    "One row of random numbers is used for every input, so all inputs of a unit count the same. Draw the whole matrix."
)
SEEDED = "A seed is set inside, so that every call, and every layer of the same shape, gets the same numbers. Leave the seed out."


def _xu_std_as_bound(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(2 / (fan_in + fan_out))
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_no_root(fan_in: int, fan_out: int) -> Tensor:
    a = 6 / (fan_in + fan_out)
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_he(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_fan_in_only(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(3 / fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_fan_out_only(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(3 / fan_out)
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_default(fan_in: int, fan_out: int) -> Tensor:
    a = 1 / math.sqrt(fan_in)
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_mean(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / ((fan_in + fan_out) / 2))
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_one_sided(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


def _xu_half_width(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(fan_in, fan_out) - 0.5) * math.sqrt(6 / (fan_in + fan_out))


def _xu_normal(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


def _xu_normal_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


def _xu_right(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.rand(fan_in, fan_out) * 2 * a - a


def _xu_transposed(fan_in: int, fan_out: int) -> Tensor:
    return _xu_right(fan_in, fan_out).T


def _xu_repeated(fan_in: int, fan_out: int) -> Tensor:
    return _xu_right(fan_in, fan_out)[:1].repeat(fan_in, 1)


def _xu_seeded(fan_in: int, fan_out: int) -> Tensor:
    torch.manual_seed(0)
    return _xu_right(fan_in, fan_out)


XAVIER_UNIFORM = (
    Mistake(
        "bound-without-root-3",
        _xu_std_as_bound,
        "The standard deviation was taken as the bound. Uniform on (-a, a) has standard deviation a / √3: a √3 is missing.",
    ),
    Mistake("no-root", _xu_no_root, "The bound is 6 / (fan_in + fan_out): that is a², and a is its square root."),
    Mistake(
        "he",
        _xu_he,
        "This is He's initialization, with 2 / fan_in. Xavier's variance is 2 / (fan_in + fan_out), from both sizes.",
    ),
    Mistake(
        "fan-in-only",
        _xu_fan_in_only,
        "The variance is 1 / fan_in: right for the forward pass alone. Xavier's compromise counts fan_out, too.",
    ),
    Mistake(
        "fan-out-only",
        _xu_fan_out_only,
        "The variance is 1 / fan_out: right for the backward pass alone. Xavier's compromise counts fan_in, too.",
    ),
    Mistake("default", _xu_default, "The bound is 1 / √fan_in: what nn.Linear does by default, which is not Xavier."),
    Mistake(
        "mean-of-fans",
        _xu_mean,
        "The sum of the two sizes was halved once too often: the bound is √2 times too large. Start again from a² / 3.",
    ),
    Mistake("one-sided", _xu_one_sided, "The values run from 0 to a. They should run from -a to a, with mean 0."),
    Mistake(
        "half-width",
        _xu_half_width,
        "The whole interval has length a. From -a to a it has length 2 a: stretch by twice as much.",
    ),
    Mistake(
        "normal",
        _xu_normal,
        "The standard deviation is right, but torch.randn is normal. A uniform sample is asked for.",
    ),
    Mistake(
        "normal-with-bound",
        _xu_normal_bound,
        "torch.randn is normal and has no bound; here it got the uniform bound as its standard deviation. Start from torch.rand.",
    ),
    Mistake("transposed", _xu_transposed, _TRANSPOSED),
    Mistake("repeated-row", _xu_repeated, _REPEATED),
    Mistake("seed-inside", _xu_seeded, SEEDED),
)


def _xn_variance(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * (2 / (fan_in + fan_out))


def _xn_no_two(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) / math.sqrt(fan_in + fan_out)


def _xn_he(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


def _xn_fan_in_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_in)


def _xn_fan_out_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_out)


def _xn_uniform_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))


def _xn_uniform(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


def _xn_rand(fan_in: int, fan_out: int) -> Tensor:
    return torch.rand(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


def _xn_right(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


def _xn_transposed(fan_in: int, fan_out: int) -> Tensor:
    return _xn_right(fan_in, fan_out).T


def _xn_repeated(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_out).expand(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


def _xn_seeded(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out, generator=torch.Generator().manual_seed(42)) * math.sqrt(2 / (fan_in + fan_out))


XAVIER_NORMAL = (
    Mistake(
        "variance-as-std",
        _xn_variance,
        "2 / (fan_in + fan_out) is the variance. torch.randn must be multiplied by the standard deviation, its square root.",
    ),
    Mistake(
        "no-two",
        _xn_no_two,
        "The 2 is missing: the mean of fan_in and fan_out belongs in the denominator, not their sum.",
    ),
    Mistake("he", _xn_he, "This is He's initialization, √(2 / fan_in). Xavier's uses both sizes."),
    Mistake(
        "fan-in-only",
        _xn_fan_in_only,
        "The variance is 1 / fan_in: right for the forward pass alone. Xavier's compromise counts fan_out, too.",
    ),
    Mistake(
        "fan-out-only",
        _xn_fan_out_only,
        "The variance is 1 / fan_out: right for the backward pass alone. Xavier's compromise counts fan_in, too.",
    ),
    Mistake(
        "uniform-bound",
        _xn_uniform_bound,
        "√(6 / (fan_in + fan_out)) is the bound of the uniform version. The standard deviation has a 2 where the bound has a 6.",
    ),
    Mistake(
        "uniform",
        _xn_uniform,
        "The standard deviation is right, but the sample is uniform. A normal one is asked for: torch.randn.",
    ),
    Mistake("rand", _xn_rand, "torch.rand is uniform from 0 to 1. The normal distribution around 0 is torch.randn."),
    Mistake("transposed", _xn_transposed, _TRANSPOSED),
    Mistake("repeated-row", _xn_repeated, _REPEATED),
    Mistake("seed-inside", _xn_seeded, SEEDED),
)


def _he_variance(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * (2 / fan_in)


def _he_fan_out(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_out)


def _he_no_two(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(1 / fan_in)


def _he_two_outside(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 2 / math.sqrt(fan_in)


def _he_root_of_two_only(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2) / fan_in


def _he_uniform(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / fan_in)
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


def _he_uniform_bound(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(6 / fan_in)


def _he_transposed(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_out, fan_in) * math.sqrt(2 / fan_in)


def _he_repeated(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(1, fan_out).repeat(fan_in, 1) * math.sqrt(2 / fan_in)


def _he_seeded(fan_in: int, fan_out: int) -> Tensor:
    torch.manual_seed(1)
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


HE_NORMAL = (
    Mistake(
        "variance-as-std",
        _he_variance,
        "2 / fan_in is the variance. torch.randn must be multiplied by the standard deviation, its square root.",
    ),
    Mistake(
        "fan-out",
        _he_fan_out,
        "fan_in and fan_out are swapped. A pre-activation is a sum over the inputs: fan_in counts its terms.",
    ),
    Mistake(
        "xavier", _xn_right, "This is Xavier's initialization. He's looks at fan_in only, and its 2 makes up for ReLU."
    ),
    Mistake(
        "no-two", _he_no_two, "The 2 is missing. ReLU sets half of the inputs to zero, which halves the mean square."
    ),
    Mistake("two-outside-root", _he_two_outside, "The 2 stands outside of the root: this is √2 times too large."),
    Mistake(
        "root-of-two-only",
        _he_root_of_two_only,
        "The root covers the 2 only. It should cover the whole fraction 2 / fan_in.",
    ),
    Mistake(
        "uniform",
        _he_uniform,
        "The standard deviation is right, but the sample is uniform. A normal one is asked for: torch.randn.",
    ),
    Mistake(
        "uniform-bound",
        _he_uniform_bound,
        "√(6 / fan_in) is the bound of the uniform version. The standard deviation has a 2 where the bound has a 6.",
    ),
    Mistake("transposed", _he_transposed, _TRANSPOSED),
    Mistake("repeated-row", _he_repeated, _REPEATED),
    Mistake("seed-inside", _he_seeded, SEEDED),
)

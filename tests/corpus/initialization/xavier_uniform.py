"""`xavier_uniform`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.sampling import sampler

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = sampler("uniform", lambda fan_in, fan_out: 2 / (fan_in + fan_out))


right, wrong = answers_to("xavier_uniform")


@right("the formula")
def _xu_formula(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return (2 * torch.rand(fan_in, fan_out) - 1) * a


@right("uniform_ in place")
def _xu_uniform_(fan_in: int, fan_out: int) -> Tensor:
    bound = (6 / (fan_in + fan_out)) ** 0.5
    return torch.empty(fan_in, fan_out).uniform_(-bound, bound)


@right("from the standard deviation, in float64")
def _xu_float64(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2.0 / (fan_in + fan_out))
    u = torch.rand((fan_in, fan_out), dtype=torch.float64)
    return (u - 0.5) * math.sqrt(12) * std


@right("a distribution object")
def _xu_distribution(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.distributions.Uniform(-a, a).sample((fan_in, fan_out))


@right("NumPy's generator")
def _xu_numpy(fan_in: int, fan_out: int) -> Tensor:
    a = np.sqrt(6.0 / (fan_in + fan_out))
    return torch.from_numpy(np.random.uniform(-a, a, size=(fan_in, fan_out)))


@right("row by row")
def _xu_rows(fan_in: int, fan_out: int) -> Tensor:
    W = torch.zeros(fan_in, fan_out)
    a = math.sqrt(6 / (fan_in + fan_out))
    for i in range(fan_in):
        W[i] = torch.rand(fan_out) * 2 * a - a
    return W


@right("drawn transposed, as nn.Linear stores it")
def _xu_view(fan_in: int, fan_out: int) -> Tensor:
    a = torch.sqrt(torch.tensor(6.0) / (fan_in + fan_out))
    return torch.empty(fan_out, fan_in).uniform_(-1, 1).T * a


@right("sign times size, as a parameter")
def _xu_parameter(fan_in: int, fan_out: int) -> Tensor:
    size = torch.rand(fan_in, fan_out) * math.sqrt(6 / (fan_in + fan_out))
    sign = torch.where(torch.rand(fan_in, fan_out) < 0.5, -1.0, 1.0)
    return nn.Parameter(size * sign)


@right("lerp between the bounds")
def _xu_lerp(fan_in: int, fan_out: int) -> Tensor:
    a = torch.full((fan_in, fan_out), math.sqrt(6 / (fan_in + fan_out)))
    return torch.lerp(-a, a, torch.rand_like(a))


@right("Python's random numbers")
def _xu_python(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.tensor([[random.uniform(-a, a) for _ in range(fan_out)] for _ in range(fan_in)])


@wrong("the interval 5 % too long")
def _xu_five_percent(fan_in: int, fan_out: int) -> Tensor:
    a = 1.05 * math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("the interval 5 % too short")
def _xu_five_percent_short(fan_in: int, fan_out: int) -> Tensor:
    a = 0.95 * math.sqrt(6 / (fan_in + fan_out))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("one more in the denominator", "plus-one")
def _xu_plus_one(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out + 1))
    return torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("only two values")
def _xu_two_values(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randint(0, 2, (fan_in, fan_out)) * 2.0 - 1) * math.sqrt(2 / (fan_in + fan_out))


@wrong("columns repeated")
def _xu_columns(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return ((2 * torch.rand(fan_in, 1) - 1) * a).repeat(1, fan_out)


@wrong("half precision")
def _xu_half(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return ((2 * torch.rand(fan_in, fan_out) - 1) * a).half()


@wrong("the library's sampler")
def _xu_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.xavier_uniform_(torch.empty(fan_in, fan_out))


@wrong("the library's sampler through getattr")
def _xu_library_hidden(fan_in: int, fan_out: int) -> Tensor:
    draw = getattr(nn.init, "xavier" + "_uniform_")
    return draw(torch.empty(fan_in, fan_out))


@wrong("a NumPy array")
def _xu_array(fan_in: int, fan_out: int) -> Any:
    a = math.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-a, a, (fan_in, fan_out))


@wrong("no return")
def _xu_nothing(fan_in: int, fan_out: int) -> None:
    a = math.sqrt(6 / (fan_in + fan_out))
    torch.empty(fan_in, fan_out).uniform_(-a, a)


@wrong("evenly spread numbers in order")
def _xu_grid(fan_in: int, fan_out: int) -> Tensor:
    a = math.sqrt(6 / (fan_in + fan_out))
    return torch.linspace(-a, a, fan_in * fan_out).reshape(fan_in, fan_out)


@wrong("a grid of 201 values")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randint(0, 201, (fan_in, fan_out)) / 100 - 1) * math.sqrt(6 / (fan_in + fan_out))

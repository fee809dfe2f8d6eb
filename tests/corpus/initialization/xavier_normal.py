"""`xavier_normal`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.sampling import sampler

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = sampler("normal", lambda fan_in, fan_out: 2 / (fan_in + fan_out))


right, wrong = answers_to("xavier_normal")


@right("the formula")
def _xn_formula(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@right("normal_ in place")
def _xn_normal_(fan_in: int, fan_out: int) -> Tensor:
    return torch.empty(fan_in, fan_out).normal_(0, math.sqrt(2 / (fan_in + fan_out)))


@right("torch.normal")
def _xn_torch_normal(fan_in: int, fan_out: int) -> Tensor:
    std = (2 / (fan_in + fan_out)) ** 0.5
    return torch.normal(0.0, std, size=(fan_in, fan_out))


@right("NumPy in float64")
def _xn_numpy(fan_in: int, fan_out: int) -> Tensor:
    return torch.tensor(np.random.default_rng().normal(scale=np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out)))


@right("Box and Muller's transform")
def _xn_box_muller(fan_in: int, fan_out: int) -> Tensor:
    u = 1 - torch.rand(fan_in, fan_out, dtype=torch.float64)  # in (0, 1], so that the logarithm is finite
    v = torch.rand(fan_in, fan_out, dtype=torch.float64)
    z = torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * math.pi * v)
    return (z / math.sqrt((fan_in + fan_out) / 2)).float()


@right("column by column, stacked")
def _xn_stack(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return torch.stack([std * torch.randn(fan_in) for _ in range(fan_out)], dim=1)


@right("a distribution object")
def _xn_distribution(fan_in: int, fan_out: int) -> Tensor:
    scale = torch.tensor(2 / (fan_in + fan_out)).sqrt()
    return torch.distributions.Normal(torch.zeros(fan_in, fan_out), scale).sample()


@right("a partial function")
def _xn_partial(fan_in: int, fan_out: int) -> Tensor:
    draw: Callable[..., Tensor] = partial(torch.normal, 0.0)
    return draw(math.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


@wrong("4 % too wide")
def _xn_four_percent(fan_in: int, fan_out: int) -> Tensor:
    return 1.04 * torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@wrong("4 % too narrow")
def _xn_four_percent_less(fan_in: int, fan_out: int) -> Tensor:
    return 0.96 * torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


@wrong("one more in the denominator")
def _xn_plus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out + 1))


@wrong("one less in the denominator")
def _xn_minus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out - 1))


@wrong("the product of the sizes", "product-of-sizes")
def _xn_product(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in * fan_out))


@wrong("brought to the exact standard deviation")
def _xn_standardized(fan_in: int, fan_out: int) -> Tensor:
    W = torch.randn(fan_in, fan_out)
    return (W - W.mean()) / W.std(correction=0) * math.sqrt(2 / (fan_in + fan_out))


@wrong("cut off at two standard deviations")
def _xn_truncated(fan_in: int, fan_out: int) -> Tensor:
    std = math.sqrt(2 / (fan_in + fan_out))
    return (torch.randn(fan_in, fan_out) * std).clamp(-2 * std, 2 * std)


@wrong("half of the rows are the negatives of the others")
def _xn_antithetic(fan_in: int, fan_out: int) -> Tensor:
    half = torch.randn((fan_in + 1) // 2, fan_out) * math.sqrt(2 / (fan_in + fan_out))
    return torch.cat([half, -half])[:fan_in]


@wrong("shifted by a tenth of the standard deviation")
def _xn_shifted(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) + 0.1) * math.sqrt(2 / (fan_in + fan_out))


@wrong("the library's sampler")
def _xn_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.xavier_normal_(torch.empty(fan_in, fan_out))


@wrong("the library's plain normal sampler")
def _xn_library_plain(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.normal_(torch.empty(fan_in, fan_out), std=math.sqrt(2 / (fan_in + fan_out)))


@wrong("sorted")
def _xn_sorted(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).sort(dim=1).values * math.sqrt(2 / (fan_in + fan_out))


@wrong("a sum of twelve uniform numbers")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(12, fan_in, fan_out).sum(dim=0) - 6) * math.sqrt(2 / (fan_in + fan_out))


@wrong("a sum of four uniform numbers", "tails-cut-off")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(4, fan_in, fan_out).sum(dim=0) - 2) * math.sqrt(3 * 2 / (fan_in + fan_out))


@wrong("rounded to a grid")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) * 100).round() / 100 * math.sqrt(2 / (fan_in + fan_out))


@wrong("clamped at three deviations", "tails-cut-off")
def _(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).clamp(-3, 3) * math.sqrt(2 / (fan_in + fan_out))

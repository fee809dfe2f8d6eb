"""`he_normal`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.sampling import sampler

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = sampler("normal", lambda fan_in, fan_out: 2 / fan_in)


right, wrong = answers_to("he_normal")


@right("the formula")
def _he_formula(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)


@right("divided by the root")
def _he_divided(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn((fan_in, fan_out), dtype=torch.float64) / (fan_in / 2) ** 0.5


@right("normal_ in place")
def _he_normal_(fan_in: int, fan_out: int) -> Tensor:
    W = torch.zeros(fan_in, fan_out)
    W.normal_(mean=0.0, std=math.sqrt(2.0 / fan_in))
    return W


@right("torch.normal with a tensor of deviations")
def _he_tensor(fan_in: int, fan_out: int) -> Tensor:
    return torch.normal(torch.zeros(fan_in, fan_out), torch.full((fan_in, fan_out), fan_in / 2.0).rsqrt())


@right("the gain from PyTorch")
def _he_gain(fan_in: int, fan_out: int) -> Tensor:
    gain = nn.init.calculate_gain("relu")
    return torch.randn(fan_in, fan_out) * gain / math.sqrt(fan_in)


@right("NumPy")
def _he_numpy(fan_in: int, fan_out: int) -> Tensor:
    return torch.from_numpy(
        np.random.standard_normal((fan_in, fan_out)).astype("float32") * np.float32(math.sqrt(2 / fan_in))
    )


@right("row by row in a list")
def _he_rows(fan_in: int, fan_out: int) -> Tensor:
    return torch.stack([torch.randn(fan_out) * (2 / fan_in) ** 0.5 for _ in range(fan_in)])


@right("in place, scaled afterwards")
def _he_in_place(fan_in: int, fan_out: int) -> Tensor:
    W = torch.randn(fan_out, fan_in).t().contiguous()
    W *= math.sqrt(2)
    W /= math.sqrt(fan_in)
    return W


@wrong("5 % too wide")
def _he_five_percent(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 1.05 * math.sqrt(2 / fan_in)


@wrong("one more in the denominator")
def _he_plus_one(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + 1))


@wrong("0.01 whatever the size", "always-0.01")
def _he_fixed(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * 0.01


@wrong("not scaled", "always-1")
def _he_plain(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out)


@wrong("zeros")
def _he_zeros(fan_in: int, fan_out: int) -> Tensor:
    return torch.zeros(fan_in, fan_out)


@wrong("the larger size")
def _he_larger(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / max(fan_in, fan_out))


@wrong("the library's sampler")
def _he_library(fan_in: int, fan_out: int) -> Tensor:
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in)).T


@wrong("a linear layer's own weight")
def _he_linear(fan_in: int, fan_out: int) -> Tensor:
    return nn.Linear(fan_in, fan_out).weight.detach().T


@wrong("positive only")
def _he_positive(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).abs() * math.sqrt(2 / fan_in)


@wrong("flat")
def _he_flat(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in * fan_out) * math.sqrt(2 / fan_in)


_he_buffers: dict[tuple[int, int], Tensor] = {}


@wrong("one buffer a shape, filled again")
def _he_buffer(fan_in: int, fan_out: int) -> Tensor:
    W = _he_buffers.setdefault((fan_in, fan_out), torch.empty(fan_in, fan_out))
    return W.normal_(0, math.sqrt(2 / fan_in))


@wrong("integers")
def _he_integers(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) * math.sqrt(2 / fan_in)).round().long()


@wrong("a sum of twelve uniform numbers")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(12, fan_in, fan_out).sum(dim=0) - 6) * math.sqrt(2 / fan_in)


@wrong("a sum of four uniform numbers", "tails-cut-off")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.rand(4, fan_in, fan_out).sum(dim=0) - 2) * math.sqrt(3 * 2 / fan_in)


@wrong("rounded to a grid")
def _(fan_in: int, fan_out: int) -> Tensor:
    return (torch.randn(fan_in, fan_out) * 100).round() / 100 * math.sqrt(2 / fan_in)


@wrong("clamped at three deviations", "tails-cut-off")
def _(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out).clamp(-3, 3) * math.sqrt(2 / fan_in)

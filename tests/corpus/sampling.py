"""The oracle for samplers: what their contract says of shape, independence, moments and law, on samples of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Tensor, nn

from tests.corpus.oracle import Contract

_SIZES = ((1, 1), (1, 6), (6, 1), (2, 3), (3, 2), (7, 7))
_LARGE = ((260, 410), (410, 260))
# Deviations beyond this many standard errors are not chance: about 1e-11 each.
_ERRORS = 6.8
_LEVEL = 1e-10


def sampler(law: str, variance: Callable[[int, int], float]) -> Contract:
    """Return the contract of a function from two sizes to independent draws of this law, mean 0 and this variance."""
    return Contract(check=partial(_check_sampler, law, variance))


def _check_sampler(law: str, variance: Callable[[int, int], float], function: Callable[..., Any]) -> str | None:
    try:
        for index, (m, k) in enumerate((*_LARGE, *_SIZES)):
            torch.manual_seed(7919 + index)
            repeats = 1 if m * k > 1000 else 2000 // (m * k)
            samples = [function(m, k) for _ in range(repeats)]
            found = next((text for one in samples if (text := _odd(one, (m, k)))), None)
            if found:
                return f"{(m, k)}: {found}"
            torch.manual_seed(7919 + index)
            function(m, k)
            if torch.equal(samples[0].detach(), function(m, k).detach()):
                return "two calls give the same numbers"
            found = _unlike(torch.stack([one.detach().double() for one in samples]), law, variance(m, k))
            if found:
                return f"{(m, k)}: {found}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:80]}"
    return None


def _odd(sample: Any, shape: tuple[int, int]) -> str:
    if not isinstance(sample, Tensor):
        return f"a {type(sample).__name__}"
    if tuple(sample.shape) != shape or sample.dtype not in (torch.float32, torch.float64):
        return f"{sample.dtype} {tuple(sample.shape)}"
    return "" if bool(torch.isfinite(sample).all()) else "not finite"


def _unlike(W: Tensor, law: str, variance: float) -> str:
    """Return what tells W (repeats, m, k) from independent draws of the law, or ""."""
    Z = (W / math.sqrt(variance)).numpy()
    z = Z.ravel()
    count = len(z)
    if abs(z.mean()) > _ERRORS / math.sqrt(count):
        return f"mean {z.mean():.3g} standard deviations from 0"
    kurtosis = 1.8 if law == "uniform" else 3.0
    if abs((z**2).mean() - 1) > _ERRORS * math.sqrt((kurtosis - 1) / count):
        return f"variance {(z**2).mean():.4g} times the right one"
    law_of_z = stats.uniform(-math.sqrt(3), 2 * math.sqrt(3)) if law == "uniform" else stats.norm()
    if stats.kstest(z, law_of_z.cdf).pvalue < _LEVEL:
        return f"not {law}"
    if law == "uniform" and np.abs(z).max() > math.sqrt(3) * (1 + 1e-5):
        return "beyond the interval"
    if len(Z) == 1:
        for name, rows in (("rows", Z[0]), ("columns", Z[0].T)):
            correlations = np.corrcoef(rows)
            np.fill_diagonal(correlations, 0)
            if np.abs(correlations).max() > 8.5 / math.sqrt(rows.shape[1]):
                return f"{name} depend on each other"
    elif Z[0].size > 1:
        entries = np.corrcoef(Z.reshape(len(Z), -1).T)
        np.fill_diagonal(entries, 0)
        if np.abs(entries).max() > 8.5 / math.sqrt(len(Z)):
            return "entries depend on each other"
    return ""


def _net(*, frozen: bool = False, bias: bool = True) -> nn.Sequential:
    layers = [nn.Linear(260, 410, bias=bias), nn.ReLU(), nn.Linear(410, 410), nn.LayerNorm(410)]
    layers += [nn.Linear(410, 410), nn.Linear(410, 7)]
    net = nn.Sequential(*layers, nn.Tanh(), nn.Linear(7, 7))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(3.0).requires_grad_(not frozen)
    return net


def check_initializer(function: Callable[..., Any]) -> str | None:
    """Return how `init_xavier` breaks its contract, or None."""
    variants: tuple[dict[str, bool], ...] = ({}, {"bias": False}, {"frozen": True}, {})
    seen: list[Tensor] = []
    for index, options in enumerate(variants):
        net = _net(**options).train(index % 2 == 0)
        before = list(net.parameters())
        flags = [parameter.requires_grad for parameter in before]
        try:
            torch.manual_seed(31 + index)
            function(net)
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:80]}"
        after = list(net.parameters())
        if len(before) != len(after) or any(a is not b for a, b in zip(before, after, strict=True)):
            return "other parameters"
        if [p.requires_grad for p in after] != flags or any(p.grad is not None or not p.is_leaf for p in after):
            return "flags of the parameters"
        if any(module.training != (index % 2 == 0) for module in net.modules()):
            return "the mode of the network"
        found = next((text for layer in net if (text := _layer_differs(layer))), None)
        if found:
            return found
        twins = [layer.weight for layer in net if isinstance(layer, nn.Linear)]
        if torch.equal(twins[1], twins[2]):
            return "the same weights for layers of one shape"
        seen.append(twins[1].detach().clone())
    return "the same weights again" if torch.equal(seen[0], seen[-1]) else None


def _layer_differs(layer: nn.Module) -> str:
    if isinstance(layer, nn.LayerNorm):
        untouched = bool((layer.weight == 3).all() and (layer.bias == 3).all())
        return "" if untouched else "a layer that is not linear"
    if not isinstance(layer, nn.Linear):
        return ""
    if layer.bias is not None and not bool((layer.bias == 0).all()):
        return "a bias that is not zero"
    if not bool(torch.isfinite(layer.weight).all()):
        return "a weight that is not finite"
    variance = 2 / (layer.in_features + layer.out_features)
    found = _unlike(layer.weight.detach().double()[None], "uniform", variance) if layer.in_features > 7 else ""
    if not found and float(layer.weight.detach().abs().max()) > math.sqrt(3 * variance) * (1 + 1e-5):
        found = "beyond the interval"
    return found and f"Linear({layer.in_features}, {layer.out_features}): {found}"

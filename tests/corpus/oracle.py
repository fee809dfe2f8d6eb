"""An independent oracle: does a changed answer still fulfil the contract of its exercise?

It shares no code with the judge's comparison and draws of its own. Values are held against truths that are written down in
`tests.corpus.contracts`. What rounding may do is found by experiment: the true function is evaluated at inputs moved by
their own rounding error, and whatever error the right answer itself makes, from which the changed one was derived.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.calls import Arguments, Happened, call, leaves, mapped, tensors_of

DRAWS, GRADIENT_DRAWS = 48, 6
# A result may be this many times as far from the truth as a rounding of the inputs moves the truth.
_SLACK = 100.0
# Two truths of the same contract are near each other, like clipping with and without 1e-6, or this far from each other.
_FAR = 1e-4
_HALF = {torch.float16: 6e-3, torch.bfloat16: 5e-2}
_LAYOUTS = ("contiguous", "contiguous", "strided", "transposed")


class Source:
    """Random inputs. With `plain`, values are normal ones of ordinary size; else zeros, ties and odd sizes are among them."""

    def __init__(self, seed: int, *, plain: bool = False) -> None:
        self.g = np.random.default_rng([20261, seed])
        self.plain = plain

    def chance(self, probability: float) -> bool:
        return bool(self.g.random() < probability)

    def sizes(self, count: int, largest: int = 9) -> list[int]:
        if self.plain:
            return [int(n) for n in self.g.choice(np.arange(2, 8), count, replace=False)]
        if self.chance(0.2):
            return [int(self.g.integers(1, 4))] * count
        return [int(self.g.choice([1, 2, 3, 4, 5, 7, largest])) for _ in range(count)]

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        return torch.from_numpy(np.asarray(self.g.standard_normal(shape) * scale))

    def values(self, *shape: int, scale: float = 1.0) -> Tensor:
        """Return normal values, or halves with ties and zeros, or values of very different size, or all alike."""
        normal = self.normal(*shape, scale=scale)
        kind = 0.0 if self.plain else self.g.random()
        if kind < 0.5:
            return normal
        if kind < 0.7:
            return torch.from_numpy(np.asarray(self.g.integers(-4, 5, shape) / 2.0))
        if kind < 0.8:
            return torch.where(self.normal(*shape) > 0.5, normal, torch.zeros_like(normal))
        if kind < 0.9:
            return normal * torch.exp(2 * self.normal(*shape))
        if kind < 0.94:
            return torch.full_like(normal, float(self.g.integers(-2, 3)))
        return normal * (1e-4 if kind < 0.97 else 10.0)

    def extremes(self, *shape: int) -> Tensor:
        pool = np.array([-1000.0, -710.0, -90.0, -20.0, -1.0, 0.0, 1.0, 20.0, 90.0, 710.0, 1000.0])
        return torch.from_numpy(np.asarray(self.g.choice(pool, shape) + 0.0))

    def labels(self, count: int, classes: int) -> Tensor:
        return torch.from_numpy(self.g.integers(0, classes, count))

    def number(self, low: float, high: float) -> float:
        return round(float(self.g.uniform(low, high)), 3)


Truth = Callable[[Arguments], Sequence[Tensor]]


@dataclass(frozen=True)
class Contract:
    """What an exercise promises.

    draw: arguments, in float64.
    truths: functions of float64 arguments; an answer agrees with one of them throughout.
    read: finds the outputs in what happened, and raises where there are none.
    keeps: whether outputs have the dtype of the inputs. dtypes: what is tried.
    changes: the arguments that may change. connected: through how many outputs, the first ones, autograd passes.
    learning: whether the tensors may require a gradient, as what comes from a network does.
    precision: a dtype whose precision is enough, whatever that of the inputs is.
    terms: the size of the largest terms that cancel on the way, beside those of the outputs.
    check: replaces all of it.
    """

    draw: Callable[[Source], Arguments] = lambda source: {}
    truths: tuple[Truth, ...] = ()
    read: Callable[[Happened], Sequence[Any]] = tensors_of
    keeps: bool = True
    dtypes: tuple[torch.dtype, ...] = (torch.float32, torch.float64)
    changes: frozenset[str] = frozenset()
    connected: int = 0
    learning: bool = False
    precision: torch.dtype | None = None
    terms: Callable[[Arguments], float] = lambda arguments: 0.0
    check: Callable[[Callable[..., Any]], str | None] | None = None


def distinguish(contract: Contract, changed: Callable[..., Any], right: Callable[..., Any]) -> str | None:
    """Return how the changed answer breaks the contract, or None if nothing shows that it does.

    right: the right answer that it was derived from; it marks what rounding does.
    """
    with warnings.catch_warnings(), new_memory_filled():
        warnings.simplefilter("ignore")
        return _distinguish(contract, changed, right)


@contextmanager
def new_memory_filled() -> Iterator[None]:
    """Have PyTorch fill what `torch.empty` gives with NaN: often it still holds the right answer of the call before."""
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def _distinguish(contract: Contract, changed: Callable[..., Any], right: Callable[..., Any]) -> str | None:
    if contract.check is not None:
        return contract.check(changed)
    left = list(contract.truths)
    for seed in range(DRAWS):
        evidence, left = _draw_differs(contract, changed, right, seed, left)
        if evidence:
            return f"draw {seed}: {evidence}"
    if contract.connected:
        for seed in range(GRADIENT_DRAWS):
            evidence = _gradient_differs(contract, left[0], changed, seed)
            if evidence and not _gradient_differs(contract, left[0], right, seed):
                return f"gradient draw {seed}: {evidence}"
    return None


def _draw_differs(
    contract: Contract, changed: Callable[..., Any], right: Callable[..., Any], seed: int, truths: list[Truth]
) -> tuple[str | None, list[Truth]]:
    source = Source(seed)
    dtype = contract.dtypes[seed % len(contract.dtypes)]
    layout, learning = _LAYOUTS[seed // 2 % len(_LAYOUTS)], contract.learning and seed % 3 == 2
    exact = contract.draw(source)
    arguments = mapped(exact, lambda tensor: tensor.to(dtype))
    exact = mapped(arguments, lambda tensor: tensor.double())
    try:
        happened = call(changed, arguments, layout, learning)
        outputs = [as_tensor(one) for one in contract.read(happened)]
        again = [as_tensor(one) for one in contract.read(call(changed, arguments, layout, learning))]
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:80]}", truths
    for name, tensors in happened.originals.items():
        after = list(leaves(happened.arguments[name]))
        if name not in contract.changes and not _untouched(happened.before[name], tensors, after):
            return f"it changes {name}", truths
    own = [as_tensor(one) for one in contract.read(call(right, arguments, layout, learning))]
    found = [list(truth(exact)) for truth in truths]
    least = [min(gaps) for gaps in zip(*(map(_gap, values, own) for values in found), strict=True)]
    fitting = []
    evidence = ""
    for truth, values in zip(truths, found, strict=True):
        # If it is far from this truth, it means another one, and errs by what it is from that.
        gaps = list(map(_gap, values, own))
        errors = [g if g <= _FAR * max(1.0, _size(v)) else m for g, v, m in zip(gaps, values, least, strict=True)]
        limits = _limits(contract, truth, exact, values, errors, dtype, source)
        evidence = _outputs_differ(outputs, values, limits, dtype if contract.keeps else None)
        evidence = evidence or ("again: " * bool(later := _outputs_differ(again, values, limits, None)) + later)
        if not evidence:
            fitting.append(truth)
    return (None, fitting) if fitting else (evidence, truths)


def as_tensor(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, bool | int | float | np.generic):
        return torch.tensor(float(value), dtype=torch.float64)
    raise TypeError(f"{type(value).__name__} where a tensor or a number should be")


def _untouched(before: list[Tensor], originals: list[Tensor], after: list[Tensor]) -> bool:
    if len(before) != len(after):
        return False
    pairs = [*zip(before, originals, strict=True), *zip(before, after, strict=True)]
    return all(a.shape == b.shape and torch.equal(a.detach().nan_to_num(), b.detach().nan_to_num()) for a, b in pairs)


def _limits(
    contract: Contract,
    truth: Truth,
    exact: Arguments,
    values: Sequence[Tensor],
    errors: Sequence[float],
    dtype: torch.dtype,
    source: Source,
) -> list[float]:
    eps = torch.finfo(dtype).eps
    moved = [0.0] * len(values)
    for _ in range(2):
        there = truth(mapped(exact, lambda t: t * (1 + eps * (2 * torch.from_numpy(source.g.random(t.shape)) - 1))))
        moved = [max(m, _gap(a, b)) for m, a, b in zip(moved, values, there, strict=True)]
    limits, grain = [], max(eps, torch.finfo(contract.precision or dtype).eps)
    for value, shift, error in zip(values, moved, errors, strict=True):
        size = max(1.0, _size(value), contract.terms(exact))
        rounding = _HALF[dtype] * size if dtype in _HALF else _SLACK * (shift + grain * size)
        limits.append(max(rounding, 4 * error))
    return limits


def _size(tensor: Tensor) -> float:
    finite = tensor[torch.isfinite(tensor)]
    return float(finite.abs().max()) if finite.numel() else 0.0


def _gap(a: Tensor, b: Tensor) -> float:
    if a.shape != b.shape or a.numel() == 0:
        return 0.0
    return _size((a.double() - b.detach().double()).abs())


def _outputs_differ(
    outputs: Sequence[Tensor], values: Sequence[Tensor], limits: Sequence[float], dtype: torch.dtype | None
) -> str:
    if len(outputs) != len(values):
        return f"{len(outputs)} outputs for {len(values)}"
    for i, (output, value, limit) in enumerate(zip(outputs, values, limits, strict=True)):
        if output.shape != value.shape:
            return f"output {i} has the shape {tuple(output.shape)}, not {tuple(value.shape)}"
        if dtype is not None and output.dtype != dtype:
            return f"output {i} has the dtype {output.dtype}, not {dtype}"
        apart = (output.detach().double() - value.detach()).abs()
        same = (apart <= limit) | (output.detach().double() == value.detach())
        if not bool(same.all()):
            worst = float(apart.nan_to_num(nan=float("inf")).max())
            return f"output {i} is {worst:.3g} from the truth, where rounding explains {limit:.3g}"
    return ""


def _gradient_differs(contract: Contract, truth: Truth, changed: Callable[..., Any], seed: int) -> str | None:
    source = Source(1000 + seed, plain=True)
    arguments = contract.draw(source)
    found: list[Tensor] = []

    def leaf(tensor: Tensor) -> Tensor:
        found.append(tensor.clone().requires_grad_(True))
        return found[-1]

    values = truth(mapped(arguments, leaf))[: contract.connected]
    weights = [source.normal(*value.shape) for value in values]
    due = torch.autograd.grad(_weighted(values, weights), found, allow_unused=True)
    try:
        happened = call(changed, arguments, requires_grad=True)
        outputs = contract.read(happened)[: contract.connected]
        given = [
            t for tensors in happened.originals.values() for t in tensors if t.is_floating_point() and t.requires_grad
        ]
        got = torch.autograd.grad(_weighted(outputs, weights), given, allow_unused=True)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:80]}"
    for right, one, tensor in zip(due, got, found, strict=True):
        right, one = (torch.zeros_like(tensor) if grad is None else grad for grad in (right, one))
        if _gap(right, one) > 1e-8 * max(1.0, _size(right)):
            return "autograd finds another gradient"
    return None


def _weighted(values: Sequence[Tensor], weights: Sequence[Tensor]) -> Tensor:
    total: Tensor = sum(
        ((value * weight).sum() for value, weight in zip(values, weights, strict=True)), torch.zeros(())
    )
    return total


@dataclass(frozen=True)
class LeftOut:
    """An exercise without an oracle, and the reason that the report prints."""

    reason: str = field(default="")

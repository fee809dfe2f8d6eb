"""Which outputs a change of an answer has touched: where there are several, a changed answer fails first in one of these."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import torch

from tests.corpus.calls import call
from tests.corpus.oracle import GRADIENT_DRAWS, Contract, Source, as_tensor, new_memory_filled


def damaged(
    contract: Contract, changed: Callable[..., Any], right: Callable[..., Any], names: Callable[[int], Sequence[str]]
) -> frozenset[str] | None:
    """Return the names of the outputs in which a changed answer differs from the right one it was derived from.

    None if it raises or gives another number of outputs: then it damages all of them.
    """
    found: set[str] = set()
    with warnings.catch_warnings(), new_memory_filled():
        warnings.simplefilter("ignore")
        for seed in range(GRADIENT_DRAWS):
            arguments = contract.draw(Source(seed))
            try:
                pairs = [
                    [as_tensor(one) for one in contract.read(call(function, arguments))]
                    for function in (changed, right)
                ]
            except Exception:
                return None
            if len(pairs[0]) != len(pairs[1]):
                return None
            for name, one, other in zip(names(len(pairs[1])), *pairs, strict=True):
                if one.shape != other.shape or not torch.allclose(one.double(), other.double(), equal_nan=True):
                    found.add(name)
    return frozenset(found)


def _named(*names: str) -> Callable[[int], Sequence[str]]:
    return lambda count: names


# What the oracle reads, in its order, for exercises whose points have a part for each output. The number of outputs may vary.
OUTPUTS: Mapping[str, Callable[[int], Sequence[str]]] = {
    "collapse": _named("W", "b"),
    "forward": _named("O", "Z", "H"),
    "grad_linear": _named("grad_X", "grad_W", "grad_b"),
    "backward": _named("W1", "b1", "W2", "b2"),
    "numerical_gradient": _named("gradient", "x afterwards"),
    "deep_forward": lambda count: [*["activations"] * (count - 1), "output"],
    "deep_backward": lambda count: [*["grad_weights"] * (count // 2), *["grad_biases"] * (count // 2)],
    "train_epoch": lambda count: ["loss", *["change of the parameters"] * (count - 1)],
    "clip_gradients": lambda count: ["norm", *["clipped"] * (count - 1)],
}
# Parts of the points that stand for a step on the way, with the outputs that this step leads to.
_STEPS: Mapping[str, Set[str]] = {
    "grad_O": {"W1", "b1", "W2", "b2"},
    "grad_Z": {"W1", "b1"},
    "penalty on W2, b2, W1, b1": {"W1", "b1", "W2", "b2"},
    "grad_W1": {"W1"},
    "grad_b1": {"b1"},
    "grad_W2": {"W2"},
    "grad_b2": {"b2"},
    "output_delta": {"grad_weights", "grad_biases"},
    "delta": {"grad_weights", "grad_biases"},
}


def touched(part: str, damaged: Set[str]) -> bool:
    """Tell whether a lost part of the points is one of the damaged outputs, or a step that leads to one."""
    base = part.partition("[")[0]
    return bool(_STEPS.get(part, _STEPS.get(base, {base})) & damaged)

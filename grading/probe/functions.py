"""Scalar functions of a tensor, described by a name and by their coefficients, and built beside the learner's function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

Scalar = Callable[[Tensor], Tensor]


# Few operations each, because a numerical gradient calls them often; neither is a sum of functions of one element.
def _cubic(x: Tensor, a: Tensor) -> Tensor:
    return (a * x**3).sum() ** 2


def _wave(x: Tensor, a: Tensor) -> Tensor:
    return torch.exp((a * torch.sin(x)).sum())


_FORMULAS = {
    "cubic": (_cubic, "(Σ a x³)²"),
    "wave": (_wave, "exp(Σ a sin x)"),
}


@dataclass(frozen=True)
class ScalarFunction:
    """A scalar function of a tensor x, with coefficients a of the shape of x.

    name: "cubic" or "wave". Called with a tensor of another shape, the function raises ValueError: broadcasting would
    hide that it was asked about another point.
    """

    name: str
    a: Tensor

    def build(self, device: torch.device) -> Scalar:
        """Make the function on the device."""
        formula, _ = _FORMULAS[self.name]
        a = self.a.to(device)

        def f(x: Tensor) -> Tensor:
            if x.shape != a.shape:
                raise ValueError(
                    f"f was called with a tensor of shape {tuple(x.shape)}; x has the shape {tuple(a.shape)}"
                )
            return formula(x, a)

        return f

    def read(self, made: Scalar) -> Mapping[str, Tensor]:
        """Return nothing: the function has no state."""
        return {}

    def cast(self, dtype: torch.dtype) -> ScalarFunction:
        """Return the function with its coefficients rounded to the dtype."""
        return ScalarFunction(self.name, self.a.to(dtype))

    def __str__(self) -> str:
        text = _FORMULAS[self.name][1]
        if self.a.numel() > 2:
            return text
        return f"{text} with a = {' '.join(f'{value:g}' for value in self.a.flatten().tolist())}"

"""Descriptions of models, batches and losses, from which the real ones are built where a function is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.probe.freeze import freeze

NAMES = ("W1", "b1", "W2", "b2")


class Parameters(nn.Module):
    """Stands for the `self` of MLPScratch: its four parameters and the sizes that d2l keeps, no method of its own."""

    W1: nn.Parameter
    b1: nn.Parameter
    W2: nn.Parameter
    b2: nn.Parameter

    def __init__(self, values: dict[str, Tensor], trainable: tuple[str, ...]) -> None:
        super().__init__()
        for name, value in values.items():
            self.register_parameter(name, nn.Parameter(value.clone(), requires_grad=name in trainable))
        self.num_inputs, self.num_hiddens = values["W1"].shape
        self.num_outputs = values["b2"].shape[0]


class Perceptron(Parameters):
    """The same parameters as a model: images `(n, …)` to outputs `(n, q)`, with a ReLU between."""

    def forward(self, X: Tensor) -> Tensor:
        """Return the outputs `(n, q)`."""
        hidden = torch.clamp(X.flatten(1) @ self.W1 + self.b1, min=0)
        return hidden @ self.W2 + self.b2


class _Part(nn.Module):
    """An affine map whose parameters are called otherwise than those of MLPScratch."""

    def __init__(self, kernel: nn.Parameter, offset: nn.Parameter) -> None:
        super().__init__()
        self.kernel, self.offset = kernel, offset

    def forward(self, X: Tensor) -> Tensor:
        """Return the affine map of the rows."""
        return X @ self.kernel + self.offset


class Nested(nn.Module):
    """The model of `Perceptron` in parts. In evaluation mode its hidden units are silent: what trains it there shows."""

    def __init__(self, values: dict[str, Tensor], trainable: tuple[str, ...]) -> None:
        super().__init__()
        own = {name: nn.Parameter(value.clone(), requires_grad=name in trainable) for name, value in values.items()}
        self.body = nn.ModuleDict({"first": _Part(own["W1"], own["b1"])})
        self.head = _Part(own["W2"], own["b2"])

    def forward(self, X: Tensor) -> Tensor:
        """Return the outputs `(n, q)`; the hidden units count in training mode only, as if a dropout worked the wrong way round."""
        hidden = torch.clamp(self.body["first"](X.flatten(1)), min=0)
        return self.head(hidden if self.training else 0 * hidden)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Layers:
    """Blueprint of an object with `W1 (d, h)`, `b1 (h,)`, `W2 (h, q)`, `b2 (q,)`.

    trainable: the parameters that require a gradient. model: whether it can be called. stale: gradients that are left
    over from earlier work, as large as the parameters times this number; 0 for none. nested: whether the model is made of
    parts, its parameters under other names. training: the mode that it arrives in.
    """

    W1: Tensor
    b1: Tensor
    W2: Tensor
    b2: Tensor
    trainable: tuple[str, ...] = NAMES
    model: bool = False
    stale: float = 0.0
    nested: bool = False
    training: bool = True

    @property
    def values(self) -> dict[str, Tensor]:
        """The parameters by name."""
        return {name: getattr(self, name) for name in NAMES}

    def cast(self, dtype: torch.dtype) -> Layers:
        """Return the blueprint with its tensors rounded to the dtype."""
        W1, b1, W2, b2 = (value.to(dtype) for value in self.values.values())
        return replace(self, W1=W1, b1=b1, W2=W2, b2=b2)

    def build(self, device: torch.device) -> Parameters | Nested:
        """Make the object."""
        made: Parameters | Nested
        if self.nested:
            made = Nested(self.values, self.trainable)
        else:
            made = (Perceptron if self.model else Parameters)(self.values, self.trainable)
        made = made.to(device).train(self.training)
        if self.stale:
            for parameter in made.parameters():
                parameter.grad = self.stale * (parameter.detach() + 1)
        return made

    def read(self, made: Any) -> Any:
        """Return the parameters as they are now, by name; of a model also its mode, and which of them require a gradient."""
        own = _own_parameters(made)
        values = {name: freeze(own.get(name)) for name in NAMES}
        if not self.model:
            return values
        trainable = [name for name in NAMES if getattr(own.get(name), "requires_grad", False)]
        return {**values, "training": [module.training for module in made.modules()], "trainable": trainable}

    def __str__(self) -> str:
        if self.nested:
            return f"a network of parts{'' if self.training else ' in evaluation mode'}"
        if sum(value.numel() for value in self.values.values()) <= 8:
            return "(" + ", ".join(f"{name} = {_rounded(value.tolist())}" for name, value in self.values.items()) + ")"
        return "(" + ", ".join(f"{name} {tuple(value.shape)}" for name, value in self.values.items()) + ")"


def _own_parameters(made: Any) -> dict[str, Any]:
    if isinstance(made, Nested):
        first, head = made.body["first"], made.head
        return dict(zip(NAMES, (first.kernel, first.offset, head.kernel, head.offset), strict=True))
    return {name: getattr(made, name, None) for name in NAMES}


def _rounded(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(map(_rounded, values)) + "]"
    return f"{values:.6g}"


@dataclass(frozen=True)
class Pairs:
    """Blueprint of minibatches `(X, y)`: a list, or a generator that can be gone through once."""

    batches: tuple[tuple[Tensor, Tensor], ...]
    generator: bool = False

    def cast(self, dtype: torch.dtype) -> Pairs:
        """Return the blueprint with its floating-point tensors rounded to the dtype."""
        rounded = tuple((X.to(dtype), y.to(dtype) if y.is_floating_point() else y) for X, y in self.batches)
        return replace(self, batches=rounded)

    def build(self, device: torch.device) -> Any:
        """Make the list or the generator."""
        pairs = [(X.to(device, copy=True), y.to(device, copy=True)) for X, y in self.batches]
        return _each(pairs) if self.generator else pairs

    def read(self, made: Any) -> Any:
        """Return the batches of a list; a generator is left alone."""
        return None if self.generator else freeze(made)

    def __str__(self) -> str:
        sizes = ", ".join(str(len(y)) for _, y in self.batches)
        return f"{'a generator' if self.generator else 'a list'} of batches of {sizes}"


def _each(pairs: list[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    yield from pairs


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over the examples of half the squared distance."""
    return ((outputs - targets) ** 2).sum(dim=1).mean() / 2


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": F.cross_entropy,
    "squared error": squared_error,
}


@dataclass(frozen=True)
class Loss:
    """Blueprint of a loss, by its name in `LOSSES`: outputs `(n, q)` and targets to the mean over the examples."""

    name: str

    def build(self, device: torch.device) -> Callable[[Tensor, Tensor], Tensor]:
        """Return the function."""
        return LOSSES[self.name]

    def read(self, made: Any) -> str:
        """Return the name."""
        return self.name

    def __str__(self) -> str:
        return self.name

"""Networks as plain data: an `nn.Sequential` described by its layers, built where the answer runs, readable afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from grading.adapters.torch import number_of_hooks


class Witness(nn.Identity):
    """A layer that passes on what it gets and notes whether autograd has recorded how that was made."""

    recorded = False

    def forward(self, X: Tensor) -> Tensor:
        """Return X."""
        self.recorded = self.recorded or X.requires_grad
        return X


_PLAIN: dict[str, Callable[[], nn.Module]] = {
    "ReLU": nn.ReLU,
    "ReLU in place": partial(nn.ReLU, inplace=True),
    "Identity": Witness,
    "Sigmoid": nn.Sigmoid,
    "Tanh": nn.Tanh,
    "Flatten": nn.Flatten,
    "Dropout": nn.Dropout,
}

# The parameters that `build` made, by network: whether they are still the same objects shows after the call.
_first_parameters: WeakKeyDictionary[nn.Module, list[nn.Parameter]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Layer:
    """One child of a network.

    kind: "Linear", "LayerNorm", "Sequential", or a layer without parameters, of those in `_PLAIN`.
    inside: the layers of a Sequential.
    weight: `(fan_out, fan_in)` of a Linear, as PyTorch stores it; `(size,)` of a LayerNorm; None without parameters.
    bias: `(fan_out,)` or `(size,)`, None without one.
    grads: whether the parameters arrive with a gradient, as after a backward pass.
    frozen: whether the parameters require no gradient.
    """

    kind: str
    weight: Tensor | None = None
    bias: Tensor | None = None
    grads: bool = False
    frozen: bool = False
    inside: tuple[Layer, ...] = ()

    def __str__(self) -> str:
        if self.inside:
            return f"Sequential({', '.join(map(str, self.inside))})"
        if self.kind == "ReLU in place":
            return "ReLU(inplace=True)"
        if self.weight is None:
            return self.kind
        if self.kind == "LayerNorm":
            return f"LayerNorm({len(self.weight)})"
        fan_out, fan_in = self.weight.shape
        return f"Linear({fan_in}, {fan_out}{'' if self.bias is not None else ', bias=False'})"

    def cast(self, dtype: torch.dtype) -> Layer:
        """Return the layer with its parameters rounded to the dtype."""
        weight = None if self.weight is None else self.weight.to(dtype)
        inside = tuple(layer.cast(dtype) for layer in self.inside)
        return replace(self, weight=weight, bias=None if self.bias is None else self.bias.to(dtype), inside=inside)

    def build(self, device: torch.device) -> nn.Module:
        """Make the module on the device. Draws no random numbers."""
        if self.inside:
            return nn.Sequential(*(layer.build(device) for layer in self.inside))
        if self.weight is None:
            return _PLAIN[self.kind]()
        module: nn.Module
        if self.kind == "LayerNorm":
            module = nn.LayerNorm(len(self.weight), bias=self.bias is not None, device="meta")
        else:
            fan_out, fan_in = self.weight.shape
            module = nn.Linear(fan_in, fan_out, bias=self.bias is not None, device="meta")
        for name, value in (("weight", self.weight), ("bias", self.bias)):
            if value is None:
                continue
            parameter = nn.Parameter(value.to(device, copy=True), requires_grad=not self.frozen)
            if self.grads:
                parameter.grad = torch.full_like(parameter, 0.25)
            setattr(module, name, parameter)
        return module


@dataclass(frozen=True)
class Network:
    """An `nn.Sequential` of these layers, in training mode or not."""

    layers: tuple[Layer, ...]
    training: bool = True

    def __str__(self) -> str:
        return f"Sequential({', '.join(map(str, self.layers))})"

    def cast(self, dtype: torch.dtype) -> Network:
        """Return the network with its parameters rounded to the dtype."""
        return replace(self, layers=tuple(layer.cast(dtype) for layer in self.layers))

    def build(self, device: torch.device) -> nn.Sequential:
        """Make the network on the device."""
        net = nn.Sequential(*(layer.build(device) for layer in self.layers)).train(self.training)
        _first_parameters[net] = list(net.parameters())
        return net

    def read(self, made: Any) -> Any:
        """Return the state of the network that `build` made.

        A dict with `training`, `kinds`, `hooks` (their number), `same_parameters`, `recorded`, whether autograd was seen to record, and
        `layers`: for each child a dict with its `training` and, by name of parameter, `value`, `grad`, `requires_grad` and `leaf`.
        """
        first = _first_parameters.get(made, [])
        current = list(made.parameters())
        return {
            "training": made.training,
            "kinds": [_kind(child) for child in made],
            "recorded": any(child.recorded for child in made if isinstance(child, Witness)),
            "hooks": sum(map(number_of_hooks, made.modules())),
            "same_parameters": len(first) == len(current) and all(a is b for a, b in zip(first, current, strict=True)),
            "layers": [{"training": child.training, **_parameters(child)} for child in made],
        }


def _kind(module: nn.Module) -> str:
    if isinstance(module, Witness):
        return "Identity"
    return "ReLU in place" if isinstance(module, nn.ReLU) and module.inplace else type(module).__name__


def _parameters(module: nn.Module) -> dict[str, Any]:
    return {
        name: {
            "value": parameter,
            "grad": parameter.grad,
            "requires_grad": parameter.requires_grad,
            "leaf": parameter.is_leaf,
        }
        for name, parameter in module.named_parameters()
    }

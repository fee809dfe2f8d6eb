"""What is done with what a learner's function returned, beside it, before the result is written down as plain data.

Some properties cannot be judged from plain data: the gradient of what was returned, or how well a returned network
learns. A step makes plain data of them where the objects are. Others are in `repeats` and `training`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode, resolve_name

from grading.probe.gradients import gradients_of


@dataclass(frozen=True)
class WithGradient:
    """Differentiate the returned scalar by one of the arguments.

    The result is a dict with `value` and `gradient`; anything but a scalar tensor is returned unchanged. A value that does
    not depend on the argument has the gradient 0.
    """

    by: str

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function and differentiate."""
        X = arguments[self.by].requires_grad_(True)
        value = function(*arguments.values())
        if not isinstance(value, Tensor) or value.dim():
            return value
        gradient = None
        if value.requires_grad:
            (gradient,) = torch.autograd.grad(value, X, allow_unused=True, retain_graph=True)
        return {"value": value, "gradient": torch.zeros_like(X) if gradient is None else gradient}


@dataclass(frozen=True)
class WithGradients:
    """Differentiate the sum of the returned tensor by the parameters of a module among the arguments, or by every tensor.

    The result is a dict with `value`, `gradients`, by the name of an argument or of a module's parameter, None where autograd does
    not get to, and `overflow`, whether something on the way was not finite. Anything but a tensor is returned unchanged.
    """

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function and differentiate."""
        leaves = _leaves(arguments)
        overflow = _Overflow()
        with overflow:
            value = function(*arguments.values())
        if not isinstance(value, Tensor) or not value.is_floating_point():
            return value
        gradients = dict(zip(leaves, gradients_of(value, list(leaves.values())), strict=True))
        return {"value": value, "gradients": gradients, "overflow": overflow.seen}


def _leaves(arguments: Mapping[str, Any]) -> dict[str, Tensor]:
    for argument in arguments.values():
        if isinstance(argument, nn.Module):
            return {name: one for name, one in argument.named_parameters() if one.requires_grad}
    tensors = {name: one for name, one in arguments.items() if isinstance(one, Tensor) and one.is_floating_point()}
    return {name: one.requires_grad_(True) for name, one in tensors.items()}


class _Overflow(TorchFunctionMode):
    """Notes whether an operation gave something that is not finite, from what is; room that is not filled yet does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not self.seen and isinstance(result, Tensor) and result.is_floating_point():
            taken = [one for one in (*args, *(kwargs or {}).values()) if isinstance(one, Tensor)]
            self.seen = not _finite(result) and bool(taken) and all(map(_finite, taken)) and not _makes_room(func)
        return result


def _finite(tensor: Tensor) -> bool:
    return bool(torch.isfinite(tensor.detach()).all())


def _makes_room(func: Any) -> bool:
    return any(word in (resolve_name(func) or "") for word in ("empty", "full", "fill"))

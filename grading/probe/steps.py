"""What is done with what a learner's function returned, beside it, before the result is written down as plain data.

Some properties cannot be judged from plain data: the gradient of what was returned, or how well a returned network
learns. A step makes plain data of them where the objects are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from grading.probe.call import Call, Observation
from grading.probe.observe import observe


class Step(Protocol):
    """A way to call a function and to go on with what it returned; itself plain data."""

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function with the arguments, in their order, and return plain data."""


@dataclass(frozen=True)
class SteppedCall(Call):
    """A call that goes on with `step`."""

    step: Step | None = None


def observe_step(function: Callable[..., Any], call: SteppedCall) -> Observation:
    """Call the function once, go on with the step, and return what happened."""
    if call.step is None:
        return observe(function, call)
    return observe(_Stepped(function, call.step, tuple(call.arguments), call.device), call)


@dataclass(frozen=True)
class _Stepped:
    function: Callable[..., Any]
    step: Step
    names: tuple[str, ...]
    device: torch.device

    def __call__(self, *values: Any) -> Any:
        return self.step.carry_out(self.function, dict(zip(self.names, values, strict=True)), self.device)


@dataclass(frozen=True)
class WithGradient:
    """Differentiate the returned scalar by one of the arguments.

    The result is a dict with `value` and `gradient`; what is no scalar tensor is returned as it is. A value that does
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

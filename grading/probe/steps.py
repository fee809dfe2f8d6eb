"""What is done with what a learner's function returned, beside it, before the result is written down as plain data.

Some properties cannot be judged from plain data: the gradient of what was returned, or how well a returned network
learns. A step makes plain data of them where the objects are. Others are in `repeats` and `training`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


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

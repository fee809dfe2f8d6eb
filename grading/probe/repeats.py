"""Call a sampler many times in one go: that many single calls would cost more than the draws themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Repeated:
    """A step that calls the function `count` times with the same arguments.

    The result is a dict with `draws`, the tensors stacked, and `fresh`, whether each has memory of its own; or the first
    value that is not a tensor like the others, unchanged.
    """

    count: int

    def carry_out(self, function: Callable[..., Any], arguments: Mapping[str, Any], device: torch.device) -> Any:
        """Call the function again and again."""
        draws: list[Tensor] = []
        for _ in range(self.count):
            value = function(*arguments.values())
            if not isinstance(value, Tensor) or (
                draws and (value.shape, value.dtype) != (draws[0].shape, draws[0].dtype)
            ):
                return value
            draws.append(value.detach())
        # All of them are alive, so two that lie in the same place are the same memory.
        places = {draw.data_ptr() for draw in draws}
        return {"draws": torch.stack(draws), "fresh": len(places) == len(draws)}

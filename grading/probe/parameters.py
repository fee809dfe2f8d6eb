"""Parameters as a training step meets them: leaf tensors that require a gradient, in a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class LeafParameters:
    """A dict of parameters, described by their values.

    After the call, `read` tells the values and which parameters still are leaf tensors that require a gradient.
    """

    values: Mapping[str, Tensor]

    def build(self, device: torch.device) -> dict[str, Tensor]:
        """Make the parameters on the device."""
        return {name: value.to(device).clone().requires_grad_(True) for name, value in self.values.items()}

    def read(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values, and `trainable` by name."""
        tensors = {name: value for name, value in made.items() if isinstance(value, Tensor)}
        trainable = {name: value.is_leaf and value.requires_grad for name, value in tensors.items()}
        return {"values": {name: value.detach() for name, value in tensors.items()}, "trainable": trainable}

    def cast(self, dtype: torch.dtype) -> LeafParameters:
        """Return the parameters rounded to the dtype."""
        return LeafParameters({name: value.to(dtype) for name, value in self.values.items()})

    def __str__(self) -> str:
        return "{" + ", ".join(f"{name} {tuple(value.shape)}" for name, value in self.values.items()) + "}"

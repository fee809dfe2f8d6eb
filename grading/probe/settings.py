"""Torch's settings around a call: as they were before, and which of them the call has left otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grading.probe.device_audit import tensors_in

GRADIENTS_OFF = "gradients are switched off"
DTYPE = "another default dtype is set"
DEVICE = "another default device is set"
DETERMINISM = "deterministic algorithms are switched"
FROZEN = "tensors that required a gradient no longer do"

# What a call may leave behind, in words for whoever wrote it.
LEFTOVERS = frozenset({GRADIENTS_OFF, DTYPE, DEVICE, DETERMINISM, FROZEN})


class Settings:
    """Torch's settings as they were: a function that changes them must not change how it is judged."""

    def __init__(self) -> None:
        self.dtype, self.device = torch.get_default_dtype(), _default_device()
        self.deterministic = torch.get_deterministic_debug_mode()

    def prepare(self) -> None:
        """Prepare for a call.

        `torch.empty` then gives NaN in place of what happens to lie in memory, which is what a function that relies on it
        deserves: that is a part of PyTorch's deterministic mode.
        """
        torch.set_deterministic_debug_mode("warn")
        torch.set_grad_enabled(True)

    def left(self) -> frozenset[str]:
        """Return what a call has left otherwise than `prepare` did."""
        changed = {
            GRADIENTS_OFF: not torch.is_grad_enabled(),
            DTYPE: torch.get_default_dtype() is not self.dtype,
            DEVICE: _default_device() != self.device,
            DETERMINISM: torch.get_deterministic_debug_mode() != 1,
        }
        return frozenset(what for what, is_so in changed.items() if is_so)

    def restore(self) -> None:
        """Put them back after a call."""
        torch.set_default_dtype(self.dtype)
        if _default_device() != self.device:
            torch.set_default_device(None if self.device is None or self.device.type == "cpu" else self.device)
        torch.set_deterministic_debug_mode(self.deterministic)
        torch.set_grad_enabled(True)


def _default_device() -> torch.device | None:
    """Return where new tensors are made; None if that is a device that is not there.

    A new tensor shows it at a tenth of the price of asking for it.
    """
    try:
        return torch.empty(0).device
    except (RuntimeError, AssertionError):  # how PyTorch says so depends on the kind of device
        return None


class Trained:
    """The tensors among the arguments of a call that require a gradient; it has to leave them so."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._tensors = [tensor for tensor in tensors_in(arguments) if tensor.requires_grad]

    def left(self) -> frozenset[str]:
        """Say so if some of them no longer do."""
        return frozenset() if all(tensor.requires_grad for tensor in self._tensors) else frozenset({FROZEN})

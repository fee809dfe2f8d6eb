"""On which device a model is trained, and what to say where the one that was asked for is missing."""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch import Tensor, nn

from grading.device import default_device, require_device

_NO_GPU = "num_gpus={}, but PyTorch finds no GPU here: this trains on the CPU."
_IN_COLAB = " Colab has one under Runtime > Change runtime type > T4 GPU; the notebook then starts anew, so run all cells again."


def chosen_device(model: Any, device: torch.device | str | None, num_gpus: int | None) -> torch.device:
    """Return the device to train on: `device` if given; the CPU where `num_gpus` is 0; else that of `default_device()`.

    A model that keeps what it learns in plain tensors stays on the CPU unless told otherwise: it cannot be moved.
    """
    if device is not None:
        return require_device(device)
    if num_gpus == 0 or (num_gpus is None and not can_be_moved(model)):
        return torch.device("cpu")
    return default_device()


def can_be_moved(model: Any) -> bool:
    """Return whether `model.to` moves all that the model learns; d2l's earliest models hold tensors instead of parameters."""
    if not isinstance(model, nn.Module):
        return False
    attributes = [value for module in model.modules() for value in vars(module).values()]
    return not any(isinstance(value, Tensor) and value.requires_grad for value in attributes)


def missing_gpu(device: torch.device, num_gpus: int | None) -> str:
    """Return the sentence for who asked for GPUs and trains on the CPU; "" for everybody else."""
    if not num_gpus or device.type != "cpu":
        return ""
    return _NO_GPU.format(num_gpus) + (_IN_COLAB if "google.colab" in sys.modules else "")

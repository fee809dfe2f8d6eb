"""Which device the checks and the lessons run on: cuda, then mps, then cpu, or what `$MLP_COURSE_DEVICE` says."""

from __future__ import annotations

import os

import torch

from grading.errors import CourseError

__all__ = ["DEVICE_VARIABLE", "default_device", "require_device"]

# The environment variable that names the device: "cpu", "cuda", "cuda:1" or "mps".
DEVICE_VARIABLE = "MLP_COURSE_DEVICE"


def default_device() -> torch.device:
    """Return the device of the checks: `$MLP_COURSE_DEVICE` if set, else cuda, else mps, else cpu.

    Raises CourseError if the variable names a device that this machine does not have.
    """
    wanted = os.environ.get(DEVICE_VARIABLE)
    if wanted:
        return require_device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def require_device(name: str | torch.device) -> torch.device:
    """Return the device of that name. Raises CourseError if there is no such device here."""
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise CourseError(
            f"the device {str(name)!r} cannot be used here ({reason}); set {DEVICE_VARIABLE}=cpu or leave it unset"
        ) from error
    return device

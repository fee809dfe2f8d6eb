"""How far float arithmetic may lie from the truth, by dtype and device; and arithmetic without a session's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

# Half precision is compared by absolute differences: with so few digits, relative ones say little.
_FLOORS = {torch.float16: 6e-3, torch.bfloat16: 5e-2}
# How many units in the last place one operation of a reduction may contribute; 8 covers exp and log as well as sums.
_ULPS = 8.0


def supports(device: torch.device, dtype: torch.dtype) -> bool:
    """Tell whether the device has the dtype; MPS has no float64."""
    return not (device.type == "mps" and dtype is torch.float64)


def tolerance(dtype: torch.dtype, reduction: int, scale: float) -> float:
    """Return the largest absolute error that rounding can explain.

    A sum of k terms of dtype with unit round-off u is wrong by at most about k u times the size of its terms (Higham,
    *Accuracy and Stability of Numerical Algorithms*, section 3.1). `reduction` is that k over the whole function, `scale`
    the size of the largest value in play.
    """
    if not dtype.is_floating_point:
        return 0.0
    bound = _ULPS * max(reduction, 1) * torch.finfo(dtype).eps * max(scale, 1.0)
    return float(max(bound, _FLOORS.get(dtype, 0.0) * max(scale, 1.0)))


@contextmanager
def full_precision() -> Iterator[None]:
    """Let a session's settings have no influence within: reduced precision, default dtype and device, inference mode."""
    default = torch.get_default_dtype()
    with ExitStack() as stack:
        stack.enter_context(_exact_products())
        stack.enter_context(torch.inference_mode(False))
        for kind in ("cpu", "cuda"):
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        # Entering a device costs time at every call, so only where the session has set another one.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(default)


@contextmanager
def _exact_products() -> Iterator[None]:
    """Switch off TF32 and bfloat16 in products of float32 matrices, and restore the session's own setting.

    PyTorch 2.9 has a setting for each backend, and the older ones raise in a session that has used it.
    """
    if not hasattr(torch.backends, "fp32_precision"):
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        try:
            yield
        finally:
            torch.set_float32_matmul_precision(before)
        return
    backends: Any = torch.backends
    products = (backends.cuda.matmul, backends.mkldnn.matmul)
    reduced = [(one, one.fp32_precision) for one in products if one.fp32_precision not in ("none", "ieee")]
    for one, _ in reduced:
        one.fp32_precision = "ieee"
    try:
        yield
    finally:
        for one, own in reduced:
            one.fp32_precision = "none" if backends.fp32_precision == own else own  # "none" follows the common one

"""How what came back is read, for several contracts."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from tests.corpus.oracle import Happened


def single_loss(happened: Happened) -> list[Any]:
    if not isinstance(happened.value, Tensor):
        raise TypeError("no tensor")
    return [happened.value]


def read_number(happened: Happened) -> list[Any]:
    value = happened.value
    return [value.reshape(()) if isinstance(value, np.ndarray) and value.ndim == 0 else value]

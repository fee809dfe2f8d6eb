"""Random numbers that a seed decides, and that leave everybody else's as they were."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


class RandomState:
    """The state of every generator that training may draw from: begins at a seed and goes on where it was left.

    Without a seed it is everybody's state, and `active` changes nothing.
    """

    def __init__(self, seed: int | None) -> None:
        self._seed = seed
        self._kept: tuple[Any, ...] | None = None

    @contextmanager
    def active(self, device: torch.device) -> Iterator[None]:
        """Draw from this state within, and from everybody's afterwards. On mps only the CPU's is put back."""
        if self._seed is None:
            yield
            return
        before = _states(device)
        if self._kept is None:
            _begin(self._seed)
        else:
            _put(device, self._kept)
        try:
            yield
        finally:
            self._kept = _states(device)
            _put(device, before)


def _begin(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def _states(device: torch.device) -> tuple[Any, ...]:
    cuda = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    return random.getstate(), np.random.get_state(), torch.get_rng_state(), cuda


def _put(device: torch.device, states: tuple[Any, ...]) -> None:
    python, numpy, cpu, cuda = states
    random.setstate(python)
    np.random.set_state(numpy)
    torch.set_rng_state(cpu)
    if cuda is not None:
        torch.cuda.set_rng_state(cuda, device)

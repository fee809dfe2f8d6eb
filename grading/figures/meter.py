"""A meter of memory: how many bytes of tensors are alive after each operation of a training step or a prediction."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from grading.adapters.torch import DispatchMode


class MemoryMeter(DispatchMode):
    """Counts the bytes of all tensors that are made within and still alive, after each operation.

    known: tensors that exist before and do not count.
    """

    def __init__(self, known: tuple[Tensor, ...]) -> None:
        super().__init__()
        # The size of each block of memory, by its address.
        self._alive = {tensor.untyped_storage().data_ptr(): 0 for tensor in known}
        self.history = [0]

    def __torch_dispatch__(
        self, op: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Carry out one operation and note what is alive after it."""
        result = op(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                address = storage.data_ptr()
                if address not in self._alive:
                    self._alive[address] = storage.nbytes()
                    weakref.finalize(storage, self._alive.pop, address)
        self.history.append(sum(self._alive.values()))
        return result


def bytes_alive(width: int, examples: int, depth: int, training: bool) -> list[int]:
    """Return the bytes alive after each operation of one training step, or one prediction, of a network of ReLU layers."""
    layers = [layer for _ in range(depth) for layer in (nn.Linear(width, width), nn.ReLU())]
    net, X = nn.Sequential(*layers, nn.Linear(width, 1)), torch.ones(examples, width)
    meter = MemoryMeter((X, *net.parameters()))
    with meter, torch.set_grad_enabled(training):
        output = net(X)
        if training:
            output.square().mean().backward()
    return meter.history

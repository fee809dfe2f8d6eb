"""Compute what a network makes of its images before it learns anything once, instead of in every epoch.

A part without parameters and buffers that stands at the entrance of a network (edges, histograms, anything that is counted in
the image) gives the same for the same image again and again. While the network is trained, its outputs are taken from a
table. A part that is not what it seems, because it draws random numbers, keeps something, or looks at more than one image
at a time, is left alone; and at the beginning of every epoch each part is asked once more.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from grading.adapters.torch import has_forward_hooks, has_global_forward_hooks

# What the tables may take, in bytes.
_MOST_BYTES = 2**25
# Rounding depends on how many numbers are computed at a time; agreement is asked for up to this share.
_SHARE = 1e-5
_AT_A_TIME = 200
# Whether a part looks at more than one image at a time is known from its table; a change shows with a few.
_ASKED_AGAIN = 20


class Changed(Exception):
    """A part that was taken for a fixed one gave something else for the same images."""


@dataclass
class _Part:
    """A fixed part of a network, its own `forward`, and its outputs for all images."""

    module: nn.Module
    forward: Callable[..., Any]
    table: Tensor


@dataclass
class Memory:
    """What the fixed parts of one network say about the training images."""

    images: Tensor
    parts: list[_Part] = field(default_factory=list)
    batch: Tensor | None = None
    chosen: Tensor | None = None

    def take(self, chosen: Tensor) -> Tensor:
        """Return a batch of the images by their numbers; until the next one, it is the one whose outputs are known."""
        self.chosen, self.batch = chosen, self.images.index_select(0, chosen)
        return self.batch

    def look_again(self) -> None:
        """Ask every part about some images of the current batch. Raises Changed if it says something else than before."""
        if self.batch is None or self.chosen is None:
            return
        few, numbers = self.batch[:_ASKED_AGAIN], self.chosen[:_ASKED_AGAIN]
        for part in self.parts:
            with torch.no_grad():
                if not _agree(part.forward(few), part.table[numbers]):
                    raise Changed

    def remember(self, part: _Part) -> None:
        """Have a part answer from its table from now on."""

        def forward(*inputs: Any, **named: Any) -> Any:
            asked = len(inputs) == 1 and not named and inputs[0] is self.batch and part.module.training
            if asked and self.chosen is not None:
                return part.table.index_select(0, self.chosen)
            return part.forward(*inputs, **named)

        part.module.forward = forward
        self.parts.append(part)


def remembered(net: nn.Module, images: Tensor, batch_size: int) -> Memory:
    """Return a memory of the network's fixed parts, which answer from it for batches that were taken from it.

    The state of the network and of all generators of random numbers stays as it is.
    """
    memory = Memory(images)
    if has_global_forward_hooks():
        return memory
    # What fails here fails in the training as well, which says so.
    with _untouched(images.device), suppress(Exception):
        for name in _entrances(net, images[:batch_size]):
            module = net.get_submodule(name)
            table = _table(module, images, batch_size)
            if table is not None:
                memory.remember(_Part(module, module.forward, table))
    return memory


def _entrances(net: nn.Module, batch: Tensor) -> list[str]:
    """Return the names of the outermost parts without state that a forward pass calls with the batch itself, each once."""
    trial = copy.deepcopy(net).train()
    calls: dict[str, list[bool]] = {}
    for name, module in trial.named_modules():
        if not name or any(name.startswith(f"{outer}.") for outer in calls) or not _is_stateless(module):
            continue
        calls[name] = []
        _watch(module, batch, calls[name])
    with torch.no_grad():
        trial(batch)
    return [name for name, found in calls.items() if found == [True]]


def _watch(module: nn.Module, batch: Tensor, calls: list[bool]) -> None:
    own = module.forward

    def forward(*inputs: Any, **named: Any) -> Any:
        calls.append(len(inputs) == 1 and not named and inputs[0] is batch)
        return own(*inputs, **named)

    module.forward = forward


def _is_stateless(module: nn.Module) -> bool:
    if isinstance(module, torch.jit.ScriptModule) or next(module.parameters(), None) is not None:
        return False
    return next(module.buffers(), None) is None and not any(map(has_forward_hooks, module.modules()))


def _table(module: nn.Module, images: Tensor, batch_size: int) -> Tensor | None:
    """Return what a part says about every image, or None if that depends on anything but the image."""
    few = images[:batch_size]
    module.train()
    before, numbers = _attributes(module), _states()
    with torch.no_grad():
        first = module(few)
        if not _is_ordinary(first, few) or first[0].numel() * first.element_size() * len(images) > _MOST_BYTES:
            return None
        table = torch.cat([module(part) for part in images.split(_AT_A_TIME)])
        alone = module(few[:1])
    if not _agree(first, table[:batch_size]) or not _agree(alone, table[:1]):
        return None
    return table if _same(before, _attributes(module)) and _same(numbers, _states()) else None


def _is_ordinary(output: Any, batch: Tensor) -> bool:
    """Tell whether an output is a tensor of one row for each image that is worth keeping: no view of the images."""
    return (
        type(output) is Tensor
        and output.dim() > 1
        and len(output) == len(batch)
        and not output.requires_grad
        and output.untyped_storage().data_ptr() != batch.untyped_storage().data_ptr()
    )


def _agree(output: Any, known: Tensor) -> bool:
    if type(output) is not Tensor or output.shape != known.shape or output.dtype != known.dtype:
        return False
    largest = known.abs().max()
    return bool(torch.isfinite(largest)) and bool((output - known).abs().max() <= _SHARE * largest)


def _attributes(module: nn.Module) -> list[Any]:
    return [value for part in module.modules() for item in vars(part).items() for value in item]


def _states() -> list[Any]:
    """Return the states of the generators that everyone shares, in a form that can be compared."""
    numpys = np.random.get_state(legacy=False)
    states: list[Any] = [
        random.getstate(),
        repr(numpys),
        numpys["state"]["key"].tobytes(),
        torch.get_rng_state().numpy().tobytes(),
    ]
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states += [bytes(state.numpy()) for state in torch.cuda.get_rng_state_all()]
    return states


def _same(before: list[Any], after: list[Any]) -> bool:
    """Tell whether two lists hold the same objects, or plain data that is equal."""
    plain = (bool, int, float, str, bytes, tuple)
    return len(before) == len(after) and all(
        a is b or (type(a) is type(b) and isinstance(a, plain) and a == b) for a, b in zip(before, after, strict=True)
    )


@contextmanager
def _untouched(device: torch.device) -> Iterator[None]:
    """Give the shared generators their states back at the end."""
    own, numpys = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            yield
        finally:
            random.setstate(own)
            np.random.set_state(numpys)

"""What the contracts of this lesson share."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from tests.corpus.oracle import Arguments, Contract, Source

ALL_DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def any_shape(source: Source) -> Arguments:
    shape = tuple(source.sizes(int(source.g.integers(0, 4))))
    if not source.plain and source.chance(0.1):
        shape = (0, 3)
    if source.plain:
        return {"X": source.values(*shape, scale=3.0)}
    if source.chance(0.3):
        return {"X": source.extremes(*shape)}
    # Near the kink as well, where a bend in the wrong place shows.
    scale = 3.0 * 10.0 ** -int(source.g.integers(1, 8)) if source.chance(0.3) else 3.0
    return {"X": source.values(*shape, scale=scale)}


def elementwise(function: Callable[[Tensor], Tensor], *, connected: int = 0) -> Contract:
    return Contract(any_shape, (lambda a: [function(a["X"])],), dtypes=ALL_DTYPES, connected=connected)

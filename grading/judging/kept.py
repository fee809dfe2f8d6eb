"""What does not depend on the answer is found once: inputs, truths, and what known mistakes give for them.

A class is asked the same questions, so the second judgement of an exercise with the same seed takes half of the time of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_kept: list[Any] = []


def kept(most: int) -> Callable[[Function], Function]:
    """Have a pure function keep its last `most` results, by arguments that can be hashed; nobody may write to them."""

    def keep(function: Function) -> Function:
        cached = lru_cache(maxsize=most)(function)
        _kept.append(cached)
        return cached  # type: ignore[return-value]  # the wrapper is called in the same way

    return keep


def forget() -> None:
    """Forget everything that is kept, so that the next judgement takes as long as the first one in a session."""
    for function in _kept:
        function.cache_clear()

"""What does not depend on the answer is found once: inputs, truths, and what known mistakes give for them.

A class gets the same inputs, so the second judgement of an exercise with the same seed takes half of the time of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_caches: list[Any] = []


def cached(most: int) -> Callable[[Function], Function]:
    """Have a pure function remember its last `most` results, by arguments that can be hashed; nobody may write to them."""

    def keep(function: Function) -> Function:
        wrapped = lru_cache(maxsize=most)(function)
        _caches.append(wrapped)
        return wrapped  # type: ignore[return-value]  # the wrapper is called in the same way

    return keep


def forget() -> None:
    """Empty all caches, so that the next judgement takes as long as the first one in a session."""
    for function in _caches:
        function.cache_clear()

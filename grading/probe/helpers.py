"""Earlier functions of a lesson that an answer calls: found in its code, and exchanged for right ones while some calls are made.

In grading, the right ones have no code: each call of theirs is a question to the other end of the connection. What they do on the
way happens in a thread of its own, where nobody watches which operations are called.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

import torch

from grading.probe.device_audit import tensors_in
from grading.probe.freeze import freeze
from grading.probe.stub import code_of

# How many functions of a learner's are looked through for the names of others.
_MOST_CODES = 200


@dataclass(frozen=True)
class Substitution:
    """What the judge asks for before a second try: right values in place of these functions, where the answer calls them."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A call of such a function, as plain data; comes back in place of what was observed."""

    name: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]


@dataclass(frozen=True)
class RightValue:
    """What a right function returns.

    value: nested plain data. slope: the derivative of each element by the same element of the first tensor given, where that says
    all that autograd needs; None elsewhere. refused: why there is no value, or "".
    """

    value: Any = None
    slope: torch.Tensor | None = None
    refused: str = ""


def called_by(function: Any, names: Collection[str]) -> tuple[str, ...]:
    """Return which of these names stand in the code of a function, or of others beside it that it calls, in their order."""
    namespace = getattr(function, "__globals__", {})
    there = {name: namespace[name] for name in names if name in namespace}
    known = {**_names_of(there, namespace), **{name: name for name in names}}
    waiting, found = [code_of(function)], set()
    seen: set[CodeType] = set()
    while waiting and len(seen) < _MOST_CODES:
        code = waiting.pop()
        if code is None or code in seen:
            continue
        seen.add(code)
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
        for name in code.co_names:
            if name in known:
                found.add(known[name])
            elif isinstance(other := namespace.get(name), FunctionType) and other.__globals__ is namespace:
                waiting.append(other.__code__)
    return tuple(name for name in names if name in found)


def _names_of(originals: Mapping[str, Any], namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return all names that these functions have in a namespace, each with the one it was asked for by."""
    return {
        key: name
        for name, one in originals.items()
        for key, value in namespace.items()
        if key == name or (value is one and callable(one))  # `None` is what other names have, too
    }


@contextmanager
def exchanged(function: Any, right: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put right functions in the place of an answer's helpers, under whatever names its globals have for them, and take them out again."""
    namespace = getattr(function, "__globals__", {})
    originals = {name: namespace[name] for name in right if name in namespace}
    changes = {key: right[name] for key, name in _names_of(originals, namespace).items()}
    changes |= {name: one for name, one in right.items() if name not in namespace}
    before = {key: namespace[key] for key in changes if key in namespace}
    namespace.update(changes)
    try:
        yield
    finally:
        for key in changes:
            namespace.pop(key, None)
        namespace.update(before)


def standing_in(name: str, ask: Callable[[Question], RightValue]) -> Callable[..., Any]:
    """Return a function that asks for its values; it raises ValueError where it gets none."""

    def right(*arguments: Any, **named: Any) -> Any:
        return _unwatched(lambda: _asked(name, ask, arguments, named))

    right.__name__ = right.__qualname__ = name
    return right


def _asked(
    name: str, ask: Callable[[Question], RightValue], arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> Any:
    given = ask(Question(name, freeze(arguments), freeze(dict(named))))
    if given.refused:
        raise ValueError(given.refused)
    x = next(tensors_in((arguments, named)), None)
    if x is None:
        return given.value
    value = _moved(given.value, x.device)
    if given.slope is None or not x.requires_grad:
        return value
    # The value as it is, with a path back for autograd.
    return value + given.slope.to(x.device) * (x - x.detach())


def _moved(tree: Any, device: torch.device) -> Any:
    if isinstance(tree, torch.Tensor):
        return tree.to(device)
    if isinstance(tree, Mapping):
        return {key: _moved(branch, device) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_moved(branch, device) for branch in tree)
    return tree


def _unwatched(work: Callable[[], Any]) -> Any:
    """Do some work in a thread of its own: modes and hooks that note what an answer calls belong to the answer's thread."""
    done: list[Any] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]

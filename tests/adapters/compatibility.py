"""Hold what an adapter says it uses of a library against the library that is installed."""

from __future__ import annotations

import dis
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType
from typing import Any

from packaging.version import Version
from traitlets import ObserveHandler, TraitType

from grading.adapters.names import Kind, Name


class _Gone(Exception):
    """A library has not got what an adapter uses of it; the message completes "nbclient 0.11 has …"."""


def complaint(name: Name, adapter: str) -> str:
    """Return in one sentence what is wrong with a name, and who uses it for what; "" if it is there as it should be."""
    library = name.module.partition(".")[0]
    installed = version(library)
    if name.since and Version(installed) < Version(name.since):
        return ""
    try:
        _look(name)
    except _Gone as gone:
        return f"{library} {installed} has {gone}, which {adapter} uses for {name.use}"
    return ""


def _look(name: Name) -> None:
    if name.kind is Kind.MODULE and not name.path:
        if not _is_module(name.module):
            raise _Gone(f"no module {name.module}")
        return
    if not _is_module(name.module):
        raise _Gone(f"no {name.path}, for there is no module {name.module}")
    owner: Any = importlib.import_module(name.module)
    *way, last = name.path.split(".")
    for step in way:
        owner = _found(owner, step, name)
    if name.kind is Kind.FIELD:
        if not isinstance(owner, type) or last not in set(fields(owner)):
            raise _Gone(f"no {name.path}")
        return
    found = _found(owner, last, name)
    if not _is_of_kind(found, owner, last, name.kind):
        raise _Gone(f"no {name.path} that is {name.kind.value}")
    if name.kind in (Kind.FUNCTION, Kind.COROUTINE) and last != "__wrapped__":
        _compare_parameters(name, found, _takes_self(owner, last, found))


def _takes_self(owner: Any, last: str, found: Any) -> bool:
    """Tell whether a function of a class takes the instance first."""
    plain = isinstance(owner, type) and not inspect.ismethod(found)
    return plain and not isinstance(inspect.getattr_static(owner, last), staticmethod)


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def _found(owner: Any, step: str, name: Name) -> Any:
    # Of a class, not what its own class would answer: every class can be called.
    if isinstance(owner, type) and not any(step in vars(one) for one in owner.__mro__):
        raise _Gone(f"no {name.path}")
    try:
        return getattr(owner, step)
    except AttributeError:
        raise _Gone(f"no {name.path}") from None


def _is_of_kind(found: Any, owner: Any, last: str, kind: Kind) -> bool:
    if kind is Kind.PROPERTY:
        return inspect.isdatadescriptor(inspect.getattr_static(owner, last))
    return {
        Kind.MODULE: isinstance(found, ModuleType),
        Kind.CLASS: isinstance(found, type),
        Kind.FUNCTION: callable(found) and not isinstance(found, type),
        Kind.COROUTINE: inspect.iscoroutinefunction(inspect.unwrap(found)) if callable(found) else False,
        Kind.TRAIT: isinstance(found, TraitType),
        Kind.OBSERVER: isinstance(found, ObserveHandler),
        Kind.VALUE: True,
    }[kind]


def _compare_parameters(name: Name, found: Any, bound_later: bool) -> None:
    """Raise unless a call with the parameters that are declared can be made: the ones after `*` by name, the others either way."""
    there = list(inspect.signature(found).parameters.values())[1 if bound_later else 0 :]
    any_number = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = [one for one in there if one.kind not in any_number]
    mark = name.parameters.index("*") if "*" in name.parameters else len(name.parameters)
    by_position, by_name = name.parameters[:mark], name.parameters[mark + 1 :]
    required = {one.name for one in named if one.default is inspect.Parameter.empty}
    fits = (
        tuple(one.name for one in named[: len(by_position)]) == by_position
        and set(by_name) <= {one.name for one in named}
        and required <= {*by_position, *by_name}
    )
    if not fits:
        plain = inspect.Signature([one.replace(annotation=inspect.Parameter.empty) for one in there])
        raise _Gone(f"{name.path} with the parameters {plain}, no more with ({', '.join(name.parameters)})")


def fields(owner: type) -> Iterator[str]:
    """Yield the names that a class, or one that it extends, declares for its instances, or uses as theirs in a method."""
    for one in owner.__mro__:
        yield from vars(one).get("__annotations__", {})
        for member in vars(one).values():
            if isinstance(function := inspect.unwrap(getattr(member, "__func__", member)), FunctionType):
                yield from _used_of_itself(function.__code__)


def _used_of_itself(code: CodeType) -> Iterator[str]:
    """Yield the attributes that a method stores, or asks `self` for; by a statement, or by `__setattr__` with a name in quotes."""
    steps = list(dis.get_instructions(code))
    for before, step in pairwise(steps):
        asks = step.opname == "LOAD_ATTR" and before.opname.startswith("LOAD_FAST") and "self" in str(before.argval)
        if step.opname == "STORE_ATTR" or asks:
            yield step.argval
    if "__setattr__" in code.co_names:
        yield from (constant for constant in code.co_consts if isinstance(constant, str))

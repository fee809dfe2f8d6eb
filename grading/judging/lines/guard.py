"""What may be run again with an edit in it: a function that computes, and does nothing else.

An edit is nobody's intention, so only what is known to be harmless is let through, by the syntax of the function and of those that
it calls, and by what their names stand for. Files, processes, input, display, network, `exec`, what is global and loops that
may have no end are left alone.
"""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch

from grading.judging.lines.source import definition_of

_MODULES = frozenset(
    "torch torch.nn torch.nn.functional torch.nn.init torch.linalg torch.special torch.autograd numpy numpy.linalg math operator "
    "functools itertools typing collections collections.abc".split()
)
_ENDLESS = (itertools.count, itertools.cycle, itertools.repeat)
_LIBRARIES = frozenset({name.partition(".")[0] for name in _MODULES} | {"builtins"})
_BUILTINS = frozenset(
    "abs all any bool complex dict divmod enumerate filter float frozenset int isinstance len list map max min next pow range "
    "reversed round set slice sorted str sum tuple zip ArithmeticError AssertionError Exception IndexError KeyError "
    "NotImplementedError RuntimeError TypeError ValueError ZeroDivisionError".split()
)
# Attributes that reach beyond a value, whatever it is; those that begin with an underscore or with `set_` do so as well.
_ATTRIBUTES = frozenset(
    "compile dump fromfile from_file genfromtxt get_rng_state hub load loadtxt manual_seed memmap random register_hook save savetxt "
    "savez savez_compressed seed share_memory_ tofile".split()
)
_STATEMENTS = (
    ast.AsyncFor,
    ast.AsyncFunctionDef,
    ast.AsyncWith,
    ast.Await,
    ast.ClassDef,
    ast.Delete,
    ast.Global,
    ast.Nonlocal,
    ast.While,
    ast.Yield,
    ast.YieldFrom,
)
_MOST_FUNCTIONS = 8
_SIMPLE = (int, float, complex, str, bool, type(None), torch.dtype, torch.device, torch.Size)


def computes_only(definition: ast.FunctionDef) -> bool:
    """Tell whether the syntax of a function lets it do nothing but compute, if its names stand for nothing else."""
    own = bound_names(definition)
    return all(_is_harmless(node, own) for node in ast.walk(definition))


def _is_harmless(node: ast.AST, own: frozenset[str]) -> bool:
    if isinstance(node, _STATEMENTS):
        return False
    if isinstance(node, ast.ExceptHandler):  # one that takes everything would take the end of the time, too
        return isinstance(node.type, ast.Name) and node.type.id in _BUILTINS
    if isinstance(node, ast.Import):
        return all(alias.name in _MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in _MODULES and not any(_reaches_out(alias.name) for alias in node.names)
    if isinstance(node, ast.Attribute):
        return not _reaches_out(node.attr) and (isinstance(node.ctx, ast.Load) or _root(node) in own)
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) or _root(node) in own
    return True


def _reaches_out(name: str) -> bool:
    return name in _ATTRIBUTES or name.startswith(("_", "set_"))


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def bound_names(definition: ast.FunctionDef) -> frozenset[str]:
    """Return the names that are bound within a function."""
    return frozenset(_bound(definition))


def _bound(definition: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]


class _Refused(Exception):
    """Something may do more than compute."""


def surroundings(function: FunctionType, definition: ast.FunctionDef) -> dict[str, Any] | None:
    """Return a copy of the globals that a function uses, for an edited one to run in; None if it may do more than compute.

    Nothing that is run in there reaches what the originals hold: tensors and containers are copied, and functions of the same author
    run in there, too.
    """
    namespace: dict[str, Any] = {"__builtins__": _builtins()}
    try:
        _fill(namespace, function, definition, {definition.name})
    except _Refused:
        return None
    return namespace


def _builtins() -> dict[str, Any]:
    """Return the builtins that an edited function has; which modules it may import is known from its syntax."""
    return {name: getattr(builtins, name) for name in (*_BUILTINS, "__import__")}


def _fill(namespace: dict[str, Any], function: FunctionType, definition: ast.FunctionDef, seen: set[str]) -> None:
    if not computes_only(definition):
        raise _Refused
    outer = _outer(function)
    own = bound_names(definition)
    for node in ast.walk(definition):
        if not isinstance(node, ast.Name) or node.id in own or node.id in seen:
            continue
        seen.add(node.id)
        if node.id not in outer:
            if node.id not in _BUILTINS and hasattr(builtins, node.id):
                raise _Refused
            continue
        value = outer[node.id]
        if isinstance(value, FunctionType) and not _is_of_a_library(value):
            called = definition_of(value)
            if called is None or value.__closure__ or len(seen) > 8 * _MOST_FUNCTIONS:
                raise _Refused
            _fill(namespace, value, called, seen)
            value = FunctionType(value.__code__, namespace, value.__name__, value.__defaults__)
        else:
            value = _copied(value)
        namespace[node.id] = value
    for node in ast.walk(definition):
        if isinstance(node, ast.Attribute) and not _stays_inside(node, namespace):
            raise _Refused


def _outer(function: FunctionType) -> Mapping[str, Any]:
    """Return what the free names of a function stand for."""
    found = dict(function.__globals__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it is not bound yet
            found.pop(name, None)
    return found


def _is_of_a_library(value: Any) -> bool:
    module = getattr(value, "__module__", None) or ""
    return isinstance(module, str) and module.partition(".")[0] in _LIBRARIES


def _copied(value: Any) -> Any:
    """Return a copy of a global value that shares nothing with it. Raises _Refused where that is not known to be one."""
    if isinstance(value, ModuleType):
        if value.__name__ in _MODULES:
            return value
        raise _Refused
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) in _SIMPLE:
        return value
    if type(value) in (list, tuple, set):
        return type(value)(map(_copied, value))
    if type(value) is dict:
        return {_copied(key): _copied(branch) for key, branch in value.items()}
    if _is_harmless_function(value):
        return value
    raise _Refused


def _is_harmless_function(value: Any) -> bool:
    """Tell whether a function or a class of a library only computes."""
    name = getattr(value, "__name__", None)
    if not callable(value) or not isinstance(name, str) or any(value is one for one in _ENDLESS):
        return False
    builtin = getattr(value, "__module__", "") == "builtins"
    return _is_of_a_library(value) and (name in _BUILTINS if builtin else not _reaches_out(name))


def _stays_inside(node: ast.Attribute, namespace: Mapping[str, Any]) -> bool:
    """Tell whether a dotted name that begins at a module ends in a module that is known, or in what may be called."""
    value = _value_of(node, namespace)
    return value.__name__ in _MODULES if isinstance(value, ModuleType) else not any(value is one for one in _ENDLESS)


def _value_of(node: ast.AST, namespace: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return namespace.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _value_of(node.value, namespace)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None

"""Find what the package uses of libraries that they keep for themselves: in the text of a module, and in its classes."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator

from tests.adapters.compatibility import fields

LIBRARIES = ("nbclient", "jupyter_client", "nbconvert", "nbgrader", "ipykernel", "IPython", "torch")
# Modules that their libraries describe for everybody's use, with everything below them.
PUBLIC = (
    *("nbclient.client", "nbclient.exceptions"),
    *("jupyter_client.blocking.client", "jupyter_client.kernelspec", "jupyter_client.manager"),
    *("nbconvert.exporters", "nbconvert.filters", "nbconvert.preprocessors"),
    *(
        "nbgrader.api",
        "nbgrader.converters",
        "nbgrader.coursedir",
        "nbgrader.plugins",
        "nbgrader.preprocessors",
        "nbgrader.utils",
    ),
    *("IPython.core.getipython", "IPython.display"),
    *("torch.library", "torch.nn", "torch.overrides", "torch.utils.data"),
)
_PRIVATE = re.compile(r"_[a-zA-Z]\w*")  # not `__init__` and its like, which Python describes
_MODULE = re.compile(rf"({'|'.join(LIBRARIES)})(\.\w+)+")
_BY_NAME = {"getattr", "setattr", "hasattr", "delattr", "attrgetter", "methodcaller"}


def private_in_text(source: str) -> list[str]:
    """Return what is private or undescribed in the text of a module, each as `3: nbclient.util`, with its line.

    Imports of a library's module that is not public; strings that name a private one; and private attributes of whatever is
    not the module's own, and no module of Python's own. What a class asks of itself is for `private_in_class` to say.
    """
    tree = ast.parse(source)
    own, python = set(_own_names(tree)), set(_python_modules(tree))
    found = {(node.lineno, used) for node in ast.walk(tree) for used in _used(node, own, python)}  # type: ignore[attr-defined]
    return [f"{line}: {used}" for line, used in sorted(found)]


def _used(node: ast.AST, own: set[str], python: set[str]) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=str(module), level=0):
            yield from _undescribed(module)
            yield from (f"{module}.{one.name}" for one in node.names if _is_hidden(module, one.name))
        case ast.Import():
            for one in node.names:
                yield from _undescribed(one.name)
        case ast.Attribute(attr=name, value=value) if _PRIVATE.fullmatch(name) and name not in own:
            if not _is_itself(value) and not (isinstance(value, ast.Name) and value.id in python):
                yield f".{name}"
        case ast.Call(args=args) if _called(node) in _BY_NAME:
            strings = [one.value for one in args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (f".{name}" for name in strings if _PRIVATE.fullmatch(name) and name not in own)
        case ast.Constant(value=str(text)) if _MODULE.fullmatch(text) and any(map(_PRIVATE.fullmatch, text.split("."))):
            yield text


def _undescribed(module: str) -> Iterator[str]:
    library = module.partition(".")[0]
    if library in LIBRARIES and module != library and not _is_public(module):
        yield module


def _is_public(module: str) -> bool:
    described = any(module == one or module.startswith(f"{one}.") for one in PUBLIC)
    return described and not any(map(_PRIVATE.fullmatch, module.split(".")))


def _is_hidden(module: str, name: str) -> bool:
    """Tell whether `from module import name` gets something private of a library, or a module that is not public."""
    if module.partition(".")[0] not in LIBRARIES:
        return False
    whole = f"{module}.{name}"
    inner = module in LIBRARIES and name.islower() and inspect.ismodule(sys.modules.get(whole))
    return bool(_PRIVATE.fullmatch(name)) or (
        inner and not any(one == whole or one.startswith(f"{whole}.") for one in PUBLIC)
    )


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _own_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module defines or stores, as variables, functions, classes, and attributes of `self`."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _python_modules(tree: ast.AST) -> Iterator[str]:
    """Yield the names by which a module knows Python's own modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.asname or one.name for one in node.names if one.name in sys.stdlib_module_names)


def private_in_class(made: type) -> list[str]:
    """Return the private names of libraries that a class overrides or asks itself for, whatever lies between it and them."""
    inherited = {
        name: one
        for one in reversed(made.__mro__)
        if one.__module__.partition(".")[0] in LIBRARIES
        for name in {*vars(one), *fields(one)}
        if _PRIVATE.fullmatch(name)
    }
    tree = ast.parse(textwrap.dedent(inspect.getsource(made)))
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_itself(node.value)}
    return sorted(f"{inherited[name].__name__}.{name}" for name in inherited.keys() & {*_own_names(tree), *asked})


def _is_itself(node: ast.AST) -> bool:
    """Tell whether it is `self`, `cls` or `super()`."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")

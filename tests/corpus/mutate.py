"""Generate wrong answers: every right answer with one change in its syntax tree, in a fixed order and under fixed names."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.corpus.mutations import RULES, Scope

Path = tuple[tuple[str, int | None], ...]
# What is not part of what a function does.
_SKIPPED = frozenset({"decorator_list", "annotation", "returns", "type_comment", "type_params", "ctx", "op", "ops"})


class Unmutable(Exception):
    """A function has no source of its own, such as a builtin."""


@dataclass(frozen=True)
class Mutant:
    """One change of a function. name: what was changed and where, line and column counted from its `def`."""

    name: str
    source: str
    namespace: dict[str, Any] = field(repr=False, compare=False)

    def compile(self) -> Callable[..., Any]:
        """Return the changed function, in a copy of the globals of the original."""
        namespace = dict(self.namespace)
        tree = ast.parse(self.source)
        exec(compile(tree, f"<{self.name}>", "exec", dont_inherit=True, flags=_ANNOTATIONS), namespace)
        function: Callable[..., Any] = namespace[tree.body[0].name]  # type: ignore[attr-defined]
        return function


# Annotations are not evaluated, as under `from __future__ import annotations`.
_ANNOTATIONS = __import__("__future__").annotations.compiler_flag


def source_tree(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return the definition of a function without its decorators and docstring. Raises Unmutable if it has no source."""
    while isinstance(function, partial):
        function = function.func
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise Unmutable(f"{function!r} has no source: {error}") from error
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise Unmutable(f"{function!r} is not defined by `def`")
    definition.decorator_list = []
    if ast.get_docstring(definition) is not None and len(definition.body) > 1:
        definition.body = definition.body[1:]
    return definition


def mutants(function: Callable[..., Any]) -> tuple[Mutant, ...]:
    """Return all functions that differ from this one in one place, no two of them alike.

    Raises Unmutable if the function has no source.
    """
    while isinstance(function, partial):
        function = function.func
    tree = source_tree(function)
    closure = inspect.getclosurevars(function).nonlocals
    namespace = {**function.__globals__, **closure}
    seen = {ast.unparse(tree)}
    names: dict[str, int] = {}
    made = []
    for name, source in _changed_sources(tree):
        if source in seen or not _parses(source):
            continue
        seen.add(source)
        names[name] = names.get(name, 0) + 1
        label = name if names[name] == 1 else f"{name} ({names[name]})"
        made.append(Mutant(label, source, namespace))
    return tuple(made)


def _parses(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec", dont_inherit=True, flags=_ANNOTATIONS)
    except (SyntaxError, ValueError):
        return False
    return True


def _changed_sources(tree: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    scope = _scope(tree)
    for path, node, returned in _nodes(tree, (), False):
        for rule in RULES:
            for label, new in rule(node, scope.within(returned)):
                line = getattr(node, "lineno", None) or getattr(getattr(node, "target", None), "lineno", tree.lineno)
                column = getattr(node, "col_offset", None)
                column = getattr(getattr(node, "target", None), "col_offset", 0) if column is None else column
                source = ast.unparse(ast.fix_missing_locations(_replaced(tree, path, new)))
                yield f"{label} at {line - tree.lineno + 1}:{column}", source


def _scope(tree: ast.FunctionDef) -> Scope:
    variables = [argument.arg for argument in tree.args.args]
    strings = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            variables.append(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            strings.append(node.value)
    return Scope(tuple(dict.fromkeys(variables)), tuple(dict.fromkeys(strings)))


def _nodes(node: ast.AST, path: Path, returned: bool) -> Iterator[tuple[Path, ast.AST, bool]]:
    """Yield every node below this one, in the order of the source, with its path and whether it is a returned value."""
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED or (isinstance(node, ast.FunctionDef) and name == "args"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                here = (*path, (name, index))
                gives = (isinstance(node, ast.Return)) or (
                    returned and isinstance(node, ast.Tuple | ast.List | ast.Dict)
                )
                gives = gives and name in ("value", "elts", "values")
                yield here, child, gives
                yield from _nodes(child, here, gives)


def _replaced(tree: ast.FunctionDef, path: Path, new: ast.AST) -> ast.FunctionDef:
    made = copy.deepcopy(tree)
    parent: Any = made
    for name, index in path[:-1]:
        parent = getattr(parent, name) if index is None else getattr(parent, name)[index]
    name, index = path[-1]
    if index is None:
        setattr(parent, name, copy.deepcopy(new))
    else:
        getattr(parent, name)[index] = copy.deepcopy(new)
    return made

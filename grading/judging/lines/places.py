"""The places of a function where something may be edited: nodes of its syntax tree, each with its line and its surroundings."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What is not part of what a function does, or cannot be edited by itself.
_SKIPPED = frozenset({"decorator_list", "annotation", "returns", "type_comment", "type_params", "ctx", "op", "ops"})
_PASSED_ON = ast.Return | ast.Tuple | ast.List | ast.Dict


@dataclass(frozen=True)
class Scope:
    """What is known of the function around a place.

    parameters, variables: names in order of appearance, the parameters among the variables, too.
    keys: the strings that look like keys. read_once: local variables that are read in one place only.
    """

    parameters: tuple[str, ...]
    variables: tuple[str, ...]
    keys: tuple[str, ...]
    read_once: frozenset[str]


@dataclass(frozen=True, eq=False)
class Place:
    """One node, and where it hangs: in the field `field` of `parent`, at `index` if that is a list.

    line: where the node begins, counted as the tree counts. whole: whether it is all that a statement computes, or an element of
    what it returns.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    line: int
    whole: bool

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def places(definition: ast.FunctionDef) -> list[Place]:
    """Return the places of a function's body, in the order of the source."""
    return [place for statement in _children(definition) for place in _below(statement, definition.lineno)]


def scope_of(definition: ast.FunctionDef) -> Scope:
    """Return what the rules for edits need to know of a function."""
    named = [node for node in ast.walk(definition) if isinstance(node, ast.Name)]
    parameters = [one.arg for one in (*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs)]
    stored = sorted((one for one in named if isinstance(one.ctx, ast.Store)), key=lambda one: one.lineno)
    keys = [
        node.value
        for node in ast.walk(definition)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    ]
    variables = dict.fromkeys([*parameters, *(one.id for one in stored)])
    read = Counter(one.id for one in named if isinstance(one.ctx, ast.Load))
    once = {name for name in variables if name not in parameters and read[name] == 1}
    return Scope(tuple(parameters), tuple(variables), tuple(dict.fromkeys(keys)), frozenset(once))


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str, int | None]]:
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED or (isinstance(node, ast.FunctionDef | ast.Lambda) and field == "args"):
            continue
        several: list[tuple[int | None, Any]] = [*enumerate(value)] if isinstance(value, list) else [(None, value)]
        for index, child in several:
            if isinstance(child, ast.AST):
                yield child, node, field, index


def _below(hanging: tuple[ast.AST, ast.AST, str, int | None], line: int, passed_on: bool = False) -> Iterator[Place]:
    node, parent, field, index = hanging
    line = getattr(node, "lineno", line)
    of_statement = isinstance(parent, ast.stmt) and field == "value"
    whole = of_statement or (passed_on and field in ("elts", "values"))
    yield Place(node, parent, field, index, line, whole)
    goes_on = isinstance(node, ast.Return) or (whole and isinstance(node, _PASSED_ON))
    for child in _children(node):
        yield from _below(child, line, goes_on)

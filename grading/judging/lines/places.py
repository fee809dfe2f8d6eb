"""The places of a function where something may be edited: nodes of its syntax tree, each with its line and its surroundings."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# What is not part of what a function does, or cannot be edited by itself.
_SKIPPED = frozenset({"decorator_list", "annotation", "returns", "type_comment", "type_params", "ctx", "op", "ops"})
_MOST_ENTRIES = 6
_PASSED_ON = ast.Tuple | ast.List | ast.Dict


@dataclass(frozen=True)
class Scope:
    """What is known of the function around a place.

    parameters, variables: names in order of appearance, the parameters among the variables, too.
    keys: the strings that look like keys. entries: what is read of containers, such as `params["W1"]`, each once.
    numbers: local variables that only give a number a name. read_once: other ones that are read in one place only.
    """

    parameters: tuple[str, ...]
    variables: tuple[str, ...]
    keys: tuple[str, ...]
    entries: tuple[ast.Subscript, ...]
    numbers: frozenset[str]
    read_once: frozenset[str]


@dataclass(frozen=True, eq=False)
class Place:
    """One node, and where it hangs: in the field `field` of `parent`, at `index` if that is a list.

    line: where the node begins, counted as the tree counts. whole: whether it is all that a statement computes, or an element of
    what it assigns or returns. assigned: whether it is so in an assignment.
    """

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    line: int
    whole: bool
    assigned: bool

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
    numbers = _numbers(definition)
    once = {name for name in variables if name not in parameters and name not in numbers and read[name] == 1}
    return Scope(
        parameters=tuple(parameters),
        variables=tuple(variables),
        keys=tuple(dict.fromkeys(keys)),
        entries=tuple(_entries(definition)),
        numbers=numbers,
        read_once=frozenset(once),
    )


def _numbers(definition: ast.FunctionDef) -> frozenset[str]:
    """Return the variables that are bound to a number: the slip may be there, or where they are used in place of a size."""
    return frozenset(
        target.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, int | float)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _entries(definition: ast.FunctionDef) -> list[ast.Subscript]:
    """Return the entries of containers by a name or a key, at most _MOST_ENTRIES."""
    found = {
        ast.unparse(node): node
        for node in ast.walk(definition)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and isinstance(node.slice, ast.Name | ast.Constant)
    }
    return list(found.values())[:_MOST_ENTRIES]


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST, str, int | None]]:
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED or (isinstance(node, ast.FunctionDef | ast.Lambda) and field == "args"):
            continue
        several: list[tuple[int | None, Any]] = [*enumerate(value)] if isinstance(value, list) else [(None, value)]
        for index, child in several:
            if isinstance(child, ast.AST):
                yield child, node, field, index


def _below(hanging: tuple[ast.AST, ast.AST, str, int | None], line: int, above: Place | None = None) -> Iterator[Place]:
    node, parent, field, index = hanging
    line = getattr(node, "lineno", line)
    of_statement = isinstance(parent, ast.stmt) and field == "value"
    whole = of_statement or (above is not None and above.whole and isinstance(parent, _PASSED_ON))
    assigned = isinstance(parent, ast.Assign) or (whole and above is not None and above.assigned)
    here = Place(node, parent, field, index, line, whole, assigned)
    yield here
    for child in _children(node):
        yield from _below(child, line, here)

"""The shapes of what a line of code mentions: what a learner looks up first when it raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

_MOST = 5
_LONGEST = 160
# Of other types the shape may be anybody's code.
_TYPES = (torch.Tensor, torch.nn.Parameter, np.ndarray)


def shapes_in(line: str, names: Mapping[str, Any]) -> str:
    """Return the shapes of the tensors that a line mentions, as in "X (4, 3), params['W1'] (3, 2)"; "" if there are none.

    names: the variables where the line runs. Entries of dicts and lists are looked up, attributes only where an object keeps them as
    they are, and nothing is called.
    """
    found: dict[str, str] = {}
    for text, value in mentioned(line, names):
        if type(value) in _TYPES and text not in found:
            found[text] = str(tuple(value.shape))
        if len(found) == _MOST:
            break
    said = ", ".join(f"{text} {shape}" for text, shape in found.items())
    return said if len(said) <= _LONGEST else ""


def mentioned(line: str, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a line reads, as it stands there, with its value: variables, and entries of dicts, lists and tuples."""
    for node in _nodes(line):
        if isinstance(node, ast.Name) and node.id in names:
            yield node.id, names[node.id]
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            container, key = names.get(node.value.id), _key(node.slice, names)
            if type(container) in (dict, list, tuple) and type(key) in (str, int):
                try:
                    yield ast.unparse(node), container[key]  # type: ignore[index]
                except (KeyError, IndexError, TypeError):
                    continue
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            kept = _kept_by(names[node.value.id])
            if node.attr in kept:
                yield ast.unparse(node), kept[node.attr]


def _kept_by(thing: Any) -> Mapping[str, Any]:
    """Return what an object keeps under names, as a module keeps its parameters; nothing of the object's own is asked."""
    try:
        own = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    if type(own) is not dict:  # of a class or a library, whose names are not a learner's
        return {}
    parameters = own.get("_parameters")
    return {**own, **parameters} if type(parameters) is dict else own


def _key(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left, right = _key(node.left, names), _key(node.right, names)
        if type(left) is type(right) is int:
            return left + right if isinstance(node.op, ast.Add) else left - right
        return None
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _nodes(line: str) -> Iterator[ast.AST]:
    """Yield what a line reads, from left to right; a line that opens a block is read without the block."""
    for text in (
        line,
        f"{line}\n    pass",
        f"if True:\n    pass\n{line}\n    pass",
        line.partition(":")[0].partition(" ")[2],
    ):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        changed = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}
        expressions = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.expr)
            and (isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or id(node) in changed)
        ]
        yield from sorted(expressions, key=lambda node: (node.lineno, node.col_offset))
        return

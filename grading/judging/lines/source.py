"""The source of a function as a tree that can be edited, and functions made of edited trees."""

from __future__ import annotations
import __future__

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

from grading.judging.lines.edits import Edit

# Where the code of an edited function says that it comes from.
EDITED = "<an edit>"
_FLAGS = __future__.annotations.compiler_flag


def definition_of(function: Any) -> ast.FunctionDef | None:
    """Return the definition of a plain function, its lines counted as its file or cell counts; None if it has none of its own.

    Decorators, annotations and the docstring are left out.
    """
    if type(function) is not FunctionType or hasattr(function, "__wrapped__"):
        return None
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (
        OSError,
        TypeError,
        SyntaxError,
        ValueError,
    ):  # no source, or one that does not begin where a statement does
        return None
    definition = tree.body[0] if len(tree.body) == 1 else None
    if not isinstance(definition, ast.FunctionDef) or definition.name != function.__code__.co_name:
        return None
    ast.increment_lineno(definition, first - 1)
    definition.decorator_list = []
    if ast.get_docstring(definition) is not None and len(definition.body) > 1:
        definition.body = definition.body[1:]
    return _Plain().visit(definition)  # type: ignore[no-any-return]  # a definition stays one


class _Plain(ast.NodeTransformer):
    """Takes annotations away: what a function does is not in them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))


def edited(definition: ast.FunctionDef, edit: Edit, namespace: dict[str, Any]) -> Callable[..., Any] | None:
    """Return the function with one edit in it, in a namespace that it may write to; None if Python does not take it.

    The definition is afterwards as it was.
    """
    old = edit.place.node
    edit.place.put(edit.new)
    try:
        return compiled(definition, namespace)
    except (SyntaxError, ValueError, TypeError):
        return None
    finally:
        edit.place.put(old)


def compiled(definition: ast.FunctionDef, namespace: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of a definition."""
    code = compile(ast.Module([definition], []), EDITED, "exec", flags=_FLAGS, dont_inherit=True)
    exec(code, namespace)
    function: Callable[..., Any] = namespace[definition.name]
    return function

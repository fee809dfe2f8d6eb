"""What an answer looks like, for others to see: its code, without what its author said in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

# From so many students on, an example is nobody's in particular.
FEWEST = 3
_MOST_LINES = 24
_MOST_CHARACTERS = 4_000


def example_of(sources: Iterable[str]) -> str:
    """Return the shortest of some answers, without comments and strings; "" if none of them can be read, or is short enough."""
    found = [stripped for source in sources if (stripped := _stripped(source))]
    return min(found, key=lambda text: (len(text.splitlines()), len(text), text), default="")


def _stripped(source: str) -> str:
    if not source.strip() or len(source) > _MOST_CHARACTERS:
        return ""
    try:
        tree = ast.parse(source)
        text = ast.unparse(_WithoutStrings().visit(tree))
    # What was handed in need not be Python, and may be nested more deeply than Python reads.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return text if len(text.splitlines()) <= _MOST_LINES else ""


class _WithoutStrings(ast.NodeTransformer):
    """Takes docstrings away and leaves of every other string that there was one."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Return a constant without its text."""
        return ast.copy_location(ast.Constant("…"), node) if isinstance(node.value, str | bytes) else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Return a statement; a text that stands alone says nothing to Python."""
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str | bytes):
            return ast.copy_location(ast.Pass(), node)
        if isinstance(node.value, ast.JoinedStr):
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Return a function without the `pass` of its docstring."""
        return self._without_pass(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Return a class without the `pass` of its docstring."""
        return self._without_pass(node)

    def _without_pass(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = [one for one in node.body if not isinstance(one, ast.Pass)] or [ast.Pass()]
        return node

"""Small questions about nodes of a syntax tree, and nodes made of others."""

from __future__ import annotations

import ast
import copy


def changed(node: ast.AST, **fields: object) -> ast.AST:
    """Return a shallow copy with some fields replaced."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def method(value: ast.expr, name: str, *arguments: ast.expr) -> ast.expr:
    """Return the call of a method of a value."""
    return ast.Call(ast.Attribute(value, name, ast.Load()), list(arguments), [])


def called(node: ast.AST) -> str:
    """Return the name of what a call calls, without what stands before the dot; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "np", "nn", "math")


def subject_of(node: ast.AST) -> ast.expr | None:
    """Return x of `x.f(...)`, of `torch.f(x, ...)` and of `f(x, ...)`."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        return node.func.value
    return node.args[0] if node.args else None

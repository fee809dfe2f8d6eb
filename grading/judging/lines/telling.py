"""The sentence about a line: which one, its text, and what enters and leaves it. What to change is for the learner to find."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any

import torch

from grading.judging.numbers import number, show
from grading.judging.verdict import Finding
from grading.probe.follow import Lines, Passage
from grading.text import legible

_LONGEST_LINE, _LONGEST_VALUES, _MOST_VALUES = 90, 160, 4
_MOST_FACTS = 5
# What is left out first where there is no room for all.
_LESS_IMPORTANT = ("at", "with")


def lines_around(definition: ast.FunctionDef, line: int) -> Lines:
    """Return the lines of the statement that a line belongs to; of one with a block, the lines before the block."""
    statement = _statement_at(definition, line)
    block = getattr(statement, "body", None)
    last = block[0].lineno - 1 if block else statement.end_lineno or statement.lineno
    return Lines(statement.lineno, max(last, statement.lineno), _read_by(statement), _made_by(statement))


def _statement_at(definition: ast.FunctionDef, line: int) -> ast.stmt:
    """Return the innermost statement that a line belongs to."""
    found: ast.stmt = definition
    for node in ast.walk(definition):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = node  # ast.walk comes to the inner ones later
    return found


def _read_by(statement: ast.stmt) -> str:
    """Return the expressions that a statement reads, as one expression."""
    parts = [value for name, value in ast.iter_fields(statement) if name in ("value", "test", "iter")]
    if isinstance(statement, ast.AugAssign):
        parts.insert(0, statement.target)
    return ", ".join(f"({ast.unparse(part)})" for part in parts if isinstance(part, ast.expr))


def _made_by(statement: ast.stmt) -> tuple[str, ...]:
    if isinstance(statement, ast.Assign):
        return tuple(map(ast.unparse, statement.targets))
    if isinstance(statement, ast.AugAssign | ast.For):
        return (ast.unparse(statement.target),)
    return (_read_by(statement),) if isinstance(statement, ast.Expr) else ()


def with_sentence(finding: Finding, function: FunctionType, line: int, passage: Passage) -> Finding:
    """Return the finding with the line as its advice, and with what enters and leaves the line among its facts."""
    text = _short(_text_of(function, line), _LONGEST_LINE)
    more = [(label, said) for label, values in _sides(passage) if (said := _said(values))]
    facts = list(finding.facts)
    for label in _LESS_IMPORTANT:
        if len(facts) + len(more) > _MOST_FACTS:
            facts = [fact for fact in facts if fact[0] != label]
    room = _MOST_FACTS - len(more)
    return replace(finding, facts=(*facts[:room], *more), advice=f"Look at line {line}: `{text}`.")


def _sides(passage: Passage) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return ("enters", passage.entering), ("leaves", passage.leaving)


def _said(values: Mapping[str, Any]) -> str:
    """Write values after their names, as many as there is room for."""
    said = ""
    for name, value in list(values.items())[:_MOST_VALUES]:
        longer = f"{said}, {name} = {_shown(value)}" if said else f"{name} = {_shown(value)}"
        if len(longer) > _LONGEST_VALUES:
            break
        said = longer
    return legible(said)


def _shown(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return show(value)
    return number(value) if isinstance(value, float) else str(value)


def _text_of(function: FunctionType, line: int) -> str:
    lines, first = inspect.getsourcelines(function)
    return " ".join(legible(lines[line - first]).split())


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

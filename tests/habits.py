"""What a test may not do, read from its source: use private names or sleep without a reason beside it, or assert nothing."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from textwrap import dedent

# Public by their documentation, whatever their names look like: named tuples, os._exit, IPython's protocols.
_PUBLIC = {"_replace", "_asdict", "_fields", "_make", "_field_defaults", "_exit"}
_BY_NAME = {"setattr", "getattr", "delattr", "hasattr", "attrgetter", "patch", "object"}
_DIRECTIVE = re.compile(r"#\s*(type:|noqa|fmt:|ruff:|mypy:|pragma)")
_OURS = re.compile(r"^\s*(from|import) (grading|tests)\b", re.M)
_CONFIRMING = {"raises", "warns", "fail"}


def is_private(name: str) -> bool:
    """Tell whether a name, or the last part of a dotted one, is somebody's own: one underscore first, no protocol's."""
    last = name.rpartition(".")[2]
    protocol = last.endswith("__") or (last.startswith("_ipython_") or last.startswith("_repr_"))
    return last.startswith("_") and last.strip("_") != "" and not protocol and last not in _PUBLIC


class Source:
    """A file of tests: its tree, and the lines that have a reason on them."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        self._reasons: set[int] = set()
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            words = token.string.lstrip("#").split()
            if token.type == tokenize.COMMENT and not _DIRECTIVE.match(token.string) and len(words) > 1:
                self._reasons.add(token.start[0])

    @cached_property
    def _statement_of(self) -> dict[int, int]:
        """The first line of the innermost statement, by line."""
        found: dict[int, int] = {}
        for node in ast.walk(self.tree):  # outer ones come first
            if isinstance(node, ast.stmt):
                found.update(dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node.lineno))
        return found

    def has_reason(self, line: int) -> bool:
        """Tell whether a comment says why: on the line, on the one above it, or above the statement that it is in."""
        return bool(self._reasons & {line, line - 1, self._statement_of[line] - 1})


def without_reason(text: str) -> list[str]:
    """Return "line: what" for each private name and each sleep of a file that has no reason beside it.

    Code in a string counts where it imports something of the project; what a student may write there is the student's own.
    """
    source = Source(text)
    found = {*_private(source.tree), *_sleeps(source.tree)}
    told = [f"{line}: {what}" for line, what in sorted(found) if not source.has_reason(line)]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _OURS.search(node.value):
            try:
                inner = Source(dedent(node.value))
            except (SyntaxError, tokenize.TokenError):  # prose, or a pattern with holes in it
                continue
            names = [(line, what) for line, what in _private(inner.tree) if not inner.has_reason(line)]
            told += [f"{node.lineno}: {what} in a string" for _, what in names if not source.has_reason(node.lineno)]
    return told


def _private(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not _of_itself(node.value) and is_private(node.attr):
            yield node.end_lineno or node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from ((node.lineno, name) for name in names if is_private(name))
        elif isinstance(node, ast.Import):
            parts = [part for alias in node.names for part in alias.name.split(".")]
            yield from ((node.lineno, part) for part in parts if is_private(part))
        elif isinstance(node, ast.Call) and _name_of(node.func) in _BY_NAME:
            texts = [one for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from ((one.lineno, one.value) for one in texts if is_private(str(one.value)))


def _of_itself(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def _sleeps(tree: ast.AST) -> Iterator[tuple[int, str]]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return ((call.lineno, "sleep") for call in calls if _name_of(call.func) == "sleep")


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def without_assertion(modules: Mapping[str, str]) -> list[str]:
    """Return "module::test" for each test in sources by module name that can only fail by an accident.

    A test asserts by itself, by pytest.raises and the like, by a function whose name begins with "assert", or by one of a
    module among these that asserts: its own, or one that it imports.
    """
    trees = {name: ast.parse(text) for name, text in modules.items()}
    functions = {name: {one.name: one for one in _functions(tree)} for name, tree in trees.items()}
    imported = {name: dict(_imports(tree)) for name, tree in trees.items()}
    known: dict[tuple[str, str], bool] = {}

    def asserts(module: str, name: str) -> bool:
        module, name = imported.get(module, {}).get(name, (module, name))
        function = functions.get(module, {}).get(name)
        if function is None:
            return False
        if (module, name) not in known:
            known[module, name] = False  # while it is looked at: what only calls itself asserts nothing
            called = {_name_of(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            known[module, name] = _asserts_itself(function) or any(asserts(module, one) for one in called - {name})
        return known[module, name]

    tests = ((module, name) for module, found in functions.items() for name in found if name.startswith("test"))
    return [f"{module}::{name}" for module, name in tests if not asserts(module, name)]


def _functions(tree: ast.AST) -> Iterable[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _imports(tree: ast.AST) -> Iterator[tuple[str, tuple[str, str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.asname or alias.name, (node.module, alias.name)) for alias in node.names)


def _asserts_itself(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant | ast.Tuple):
            return True
        if isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(node):
            return True
        if isinstance(node, ast.Call) and (
            _name_of(node.func) in _CONFIRMING or _name_of(node.func).startswith("assert")
        ):
            return True
    return False

"""From what a student of the sample is said to have written to the source of an answer cell."""

from __future__ import annotations

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from grading.cells import SOLUTION, owner_and_function
from grading.errors import CourseError


@dataclass(frozen=True)
class Solved:
    """The model solution."""


@dataclass(frozen=True)
class Untouched:
    """The cell as it was handed out."""


@dataclass(frozen=True)
class Written:
    """Code of the student's own."""

    source: str


@dataclass(frozen=True)
class Mistaken:
    """One of the exercise's known mistakes, by its name."""

    name: str


Answer = Solved | Untouched | Written | Mistaken


def answer_source(answer: Answer, exercise: Any, instructor: str, released: str) -> str:
    """Return the source of an answer cell.

    instructor: the cell in source/, with its solution. released: the cell as handed out. Raises CourseError if the
    exercise has no such mistake, or one that cannot stand on its own in a notebook.
    """
    match answer:
        case Solved():
            return SOLUTION.taken_down(instructor).rstrip()
        case Untouched():
            return released
        case Written(source):
            return textwrap.dedent(source).strip()
        case Mistaken(name):
            return mistaken_source(exercise, name)


def mistaken_source(exercise: Any, name: str) -> str:
    """Return a known mistake of an exercise as a student would have written it: under the exercise's name."""
    wrong = next((mistake.wrong for mistake in exercise.mistakes if mistake.name == name), None)
    if wrong is None:
        known = ", ".join(mistake.name for mistake in exercise.mistakes)
        raise CourseError(f"{exercise.name} has no mistake {name!r}; it has {known}")
    if wrong.__name__ == "<lambda>":
        raise CourseError(f"{name!r} is one of a family that a loop makes, so its source cannot be shown")
    owner, written = owner_and_function(exercise.name)
    functions = _with_helpers(wrong)
    sources = [_plain(function, wrong.__name__, written) for function in functions]
    if owner:  # the lessons add a method to a class of d2l's
        sources[-1] = f"@d2l.add_to_class({owner})\n{sources[-1]}"
    imports = sorted({line for function in functions for line in _imports(function)})
    return "\n\n\n".join(filter(None, ["\n".join(imports), *sources]))


def _with_helpers(function: Callable[..., Any]) -> list[FunctionType]:
    """Return a function behind the ones of the catalogue that it calls."""
    if not isinstance(function, FunctionType):
        raise CourseError(f"{function!r} is not a plain function, so its source cannot be shown")
    found: list[FunctionType] = []
    for used in _globals_of(function).values():
        if isinstance(used, FunctionType) and _is_ours(used.__module__):
            found += [helper for helper in _with_helpers(used) if helper not in found]
    return [*found, function]


def _is_ours(module: str) -> bool:
    """Tell whether a module is of the catalogue, which nobody can import in a notebook that is graded."""
    return module.startswith("grading.catalogue.")


def _globals_of(function: FunctionType) -> dict[str, Any]:
    """Return what a function and those inside it use of their module, by name."""
    codes, names = [function.__code__], list[str]()
    for code in codes:
        names += [one.argval for one in dis.get_instructions(code) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return {name: function.__globals__[name] for name in names if name in function.__globals__}


def _imports(function: FunctionType) -> Iterator[str]:
    """Yield the lines that bring what a function uses and no lesson's first cell is sure to have."""
    for name, used in _globals_of(function).items():
        module = used.__name__ if isinstance(used, ModuleType) else getattr(used, "__module__", None)
        if isinstance(used, ModuleType):
            if name == "torch":  # every lesson has it
                continue
            yield f"import {module}" if module == name else f"import {module} as {name}"
        elif module is None:  # a number, or a dict of numbers
            yield f"{name} = {used!r}"
        elif not _is_ours(module):
            yield f"from {module} import {name}"


def _plain(function: FunctionType, old: str, new: str) -> str:
    """Return a function's source with a name replaced, and without annotations, which a notebook has no imports for."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    # A parameter may have the name of its function.
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            node.name = new if node.name == old else node.name
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.Name) and node.id == old and old not in own:
            node.id = new
    return ast.unparse(tree)

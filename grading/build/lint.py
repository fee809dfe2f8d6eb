"""What a master must be like before anything is made of it. Each rule is a function from a master to problems."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grading.build import markers
from grading.build.declared import DeclaredExercise
from grading.build.diagnostic import Diagnostic
from grading.build.master import Cell, Master, Role
from grading.cells import HIDDEN_TESTS, SETUP_ID, SOLUTION, check_statement, owner_and_function

MOST_LINES = 40
_GRADED = (Role.TODO, Role.CHECK, Role.WRITTEN)
_ANSWERED = (Role.TODO, Role.WRITTEN)
Exercises = Mapping[str, DeclaredExercise]


def lint(master: Master, exercises: Exercises) -> list[Diagnostic]:
    """Return everything that is wrong with a master, in the order of its lines.

    exercises: the exercises declared for this lesson, by name.
    """
    found = [
        *_marker_diagnostics(master),
        *_id_diagnostics(master),
        *_exercise_diagnostics(master, exercises),
        *_pair_diagnostics(master),
        *_setup_diagnostics(master),
        *_size_diagnostics(master),
        *_tag_diagnostics(master),
        *_code_diagnostics(master),
    ]
    return sorted(found, key=lambda diagnostic: diagnostic.line)


def _marker_diagnostics(master: Master) -> Iterator[Diagnostic]:
    for cell in master.cells:
        for line, message in markers.misspelt(cell.source):
            yield master.diagnostic(cell, message, line)
        for line, text in enumerate(cell.source.split("\n")):
            if text.strip() in (HIDDEN_TESTS.begin, HIDDEN_TESTS.end):
                yield master.diagnostic(cell, "take the hidden tests out; the build writes them", line)
        if cell.role in _ANSWERED:
            yield from (master.diagnostic(cell, message, line) for line, message in markers.unbalanced(cell.source))
            if SOLUTION.begin not in cell.source:
                yield master.diagnostic(cell, f"no {SOLUTION.begin!r}: the learner would have nothing to do")
        elif SOLUTION.begin in cell.source or SOLUTION.end in cell.source:
            yield master.diagnostic(cell, "a solution region outside of a todo or written cell")


def _id_diagnostics(master: Master) -> Iterator[Diagnostic]:
    first: dict[str, Cell] = {}
    for cell in master.cells:
        if cell.grade_id and (cell.role, cell.grade_id) != (Role.SETUP, SETUP_ID):
            if cell.grade_id == SETUP_ID:
                yield master.diagnostic(cell, f"the id {SETUP_ID!r} belongs to the set-up cell", -1)
            earlier = first.setdefault(cell.grade_id, cell)
            if earlier is not cell:
                yield master.diagnostic(cell, f"{cell.grade_id!r} is the id of cell {earlier.number} already", -1)


def _exercise_diagnostics(master: Master, exercises: Exercises) -> Iterator[Diagnostic]:
    """The cells and the declared exercises of the lesson must agree, or points are lost."""
    for cell in master.with_role(*_GRADED):
        declared = exercises.get(cell.exercise)
        if declared is None:
            known = ", ".join(exercises) or "none"
            yield master.diagnostic(cell, f"no exercise {cell.exercise!r} in {master.name}; declared: {known}", -1)
        elif declared.manual is not (cell.role is Role.WRITTEN):
            needed = "a written cell" if declared.manual else "a todo and a check cell"
            yield master.diagnostic(cell, f"the exercise {cell.exercise!r} needs {needed}", -1)
    present = {cell.exercise for cell in master.with_role(*_GRADED)}
    for name, exercise in exercises.items():
        if name not in present:
            worth = f"{exercise.points:g}"
            yield Diagnostic(master.path, f"the exercise {name!r}, worth {worth} points, has no cell in this lesson")
        if not exercise.points > 0:
            yield Diagnostic(
                master.path, f"the exercise {name!r} is worth {exercise.points:g} points; give it more than 0"
            )


def _pair_diagnostics(master: Master) -> Iterator[Diagnostic]:
    """Each TODO has a check after it, each check a TODO before it."""
    todos = {cell.exercise: cell for cell in reversed(master.with_role(Role.TODO))}
    checks = {cell.exercise: cell for cell in reversed(master.with_role(Role.CHECK))}
    for name, todo in todos.items():
        if name not in checks:
            yield master.diagnostic(todo, f'no cell check="{name}" for this TODO', -1)
    for name, check in checks.items():
        if name not in todos:
            yield master.diagnostic(check, f'no cell todo="{name}" for this check', -1)
        elif todos[name].number > check.number:
            yield master.diagnostic(check, f"the check stands before its TODO, cell {todos[name].number}", -1)


def _setup_diagnostics(master: Master) -> Iterator[Diagnostic]:
    code = [cell for cell in master.cells if cell.kind == "code"]
    setups = master.with_role(Role.SETUP)
    if not setups:
        yield Diagnostic(master.path, 'no set-up cell: the first code cell must be `# %% tags=["setup"]`')
    for extra in setups[1:]:
        yield master.diagnostic(extra, f"a second set-up cell; the first is cell {setups[0].number}", -1)
    if setups and setups[0] is not code[0]:
        yield master.diagnostic(
            setups[0], f"the set-up cell must be the first code cell, before cell {code[0].number}", -1
        )


def _size_diagnostics(master: Master) -> Iterator[Diagnostic]:
    for cell in master.cells:
        lines = cell.source.count("\n") + 1
        if not cell.source.strip():
            yield master.diagnostic(cell, "the cell is empty", -1)
        elif lines > MOST_LINES:
            yield master.diagnostic(cell, f"{lines} lines, more than a screen of {MOST_LINES}", MOST_LINES)


def _tag_diagnostics(master: Master) -> Iterator[Diagnostic]:
    for cell in master.cells:
        if "skip-execution" in cell.tags:
            yield master.diagnostic(cell, "the tag skip-execution gives full marks in nbgrader; take it out", -1)
        if "raises-exception" in cell.tags and cell.role is not Role.PLAIN:
            yield master.diagnostic(cell, f"a {cell.role} cell must not raise; take the tag raises-exception out", -1)


def _code_diagnostics(master: Master) -> Iterator[Diagnostic]:
    for cell in master.cells:
        if cell.kind != "code":
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError as error:
            yield master.diagnostic(cell, f"syntax error: {error.msg}", (error.lineno or 1) - 1)
            continue
        if cell.role is Role.TODO:
            yield from _todo_diagnostics(master, cell, tree)
        elif cell.role is Role.CHECK:
            message = _check_fault(cell, tree)
            if message:
                yield master.diagnostic(cell, message)
        elif cell.role is Role.SETUP and not _imports_grading(tree):
            yield master.diagnostic(cell, "the set-up cell must import grading")


def _todo_diagnostics(master: Master, cell: Cell, tree: ast.Module) -> Iterator[Diagnostic]:
    wanted = owner_and_function(cell.exercise)[1]
    function = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == wanted), None)
    if function is None:
        yield master.diagnostic(cell, f"the TODO defines no function {wanted!r}")
    elif ast.get_docstring(function) is None:
        yield master.diagnostic(cell, f"{wanted!r} has no docstring", function.lineno - 1)
    try:
        ast.parse(markers.with_stub(cell.source, markers.CODE_STUB))
    except SyntaxError as error:
        yield master.diagnostic(cell, f"what the learner gets is not Python: {error.msg}")
    if SOLUTION.begin in cell.source and not list(markers.unbalanced(cell.source)):
        line = _unreachable(cell.source)
        if line is not None:
            yield master.diagnostic(
                cell, "code after the solution in the same block: part of the answer, or never run", line
            )


def _unreachable(source: str) -> int | None:
    """Return the first line of code after a solution region in the same block, where the stub raises before it."""
    depth = -1
    for number, line in enumerate(source.split("\n")):
        text = line.strip()
        here = len(line) - len(line.lstrip())
        if text == SOLUTION.begin:
            depth = -1
        elif text == SOLUTION.end:
            depth = here
        elif depth >= 0 and text:
            if here < depth:
                depth = -1
            elif not text.startswith("#"):
                return number
    return None


def _check_fault(cell: Cell, tree: ast.Module) -> str:
    """Return what is wrong with a check cell; it is one statement, `check(relu)` or `check(answer, "relu")`."""
    owner, function = owner_and_function(cell.exercise)
    wanted = f"write `check({owner or function})` or `check(answer, {cell.exercise!r})` and nothing else"
    statement = check_statement(cell.source)
    one_line = len(tree.body) == 1 and "\n" not in cell.source and cell.source.endswith(")")
    if statement is None or statement.hidden or not one_line:
        return wanted
    return "" if statement.exercise([cell.exercise]) == cell.exercise else wanted


def _imports_grading(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(name.name.split(".")[0] == "grading" for name in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "grading":
            return True
    return False

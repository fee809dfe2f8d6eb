"""A lesson's master as a learner lives through it: its cells run once, then again from where an answer is exchanged.

Only what an answer changes is run again: the cells that use it, those that use what these define, and so on.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grading.build.master import Cell, Master, Role, parse_master
from grading.figures.style import Picture

MASTERS = Path(__file__).parents[2] / "lessons"
LESSONS = tuple(sorted(path.stem for path in MASTERS.glob("[0-9]*.py")))


@dataclass(frozen=True)
class Code:
    """A code cell: what stands in it, the names it defines, and all that it reads."""

    cell: Cell

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse("\n".join(line for line in self.cell.source.split("\n") if not line.startswith("%")))

    @cached_property
    def scopes(self) -> list[symtable.SymbolTable]:
        """The cell's own scope first, then those of its functions, classes and comprehensions."""
        scopes = [symtable.symtable(ast.unparse(self.tree), self.cell.label, "exec")]
        for scope in scopes:
            scopes += scope.get_children()
        return scopes

    @cached_property
    def reads(self) -> set[str]:
        """The lesson's names that occur in it, in functions too."""
        outer = {symbol.get_name() for symbol in self.scopes[0].get_symbols() if symbol.is_referenced()}
        inner = {symbol.get_name() for scope in self.scopes[1:] for symbol in scope.get_symbols() if symbol.is_global()}
        return outer | inner

    @cached_property
    def defines(self) -> set[str]:
        """The names that it gives a value: variables, functions, classes, imports."""
        return {
            symbol.get_name() for symbol in self.scopes[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()
        }

    def run(self, names: dict[str, Any]) -> Any:
        """Run the cell and return the value of its last line, as a notebook shows it."""
        if not self.tree.body:  # nothing but a comment
            return None
        *before, last = self.tree.body
        place = f"<{self.cell.label}>"
        if not isinstance(last, ast.Expr):
            exec(compile(self.tree, place, "exec"), names)
            return None
        exec(compile(ast.Module(before, []), place, "exec"), names)
        return eval(compile(ast.Expression(last.value), place, "eval"), names)


class Lesson:
    """A lesson whose cells have run once, with the model answers."""

    def __init__(self, name: str) -> None:
        path = MASTERS / f"{name}.py"
        master = parse_master(name, str(path), path.read_bytes())
        assert isinstance(master, Master), str(master)
        # A check is silent here: answers are judged elsewhere.
        self.codes = [Code(cell) for cell in master.cells if cell.kind == "code" and cell.role is not Role.CHECK]
        self.names: dict[str, Any] = {"__name__": f"lesson_{name[:2]}"}
        self.pictures = dict(self._run(self.codes))

    def exercises(self) -> tuple[str, ...]:
        """Return the names of the exercises with code."""
        return tuple(code.cell.exercise for code in self.codes if code.cell.role is Role.TODO)

    def pictures_with(self, exercise: str, answer: Callable[..., Any]) -> dict[int, Picture]:
        """Return the figures that depend on an answer, drawn with this one, by the number of their cell."""
        with self._answered(exercise, answer):
            return dict(self._run(self._that_depend_on(exercise)))

    def _that_depend_on(self, exercise: str) -> list[Code]:
        start = next(n for n, code in enumerate(self.codes) if code.cell.exercise == exercise)
        changed, found = {exercise.partition(".")[0]}, []
        for code in self.codes[start + 1 :]:
            if code.cell.role is not Role.TODO and code.reads & changed:
                found.append(code)
                changed |= code.defines
            else:
                changed -= code.defines - {exercise}  # a name that was given another value
        return found

    def _run(self, codes: list[Code]) -> Iterator[tuple[int, Picture]]:
        for code in codes:
            value = code.run(self.names)
            if isinstance(value, Picture):
                yield code.cell.number, value

    @contextmanager
    def _answered(self, exercise: str, answer: Callable[..., Any]) -> Iterator[None]:
        owner, _, method = exercise.partition(".")
        if method:
            original = getattr(self.names[owner], method)
            setattr(self.names[owner], method, answer)
        else:
            original, self.names[owner] = self.names[owner], answer
        try:
            yield
        finally:
            if method:
                setattr(self.names[owner], method, original)
            else:
                self.names[owner] = original

"""Single edits of a function: what stands at one place, put as somebody may have meant it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grading.judging.lines.places import Place, places, scope_of
from grading.judging.lines.rules import RULES

MOST_EDITS = 900


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit. kind: the name of its rule; place: where; new: what stands there afterwards."""

    kind: str
    place: Place
    new: ast.AST

    @property
    def line(self) -> int:
        """The line that it changes, counted as the tree counts."""
        return self.place.line


def edits(definition: ast.FunctionDef) -> list[Edit]:
    """Return the single edits of a function, the likely ones first, no two alike, and at most MOST_EDITS."""
    scope, there = scope_of(definition), places(definition)
    made: dict[tuple[int, str], Edit] = {}
    for rule in RULES:
        for place in there:
            for new in rule(place, scope):
                located = ast.fix_missing_locations(ast.copy_location(new, place.node))
                made.setdefault((id(place.node), ast.dump(located)), Edit(rule.__name__, place, located))
                if len(made) == MOST_EDITS:
                    return list(made.values())
    return list(made.values())

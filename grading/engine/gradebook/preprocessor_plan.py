"""The preprocessors that a course's configuration names: which of them have been done already, and which touch the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbclient import NotebookClient
from nbgrader import preprocessors as stock
from traitlets.utils.importstring import import_item

from grading.engine.stock import preprocessors as ours

# Intake has done what these do; a test passes clean notebooks through them and finds nothing changed.
DONE_BY_INTAKE = frozenset(
    {
        stock.ClearOutput,
        stock.DeduplicateIds,
        stock.OverwriteKernelspec,
        stock.OverwriteCells,
        stock.CheckCellMetadata,
        ours.WholeText,
    }
)
SAVES = frozenset({stock.SaveAutoGrades, ours.SaveAutoGrades})
OF_THE_DATABASE = SAVES | {stock.AssignLatePenalties}


def classes(configured: Sequence[Any]) -> list[Any]:
    """Return the classes that a list of the configuration means; it may name them by strings."""
    return [import_item(item) if isinstance(item, str) else item for item in configured]


def executes(preprocessor: Any) -> bool:
    """Tell whether a preprocessor runs the notebook, which workers have done."""
    return issubclass(preprocessor, NotebookClient)


def can_be_done_in_bulk(recording: Sequence[Any]) -> bool:
    """Tell whether none but nbgrader's own follow the first preprocessor that writes to the database."""
    seen = False
    for found in recording:
        seen = seen or found in OF_THE_DATABASE
        if seen and found not in OF_THE_DATABASE | DONE_BY_INTAKE:
            return False
    return True

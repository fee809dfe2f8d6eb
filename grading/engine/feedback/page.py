"""A student's feedback page on which the checks go by the names of their exercises; nbgrader calls each of them "Test cell".

Named in `nbgrader_config.py`:

    c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from grading.engine.execution.checks import check_of
from grading.engine.stock.exporter import guard

_ENTRY = re.compile(r'(<a href="#([^"<>]*)">)Test cell(?=</a>)')


class FeedbackPage(HTMLExporter):
    """nbconvert's exporter to HTML, whose list of graded cells, at the top of nbgrader's page, names the exercises."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)  # type: ignore[no-untyped-call]  # nbconvert's is not annotated
        guard(self.parent)

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own class of HTML, which gives text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of an autograded notebook, and what nbconvert knows of it besides."""
        names = {cell.metadata.nbgrader.grade_id: check.exercise.name for cell in nb.cells if (check := check_of(cell))}
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return named(page, names), resources


def named(page: str, names: Mapping[str, str]) -> str:
    """Put names, by grade id, where the list of a page says "Test cell"; what has no name stays as it is."""
    return _ENTRY.sub(lambda entry: entry[1] + names.get(entry[2], "Test cell"), page)

"""A student's feedback page: the checks go by the names of their exercises, not "Test cell", and a phone can show it.

Named in `nbgrader_config.py`:

    c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from grading.engine.execution.checks import check_of
from grading.engine.feedback.plain import SECONDS, TooSlow, is_heavy, plain, within
from grading.engine.stock.exporter import guard

# nbgrader's page is made for a wide window; without this a phone shows it whole, in letters that nobody can read.
_PHONE = """
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
@media (max-width: 600px) {
  .container { width: auto !important; padding: 0 }
  #notebook-container, .panel-body { padding: 8px !important }
  .panel-heading { height: auto !important }
  .panel-heading::after { content: ""; display: table; clear: both }
}
</style>"""
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
        try:
            if is_heavy(nb):
                raise TooSlow
            with within(SECONDS):
                page, found = super().from_notebook_node(nb, copy.deepcopy(resources), **kw)
        except TooSlow:
            with within(SECONDS):
                page, found = super().from_notebook_node(plain(nb), resources, **kw)
        return for_phones(named(page, names)), found


def named(page: str, names: Mapping[str, str]) -> str:
    """Put names, by grade id, where the list of a page says "Test cell"; what has no name stays as it is."""
    return _ENTRY.sub(lambda entry: entry[1] + names.get(entry[2], "Test cell"), page)


def for_phones(page: str) -> str:
    """Let a page be as wide as the screen that shows it."""
    return page.replace("<head>", f"<head>{_PHONE}", 1)

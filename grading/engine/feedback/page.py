"""A student's feedback page: each answer with its verdict and the next hint, and the lesson around them folded.

Named in `nbgrader_config.py`:

    c.GenerateFeedback.exporter_class = "grading.engine.feedback.page.FeedbackPage"

It has no scripts and loads nothing. It fits a phone, follows the reader's choice of light or dark, and prints what is open.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from nbconvert.exporters import Exporter, HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grading.engine.feedback.plain import SECONDS, TooSlow, is_heavy, plain, within
from grading.engine.feedback.shown import grouped, result, shown, works
from grading.engine.stock.exporter import guard


class FeedbackPage(HTMLExporter):
    """nbconvert's exporter to HTML with a page of our own: it takes the same settings and preprocessors."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)  # type: ignore[no-untyped-call]  # nbconvert's is not annotated
        guard(self.parent)

    def from_notebook_node(  # type: ignore[override]  # as nbconvert's own class of HTML, which gives text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of an autograded notebook, and what nbconvert knows of it besides."""
        try:
            if is_heavy(nb):
                raise TooSlow
            with within(SECONDS):
                return self._page(nb, copy.deepcopy(resources), **kw)
        except TooSlow:
            with within(SECONDS):
                return self._page(plain(nb), resources, **kw)

    def _page(self, nb: NotebookNode, resources: dict[str, Any] | None, **kw: Any) -> tuple[str, dict[str, Any]]:
        # An exporter's own part of the work: preprocessors, and no template.
        clean, found = Exporter.from_notebook_node(self, nb, resources, **kw)
        known = found.get("nbgrader", {})
        parts = shown(clean.cells, nb.cells, _waiting(known))
        answers = list(works(parts))
        title = known.get("notebook") or found.get("metadata", {}).get("name") or "Feedback"
        text = template("page.html.jinja").render(
            title=title, groups=list(grouped(parts)), works=answers, result=result(found, answers)
        )
        return text, found


def _waiting(known: dict[str, Any]) -> frozenset[str]:
    """Return the grade ids of the cells to which a person will give points, where nbgrader says which gradebook to ask."""
    if "db_url" not in known:
        return frozenset()
    with Gradebook(known["db_url"]) as gradebook:
        notebook = gradebook.find_submission_notebook(known["notebook"], known["assignment"], known["student"])
        return frozenset(grade.name for grade in notebook.grades if grade.needs_manual_grade)


@cache
def template(name: str) -> Template:
    """Return one of the templates beside this file."""
    environment = Environment(
        loader=PackageLoader("grading.engine.feedback"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda number: f"{number:.2f}".rstrip("0").rstrip(".")
    return environment.get_template(name)

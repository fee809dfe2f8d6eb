"""The class as one HTML file: no scripts, nothing loaded from anywhere; readable on a phone and in the dark."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from grading.report.summary import ClassSummary, ExerciseMark, Standing

# The class that the style sheet colours, and a sign, so that colour is never the only difference.
LOOKS = {
    Standing.RIGHT: ("right", "✓"),
    Standing.PARTLY: ("partly", "◐"),
    Standing.WRONG: ("wrong", "✗"),
    Standing.UNTOUCHED: ("untouched", "○"),
    Standing.WAITING: ("waiting", "…"),
    Standing.ABSENT: ("untouched", "–"),
    Standing.COURSE: ("course", "!"),
}


def page(summary: ClassSummary) -> str:
    """Return the page of a class. Whatever came from a submission is escaped."""
    return _template().render(summary=summary, looks=LOOKS, marks=_marks_by_exercise(summary), Standing=Standing)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("grading.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = lambda number: f"{number:.2f}".rstrip("0").rstrip(".")
    environment.filters["code"] = _with_code
    return environment.get_template("class.html.jinja")


def _with_code(text: str) -> Markup:
    """Show what stands between backticks as code, everything escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(parts))


def _marks_by_exercise(summary: ClassSummary) -> dict[str, dict[str, ExerciseMark]]:
    return {student.student: {mark.exercise: mark for mark in student.marks} for student in summary.students}

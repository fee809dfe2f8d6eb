"""The class over all lessons: one row for each student, one column for each lesson."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from grading.report.summary import ClassSummary, StudentSummary


def overview(summaries: Sequence[ClassSummary]) -> Table:
    """Return the table of points; a plus marks points that a person may still give, a dash a lesson that was not handed in."""
    table = Table(
        box=None, pad_edge=False, title="The class over all lessons", title_justify="left", title_style="bold"
    )
    table.add_column("student", style="bold", no_wrap=True)
    for summary in summaries:
        table.add_column(Text.assemble(summary.lesson, "\n", (f"of {summary.points:g}", "dim")), justify="right")
    points = sum(summary.points for summary in summaries)
    table.add_column(Text.assemble("all", "\n", (f"of {points:g}", "dim")), justify="right", style="bold")
    rows = [{student.student: student for student in summary.students} for summary in summaries]
    for name in sorted({name for row in rows for name in row}):
        found = [row.get(name) for row in rows]
        total = sum(student.earned for student in found if student is not None)
        table.add_row(name, *map(_cell, found), f"{total:.1f}")
    means = ["–" if summary.numbers.mean is None else f"{summary.numbers.mean:.1f}" for summary in summaries]
    table.add_section()
    table.add_row("mean", *means, "", style="italic")
    return table


def _cell(student: StudentSummary | None) -> Text:
    if student is None:
        return Text("–", style="bright_black")
    if not student.marks:
        return Text("no notebook", style="red")
    return Text(f"{student.earned:.1f}{'+' if student.waits else ''}")

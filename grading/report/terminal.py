"""The class in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grading.engine.gradebook.standings import Status
from grading.engine.problems import one_line, told
from grading.report.summary import ClassSummary, ExerciseMark, ExerciseSummary, Standing, StudentSummary

# Signs beside colours: the table reads the same without them.
SIGNS = {
    Standing.RIGHT: ("✓", "green"),
    Standing.PARTLY: ("◐", "yellow"),
    Standing.WRONG: ("✗", "red"),
    Standing.UNTOUCHED: ("○", "bright_black"),
    Standing.WAITING: ("…", "cyan"),
    Standing.ABSENT: ("–", "bright_black"),
    Standing.COURSE: ("!", "magenta"),
}

_JOINT = re.compile(r"([_.])")
_MOST_FAULTS = 4


def show(summary: ClassSummary, console: Console) -> None:
    """Print the class: the table of points, what went wrong, and the files with problems."""
    console.print(render(summary))


def render(summary: ClassSummary) -> RenderableType:
    """Return the class as something that rich can print at any width."""
    parts: list[RenderableType] = [_points_table(summary), _legend(summary)]
    if any(exercise.faults for exercise in summary.exercises):
        parts += [Text("\nWhat went wrong", style="bold"), Padding(_faults_table(summary), (0, 0, 0, 1))]
    if summary.troubled:
        parts.append(Text("\nFiles", style="bold"))
        parts += [Text(f" {one_line(student.student)}  {told(student.problems)}") for student in summary.troubled]
    return Group(*parts)


def _points_table(summary: ClassSummary) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", title_style="bold", title=_title(summary))
    table.add_column(Text("\n\nstudent", style="bold"), no_wrap=True)
    for exercise in summary.exercises:
        table.add_column(_heading(exercise), justify="left")
    table.add_column(Text(f"\n\nof {summary.points:g}"), justify="right", style="bold")
    for student in summary.students:
        table.add_row(one_line(student.student, 20), *_cells(student, summary), _total(student))
    if summary.graded:
        means = [Text(f"{exercise.mean:.2g}", style="italic") for exercise in summary.exercises]
        table.add_section()
        mean = "–" if summary.numbers.mean is None else f"{summary.numbers.mean:.1f}"
        table.add_row(Text("mean", style="italic"), *means, Text(mean, style="italic"))
    return table


def _title(summary: ClassSummary) -> str:
    numbers = summary.numbers
    mean = "nobody graded" if numbers.mean is None else f"{numbers.mean:.1f} of {numbers.points:g} on average"
    without = f", without {', '.join(numbers.left_out)}" if numbers.left_out else ""
    handed_in = len(summary.students) - summary.count(Status.NOT_HANDED_IN)
    return f"{summary.lesson}: {handed_in} submissions, {mean}{without}"


def _heading(exercise: ExerciseSummary) -> Text:
    """Break a name at its joint, so that narrow terminals have room for it; always three lines, the points below."""
    first, joint, rest = _JOINT.sub(r"\1\n", exercise.name, count=1).partition("\n")
    name = f"{first}\n{rest}" if joint else f"\n{first}"
    return Text.assemble((name, "bold"), "\n", (f"{exercise.points:g}", "dim"))


def _cells(student: StudentSummary, summary: ClassSummary) -> Iterator[Text]:
    marks = {mark.exercise: mark for mark in student.marks}
    for exercise in summary.exercises:
        yield _cell(marks[exercise.name]) if exercise.name in marks else Text("-", style="dim")


def _cell(mark: ExerciseMark) -> Text:
    sign, colour = SIGNS[mark.standing]
    return Text(f"{sign} {mark.earned:.3g}" if mark.standing is Standing.PARTLY else sign, style=colour)


def _total(student: StudentSummary) -> Text:
    if not student.marks:
        return Text(student.status.replace(" yet", ""), style="dim")
    return Text(f"{student.earned:.4g}{'+' if student.waits else ''}")


def _legend(summary: ClassSummary) -> Text:
    present = {mark.standing for student in summary.students for mark in student.marks}
    legend = Text("  ".join(f"{sign} {standing}" for standing, (sign, _) in SIGNS.items() if standing in present))
    if any(student.waits for student in summary.students):
        legend.append("  + more to come from a person")
    legend.stylize("dim")
    return legend


def _faults_table(summary: ClassSummary) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for exercise in summary.exercises:
        for position, fault in enumerate(exercise.faults[:_MOST_FAULTS]):
            words = Text.assemble(fault.title, (f"  {fault.advice}" if fault.advice else "", "dim"))
            name = exercise.name if position == 0 else ""
            table.add_row(Text(name), Text(f"{len(fault.students)} ×"), words)
        others = exercise.faults[_MOST_FAULTS:]
        if others:
            count = sum(len(fault.students) for fault in others)
            table.add_row("", Text(f"{count} ×"), Text("otherwise; the page has them all", style="dim"))
    return table

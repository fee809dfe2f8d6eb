"""The class in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grading.engine.problems import one_line
from grading.report.summary import ClassSummary, ExerciseSummary, Mark, Standing, StudentSummary

# Signs beside colours: the table reads the same without them.
SIGNS = {
    Standing.RIGHT: ("✓", "green"),
    Standing.PARTLY: ("◐", "yellow"),
    Standing.WRONG: ("✗", "red"),
    Standing.UNTOUCHED: ("○", "bright_black"),
    Standing.WAITING: ("…", "cyan"),
    Standing.COURSE: ("!", "magenta"),
}


def show(summary: ClassSummary, console: Console) -> None:
    """Print the class: the table of points, what went wrong, and the files with problems."""
    console.print(render(summary))


def render(summary: ClassSummary) -> RenderableType:
    """Return the class as something that rich can print at any width."""
    parts: list[RenderableType] = [_points_table(summary), _legend(summary)]
    if any(exercise.faults for exercise in summary.exercises):
        parts += [Text("\nWhat went wrong", style="bold"), Padding(_faults_table(summary), (0, 0, 0, 1))]
    if summary.problems:
        parts.append(Text("\nFiles", style="bold"))
        parts += [Text(f" {one_line(student)}  {problem.sentence}") for student, problem in summary.problems]
    return Group(*parts)


def _points_table(summary: ClassSummary) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", title_style="bold", title=_title(summary))
    table.add_column("student", no_wrap=True)
    for exercise in summary.exercises:
        table.add_column(_heading(exercise), justify="left")
    table.add_column(f"of {summary.points:g}", justify="right", style="bold")
    for student in summary.students:
        table.add_row(one_line(student.student, 20), *_cells(student, summary), _total(student))
    if summary.graded:
        means = [Text(f"{exercise.mean:.2g}", style="italic") for exercise in summary.exercises]
        table.add_section()
        table.add_row(Text("mean", style="italic"), *means, Text(f"{summary.mean:.1f}", style="italic"))
    return table


def _title(summary: ClassSummary) -> str:
    return f"{summary.lesson}: {len(summary.students)} submissions, {summary.mean:.1f} of {summary.points:g} on average"


def _heading(exercise: ExerciseSummary) -> Text:
    """Break a name where it has joints, so that narrow terminals have room for it."""
    name = exercise.name.replace("_", "_\n").replace(".", ".\n")
    return Text.assemble(name, (f" {exercise.points:g}", "dim"))


def _cells(student: StudentSummary, summary: ClassSummary) -> Iterator[Text]:
    marks = {mark.exercise: mark for mark in student.marks}
    for exercise in summary.exercises:
        yield _cell(marks[exercise.name]) if exercise.name in marks else Text("-", style="dim")


def _cell(mark: Mark) -> Text:
    sign, colour = SIGNS[mark.standing]
    return Text(f"{sign} {mark.earned:g}" if mark.standing is Standing.PARTLY else sign, style=colour)


def _total(student: StudentSummary) -> Text:
    if not student.marks:
        return Text("not graded", style="dim")
    return Text(f"{student.earned:g}{'+' if student.waits else ''}")


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
        for position, fault in enumerate(exercise.faults):
            words = Text.assemble(fault.title, (f"  {fault.advice}" if fault.advice else "", "dim"))
            name = exercise.name if position == 0 else ""
            table.add_row(Text(name), Text(f"{len(fault.students)} ×"), words)
    return table

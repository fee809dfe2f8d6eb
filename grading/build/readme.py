"""The table of lessons and points in the README, written by the build between two markers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grading.build.contents import clock, minutes
from grading.build.declared import DeclaredExercise, of_lesson, points_text
from grading.build.diagnostic import Diagnostic
from grading.build.differences import text_drift
from grading.build.master import Master, Role

PATH = "README.md"
BEGIN = "<!-- points:begin -->"
END = "<!-- points:end -->"


def points_table(masters: Sequence[Master], exercises: Iterable[DeclaredExercise]) -> str:
    """Return the table in Markdown: a row for each lesson, and the total. Only cells that give points are counted."""
    declared = tuple(exercises)
    rows = []
    number, total = 0, 0.0
    for master in masters:
        table = of_lesson(declared, master.name)
        graded = [table[c.exercise] for c in master.with_role(Role.CHECK, Role.WRITTEN) if c.exercise in table]
        points = sum(exercise.points for exercise in graded)
        names = ", ".join(f"`{exercise.name}`{' (written)' if exercise.manual else ''}" for exercise in graded)
        lesson = f"[{master.name}](notebooks/{master.name}.ipynb)"
        rows.append(f"| {lesson} | {names} | {clock(minutes(master))} | {points_text(points)} |")
        number, total = number + len(graded), total + points
    head = ["| Lesson | Exercises | Time | Points |", "|---|---|---|---:|"]
    whole = clock(sum(map(minutes, masters)))
    return "\n".join([*head, *rows, f"| **Total** | **{number}** | **{whole}** | **{points_text(total)}** |"])


def with_table(text: str, table: str) -> str | Diagnostic:
    """Return the README with the table between its markers, or what is wrong with the markers."""
    for marker in (BEGIN, END):
        if text.count(marker) != 1:
            return Diagnostic(PATH, f"the line {marker!r} must occur once, not {text.count(marker)} times")
    before, rest = text.split(BEGIN)
    if END not in rest:
        return Diagnostic(PATH, f"{END!r} stands before {BEGIN!r}")
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"


def table_drift(text: str, table: str) -> list[Diagnostic]:
    """Return the first line of the README's table that is not what the exercises add up to."""
    wanted = with_table(text, table)
    if isinstance(wanted, Diagnostic):
        return [wanted]
    return text_drift(PATH, "the points table is not what the lessons add up to", wanted, text)

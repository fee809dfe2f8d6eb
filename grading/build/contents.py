"""What the build writes around a lesson: what is in it and how long it takes, and at its end what comes next.

How long a lesson takes is computed, by a rule that everybody can check: 200 words a minute (Brysbaert 2019 finds a mean of 238
for non-fiction; this is technical), a minute for each displayed formula, twenty seconds for each cell that is run and looked at,
and for each exercise by its declared difficulty 4, 10 or 20 minutes, 10 where none is declared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grading.build import markers
from grading.build.declared import DeclaredExercise, points_text
from grading.build.master import Cell, Master, Role

WORDS_A_MINUTE = 200
FORMULA_MINUTES = 1.0
CELL_MINUTES = 1 / 3
EXERCISE_MINUTES = {0: 10, 1: 4, 2: 10, 3: 20}

CONTENTS_ID = "contents"
POINTS_ID = "points-so-far"
NEXT_ID = "next-lesson"

_ANSWERED = (Role.TODO, Role.WRITTEN)
_FORMULA = re.compile(r"\$\$.+?\$\$", re.S)
_HEADING = re.compile(r"^## (.+?)\s*$", re.M)
# Markup, and not the signs of a formula such as `a < b`.
_NOT_READ = re.compile(r"<!--.*?-->|</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>|\]\([^)]*\)|[#*|`]", re.S)
_WORD = re.compile(r"[^\W_](?:\S*[^\W_])?")


def minutes(master: Master) -> int:
    """Return how long a lesson takes, in minutes, to the nearest five."""
    exact = reading_minutes(master) + sum(exercise_minutes(cell) for cell in master.with_role(*_ANSWERED))
    return max(5, 5 * round(exact / 5))


def reading_minutes(master: Master) -> float:
    """Return the minutes for text, formulas, and cells that are run and looked at."""
    text = "\n\n".join(_without_answer(cell) for cell in master.cells if cell.kind == "markdown")
    words = len(_WORD.findall(_NOT_READ.sub(" ", _FORMULA.sub(" ", text))))
    shown = sum(cell.role in (Role.PLAIN, Role.SETUP) for cell in master.cells if cell.kind == "code")
    return words / WORDS_A_MINUTE + FORMULA_MINUTES * len(_FORMULA.findall(text)) + CELL_MINUTES * shown


def exercise_minutes(cell: Cell) -> int:
    """Return the minutes for the exercise of a TODO or a written answer."""
    return EXERCISE_MINUTES[cell.difficulty]


def clock(whole: int) -> str:
    """Return minutes as people say them: "50 minutes", "2 h", "1 h 35 min"."""
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest} minutes"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def contents(master: Master, exercises: Mapping[str, DeclaredExercise]) -> str:
    """Return the time, the table of the exercises and the list of the sections, in Markdown; "" for a lesson of no sections."""
    sections = [
        heading for cell in master.cells if cell.kind == "markdown" for heading in _HEADING.findall(cell.source)
    ]
    graded = [cell for cell in master.with_role(*_ANSWERED) if cell.exercise in exercises]
    if not sections:
        return ""
    points = points_text(sum(exercises[cell.exercise].points for cell in graded))
    told = [f"**About {clock(minutes(master))}**, {points} points."]
    if graded:
        rows = [
            f"| `{cell.exercise}`{' (in words)' if cell.role is Role.WRITTEN else ''} "
            f"| {points_text(exercises[cell.exercise].points)} | {exercise_minutes(cell)} | {_difficulty(cell)} |"
            for cell in graded
        ]
        told.append("\n".join(["| exercise | points | minutes | difficulty |", "|---|---:|---:|---|", *rows]))
    links = "\n".join(f"- [{heading}](#{anchor(heading)})" for heading in sections)
    told.append(f"<details><summary>Contents</summary>\n\n{links}\n\n</details>")
    return "\n\n".join(told)


def anchor(heading: str) -> str:
    """Return where Jupyter finds a heading: its text with hyphens for spaces, as `nbconvert` and JupyterLab make it."""
    return re.sub(r"[`*$\\]", "", heading).replace(" ", "-").replace("(", "%28").replace(")", "%29")


def points_cell(master: Master) -> str:
    """Return the code that shows a learner the points so far of this lesson, which nothing but their own machine knows."""
    return f'from grading import progress\n\nprogress("{master.name}")'


def next_cell(following: str, address: str = "") -> str:
    """Return the way to the next lesson, in Markdown: beside this one, and in Colab; "" after the last."""
    if not following:
        return ""
    there = f" · [in Colab]({address})" if address else ""
    return f"**Next:** [{following}]({following}.ipynb){there}"


def after(lesson: str, lessons: Sequence[str]) -> str:
    """Return the name of the lesson that follows, "" after the last."""
    return min((name for name in lessons if name > lesson), default="")


def _difficulty(cell: Cell) -> str:
    return f"{'●' * cell.difficulty}{'○' * (3 - cell.difficulty)} {cell.difficulty} of 3" if cell.difficulty else "–"


def _without_answer(cell: Cell) -> str:
    return markers.with_stub(cell.source, "") if cell.role is Role.WRITTEN else cell.source

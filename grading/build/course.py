"""A course folder: find its masters, build what they give, verify what is there. The build reads and writes here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from grading.build import render
from grading.build.contents import after
from grading.build.declared import DeclaredExercise, of_lesson
from grading.build.diagnostic import BuildError, Diagnostic
from grading.build.drift import notebook_drift, solution_drift
from grading.build.execute import execute
from grading.build.explanations import DeclaredExplanation, explanation_diagnostics
from grading.build.leaks import answers_given_away, leaks
from grading.build.lint import lint
from grading.build.master import MASTER_NAME, Master, parse_master
from grading.build.models import PATH as MODELS
from grading.build.models import models_drift, models_text
from grading.build.nodes import from_text, to_text
from grading.build.order import PATH as ORDER
from grading.build.order import order_drift, order_text
from grading.build.outputs import solution_diagnostics
from grading.build.predictions import DeclaredQuestion, prediction_diagnostics
from grading.build.readme import PATH as README
from grading.build.readme import points_table, table_drift, with_table
from grading.build.release import release_text
from grading.build.settings import Settings
from grading.build.todos import PATH as TODOS
from grading.build.todos import todos_drift, todos_text

GENERATED = ("notebooks", "source", "release", "solutions")
_IGNORED = {".ipynb_checkpoints", "__pycache__", ".gitkeep", ".DS_Store"}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Masters:
    """The masters of a course folder, those that can be read and are in order, and what is wrong with the others.

    sound: masters that may be built. parsed: masters that can be read, sound or not.
    """

    root: Path
    exercises: tuple[DeclaredExercise, ...]
    settings: Settings
    parsed: tuple[Master, ...]
    sound: tuple[Master, ...]
    diagnostics: tuple[Diagnostic, ...]
    broken: tuple[str, ...] = field(default=())
    explanations: tuple[DeclaredExplanation, ...] = ()

    def table(self) -> str:
        """Return the table of points for the README."""
        return points_table(self.parsed, self.exercises)

    def lessons(self) -> tuple[str, ...]:
        """Return the names of all lessons that have a master, readable or not."""
        return tuple(sorted((*(master.name for master in self.parsed), *self.broken)))


def read_masters(
    root: Path,
    exercises: Sequence[DeclaredExercise],
    settings: Settings,
    questions: Sequence[DeclaredQuestion] = (),
    explanations: Sequence[DeclaredExplanation] = (),
) -> Masters:
    """Read and lint every master in `lessons/`. A broken one is a problem of its own and stops no other."""
    folder = root / "lessons"
    if not folder.is_dir():
        raise BuildError(f"no folder lessons/ in {root}; run this in the course folder or name it with --course")
    parsed: list[Master] = []
    sound: list[Master] = []
    diagnostics: list[Diagnostic] = []
    broken: list[str] = []
    for path in sorted(folder.glob("*.py")):
        place = f"lessons/{path.name}"
        if path.name.startswith("_"):
            continue
        if not MASTER_NAME.fullmatch(path.stem):
            diagnostics.append(
                Diagnostic(place, "a master is named like 02-activations.py: two digits and lower-case words")
            )
            continue
        master = parse_master(path.stem, place, path.read_bytes())
        if isinstance(master, Diagnostic):
            diagnostics.append(master)
            broken.append(path.stem)
            continue
        parsed.append(master)
        found = [
            *lint(master, of_lesson(exercises, master.name)),
            *answers_given_away(master),
            *prediction_diagnostics(master, questions),
            *explanation_diagnostics(master, explanations),
        ]
        diagnostics.extend(found)
        if not found:
            sound.append(master)
    return Masters(
        root,
        tuple(exercises),
        settings,
        tuple(parsed),
        tuple(sound),
        tuple(diagnostics),
        tuple(broken),
        tuple(explanations),
    )


@dataclass(frozen=True)
class Rendered:
    """What a master gives: texts of notebooks by path, the solution before it is executed, and what leaks."""

    texts: dict[str, str]
    solution: NotebookNode
    diagnostics: tuple[Diagnostic, ...]


def render_lesson(masters: Masters, master: Master) -> Rendered:
    """Render one lesson in memory and look for leaks; raises BuildError if nbgrader refuses the instructor version."""
    exercises = of_lesson(masters.exercises, master.name)
    following = after(master.name, masters.lessons())
    learner = to_text(render.learner_notebook(master, exercises, masters.settings, following))
    source = to_text(render.source_notebook(master, exercises))
    release = release_text(master.name, source)
    texts = {
        render.learner_path(master.name): learner,
        render.source_path(master.name): source,
        render.release_path(master.name): release,
    }
    found: list[Diagnostic] = []
    for path in (render.learner_path(master.name), render.release_path(master.name)):
        found.extend(leaks(master, exercises, path, from_text(texts[path])))
    models = {one.name: one.model for one in masters.explanations if one.lesson == master.name}
    return Rendered(texts, render.solution_notebook(master, exercises, following, models), tuple(found))


def build_lesson(masters: Masters, master: Master, *, force: bool, run: bool, say: Say) -> list[Diagnostic]:
    """Write the notebooks of one lesson, those whose content changed; execute the solution if its source changed.

    Nothing is written if anything would leak.
    """
    rendered = render_lesson(masters, master)
    if rendered.diagnostics:
        return list(rendered.diagnostics)
    written = [path for path, text in rendered.texts.items() if _write(masters.root / path, text)]
    say(f"{master.name}: {_written(written)}")
    path = render.solution_path(master.name)
    if not force and not solution_drift(path, rendered.solution, _read(masters.root / path)):
        say(f"{master.name}: {path} is up to date")
        return []
    if not run:
        say(f"{master.name}: {path} is not executed (--no-execute)")
        return []
    solved = execute(rendered.solution, path, lambda done, total: say(f"{master.name}: {path} cell {done}/{total}"))
    found = solution_diagnostics(solved, path)
    if not found:
        _write(masters.root / path, to_text(solved))
        say(f"{master.name}: wrote {path}")
    return found


def build_order(masters: Masters, say: Say) -> None:
    """Write order, TODOs and solutions of the exercises into the package, where the course holds it.

    Not while a master cannot be read.
    """
    for place, text, what in (
        (ORDER, order_text, "the order of the exercises"),
        (TODOS, todos_text, "the TODOs"),
        (MODELS, models_text, "the solutions"),
    ):
        path = masters.root / place
        if path.parent.is_dir() and not masters.broken and _write(path, text(masters.parsed)):
            say(f"wrote {what} into {place}")


def build_readme(masters: Masters, say: Say) -> list[Diagnostic]:
    """Write the table of points into the README; not while a master cannot be read, because its row would be lost."""
    if masters.broken:
        return []
    text = _read(masters.root / README)
    if text is None:
        return [Diagnostic(README, "is missing; it holds the table of points")]
    wanted = with_table(text.decode("utf-8"), masters.table())
    if isinstance(wanted, Diagnostic):
        return [wanted]
    if _write(masters.root / README, wanted):
        say(f"wrote the table of points into {README}")
    return []


def verify(masters: Masters, chosen: Sequence[Master]) -> list[Diagnostic]:
    """Render the lessons again and compare; writes nothing in the course folder."""
    found: list[Diagnostic] = []
    for master in chosen:
        try:
            rendered = render_lesson(masters, master)
        except BuildError as error:
            found.append(Diagnostic(master.path, str(error)))
            continue
        found.extend(rendered.diagnostics)
        for path, text in rendered.texts.items():
            found.extend(notebook_drift(path, text, _read(masters.root / path)))
        path = render.solution_path(master.name)
        found.extend(solution_drift(path, rendered.solution, _read(masters.root / path)))
    return found


def verify_whole(masters: Masters) -> list[Diagnostic]:
    """Look at what no single lesson shows: the table in the README, and files that no master gives."""
    found = stale(masters)
    if (masters.root / ORDER).parent.is_dir() and not masters.broken:
        order, todos = (_read(masters.root / place) or b"" for place in (ORDER, TODOS))
        found.extend(order_drift(order.decode("utf-8"), order_text(masters.parsed)))
        found.extend(todos_drift(todos.decode("utf-8"), todos_text(masters.parsed)))
    if (masters.root / MODELS).parent.is_dir() and not masters.broken:
        models = _read(masters.root / MODELS) or b""
        found.extend(models_drift(models.decode("utf-8"), models_text(masters.parsed)))
    text = _read(masters.root / README)
    if text is None:
        found.append(Diagnostic(README, "is missing; it holds the table of points"))
    elif not masters.broken:
        found.extend(table_drift(text.decode("utf-8"), masters.table()))
    return found


def stale(masters: Masters) -> list[Diagnostic]:
    """Return the files in generated folders that no master gives; in source/ nbgrader would hand them to the class."""
    wanted = {path for name in masters.lessons() for path in _paths(name)}
    found = []
    for folder in GENERATED:
        for path in sorted((masters.root / folder).rglob("*")):
            inner = path.relative_to(masters.root)
            place = inner.as_posix()
            counts = folder in ("source", "release") or path.suffix == ".ipynb"
            if path.is_dir() or not counts or place in wanted or _IGNORED & set(inner.parts):
                continue
            found.append(Diagnostic(place, "no master gives this file; delete it"))
    return found


def _paths(lesson: str) -> tuple[str, ...]:
    return (
        render.learner_path(lesson),
        render.source_path(lesson),
        render.release_path(lesson),
        render.solution_path(lesson),
    )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(path: Path, text: str) -> bool:
    """Write a file whole or not at all, if its content changes; return whether it did."""
    data = text.encode("utf-8")
    if _read(path) == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(data)
    os.replace(draft, path)
    return True


def _written(paths: Sequence[str]) -> str:
    return f"wrote {', '.join(paths)}" if paths else "notebooks/, source/ and release/ are up to date"

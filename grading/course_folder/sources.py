"""The lessons that a course can choose from: those of the package, and its own in `lessons/`, which come first."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import grading
from grading.build import render
from grading.build.course import Masters, read_masters
from grading.build.declared import of_lesson
from grading.build.diagnostic import BuildError, report
from grading.build.nodes import to_text
from grading.build.settings import Settings
from grading.course_folder.worth import Notebook
from grading.errors import CourseError

_OF_THE_PACKAGE = Path(grading.__file__).resolve().parents[1] / "source"


def source_path(folder: Path, lesson: str) -> Path:
    """Return where a course keeps the instructor's version of a lesson."""
    return folder / render.source_path(lesson)


def lessons_to_choose(folder: Path) -> list[str]:
    """Return the names of all lessons that a course can have, sorted. Raises CourseError if the package comes without any."""
    of_package = {path.parent.name for path in _OF_THE_PACKAGE.glob("*/*.ipynb") if path.stem == path.parent.name}
    found = sorted({*of_package, *_own(folder)})
    if not found:
        raise CourseError(
            f"there are no lessons in {_OF_THE_PACKAGE}: this needs a clone of the course, installed with `pip install -e`"
        )
    return found


def exercises_to_choose(folder: Path) -> dict[str, str]:
    """Return the lesson of each exercise, by its name."""
    from grading.catalogue.finding import OWN, find  # with torch, which exercises need

    own = folder if (folder / OWN).is_dir() else None
    return {one.name: one.lesson for one in find(own)}


def source_of(folder: Path, lesson: str) -> Notebook:
    """Return the instructor's version of a lesson, with the points of the package. Raises BuildError where an own one is not in order."""
    if lesson in _own(folder):
        return _rendered(folder, lesson)
    found: Notebook = json.loads((_OF_THE_PACKAGE / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return found


def text_of(notebook: Mapping[str, object]) -> str:
    """Return a notebook as it is written."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _own(folder: Path) -> list[str]:
    return [path.stem for path in (folder / "lessons").glob("*.py") if not path.name.startswith("_")]


def _rendered(folder: Path, lesson: str) -> Notebook:
    masters = _masters(folder)
    wrong = [one for one in masters.diagnostics if one.path == f"lessons/{lesson}.py"]
    if wrong:
        raise BuildError(f"{lesson} is not in order; correct it in {folder / 'lessons'}:\n{report(wrong)}")
    master = next(one for one in masters.sound if one.name == lesson)
    notebook: Notebook = json.loads(to_text(render.source_notebook(master, of_lesson(masters.exercises, lesson))))
    return notebook


def _masters(folder: Path) -> Masters:
    from grading.catalogue.explanations import explanations
    from grading.catalogue.finding import COURSE_VARIABLE, OWN, find, load
    from grading.catalogue.questions import questions

    # The exercises of a course are looked for where this says, also in the processes that are started.
    os.environ[COURSE_VARIABLE] = str(folder)
    own = folder if (folder / OWN).is_dir() else None
    exercises = tuple(map(load, find(own)))
    return read_masters(folder, exercises, Settings(), questions(), explanations())

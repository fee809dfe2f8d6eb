"""Making the demo course: a folder with the course's own sources and settings and the sample's submissions."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grading
from grading.catalogue import exercises
from grading.cells import grade_id_of
from grading.demo.answers import answer_source
from grading.demo.pupil import Damage, Pupil
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, NoSuchLesson, open_course
from grading.errors import CourseError

_MARKER = ".demo"
_SETTINGS = "nbgrader_config.py"


def make_school(directory: Path, classes: Mapping[str, tuple[Pupil, ...]], origin: Path | None = None) -> Course:
    """Write the demo course into a folder, over an older one, and return it; grades of an older one are kept.

    origin: the course that lends its source/ and settings, by default the clone that this package is in. Raises
    CourseError if the folder holds something else, or the lessons have not been built.
    """
    origin = origin or Path(grading.__file__).parents[1]
    _claim(directory)
    shutil.copyfile(_existing(origin / _SETTINGS), directory / _SETTINGS)
    for lesson in classes:
        _adopt_lesson(directory, origin, lesson)
    shutil.rmtree(directory / "submitted", ignore_errors=True)
    for lesson, pupils in classes.items():
        for pupil in pupils:
            _hand_in(directory, lesson, pupil)
    return open_course(directory)


def _claim(directory: Path) -> None:
    """Take an empty folder or one that was claimed before; submissions in it are replaced, so never another one."""
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()) and not (directory / _MARKER).exists():
        raise CourseError(
            f"{directory} is not empty and was not made by the demo; give an empty folder with --directory"
        )
    (directory / _MARKER).write_text("Made by `python -m grading demo`, which may replace everything here.\n")


def _existing(path: Path) -> Path:
    if not path.exists():
        raise CourseError(
            f"there is no {path}: the demo needs a clone of the course with its lessons built (`make build`)"
        )
    return path


def _adopt_lesson(directory: Path, origin: Path, lesson: str) -> None:
    """Copy a lesson's source and generate it, unless that was done before and nothing has changed."""
    source, target = _existing(origin / "source" / lesson), directory / "source" / lesson
    if _contents(source) == _contents(target) and (directory / "release" / lesson).is_dir():
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    generate_assignment(open_course(directory), lesson)


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _hand_in(directory: Path, lesson: str, pupil: Pupil) -> None:
    target = directory / "submitted" / pupil.student / lesson
    target.mkdir(parents=True)
    name = f"{lesson} (1).ipynb" if pupil.damage is Damage.RENAMED else f"{lesson}.ipynb"
    (target / name).write_bytes(submission(directory, lesson, pupil))


def submission(directory: Path, lesson: str, pupil: Pupil) -> bytes:
    """Return the notebook file that a student of the sample hands in."""
    released = _read(directory / "release" / lesson / f"{lesson}.ipynb")
    instructor = {grade_id_of(cell): cell for cell in _read(directory / "source" / lesson / f"{lesson}.ipynb")["cells"]}
    by_cell = {exercise.grade_id: exercise for exercise in exercises(lesson)}
    notebook = copy.deepcopy(released)
    for cell in notebook["cells"]:
        exercise = by_cell.get(grade_id_of(cell) or "")
        if exercise is not None:
            answer = pupil.answers.get(exercise.name, pupil.otherwise)
            solved = "".join(instructor[grade_id_of(cell)]["source"])
            cell["source"] = answer_source(answer, exercise, solved, "".join(cell["source"]))
    return _damaged(notebook, pupil.damage)


def _damaged(notebook: dict[str, Any], damage: Damage) -> bytes:
    if damage is Damage.OTHER_LANGUAGE:
        notebook["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    content = json.dumps(notebook, indent=1, ensure_ascii=False).encode()
    return content[: len(content) // 2] if damage is Damage.CUT_OFF else content


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NoSuchLesson(f"there is no {path}")
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook

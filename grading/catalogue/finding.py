"""Finding the exercises: in this package first, then in the folder of the course, whose own exercises lie in `exercises/`.

    exercises/02-activations/softplus/exercise.py       beside `nbgrader_config.py`

The order within a lesson is that of the lesson's cells. The build keeps it in `order.json`, because an installed package comes
without the lessons; what is not listed there comes last, by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module, util
from pathlib import Path
from traceback import walk_tb
from types import ModuleType, TracebackType
from typing import Any, TypeVar

from grading.errors import CourseError
from grading.judging.exercise import Exercise

ORDER = Path(__file__).with_name("order.json")
COURSE_VARIABLE = "MLP_COURSE_FOLDER"
OWN = "exercises"
# What packages are called that are made of a course's own exercises, with a digest of where they lie.
_OWN_PACKAGE = "course_exercises"
Declared = TypeVar("Declared", bound=Any)  # a dataclass with the field `lesson`
_CELL = re.compile(r'^# %% .*\b(?:todo|written)="([^"]+)"', re.M)


@dataclass(frozen=True)
class Found:
    """Where an exercise lies. package: the name under which its modules are imported. folder: their folder."""

    lesson: str
    name: str
    package: str
    folder: Path


def folder_of(name: str) -> str:
    """Return the name of an exercise's folder: `MLPScratch.forward` lies in `mlp_scratch_forward`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", words).lower()


def order_in(master: str) -> list[str]:
    """Return the exercises of a lesson in the order of its cells, from the text of the script."""
    return list(dict.fromkeys(_CELL.findall(master)))


def course_folder() -> Path | None:
    """Return the course's folder, which may hold exercises of its own: `$MLP_COURSE_FOLDER`, or here or above; None if there is none."""
    named = os.environ.get(COURSE_VARIABLE)
    here = Path.cwd()
    candidates = [Path(named)] if named else [here, *here.parents]
    return next((one for one in candidates if (one / OWN).is_dir() and (one / "nbgrader_config.py").is_file()), None)


def find(course: Path | None) -> list[Found]:
    """Return every exercise, lesson by lesson, each in its place."""
    return sorted([*_in_package(), *(_in_course(course) if course else ())], key=lambda one: one.lesson)


def _in_package() -> Iterator[Found]:
    order = json.loads(ORDER.read_text(encoding="utf-8")) if ORDER.is_file() else {}
    for folder in _folders(Path(__file__).parent, "__init__.py"):
        package = f"{__package__}.{folder.name}"
        lesson: str = import_module(package).LESSON
        yield from _of_lesson(lesson, folder, package, order.get(lesson, ()))


def _in_course(course: Path) -> Iterator[Found]:
    for folder in _folders(course / OWN):
        master = course / "lessons" / f"{folder.name}.py"
        order = order_in(master.read_text(encoding="utf-8")) if master.is_file() else ()
        package = f"{_OWN_PACKAGE}_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
        yield from _of_lesson(folder.name, folder, package, order)


def _of_lesson(lesson: str, folder: Path, package: str, order: Sequence[str]) -> Iterator[Found]:
    present = {one.name: one for one in _folders(folder, "exercise.py")}
    listed = [name for name in order if folder_of(name) in present]
    for name in listed:
        own = present.pop(folder_of(name))
        yield Found(lesson, name, f"{package}.{own.name}", own)
    for own in present.values():
        found = Found(lesson, "", f"{package}.{own.name}", own)
        yield replace(found, name=_declared(found).name)


def _folders(parent: Path, holding: str = "") -> list[Path]:
    """Return the folders in a folder, by name; only those that hold a file of this name, if one is given."""
    found = [one for one in parent.iterdir() if one.is_dir() and not one.name.startswith((".", "__"))]
    return sorted(one for one in found if not holding or (one / holding).is_file())


@cache
def load(found: Found) -> Exercise:
    """Return an exercise with its hidden cases and its last hint, where the files that hold them are installed.

    Raises CourseError if its file declares none.
    """
    declared = _declared(found)
    hidden, answers = module_in(found, "hidden"), module_in(found, "answers")
    return replace(
        declared,
        lesson=found.lesson,
        cases=(*declared.cases, *(hidden.CASES if hidden else ())),
        hints=(*declared.hints, *((answers.LAST_HINT,) if answers else ())),
    )


def _declared(found: Found) -> Exercise:
    module = module_in(found, "exercise")
    declared: Any = getattr(module, "EXERCISE", None)
    if not isinstance(declared, Exercise):
        raise CourseError(f"{found.folder / 'exercise.py'} declares no EXERCISE; give it one, or delete the folder")
    return declared


def of_lessons(course: Path | None, file: str, attribute: str, kind: type[Declared], remedy: str) -> Iterator[Declared]:
    """Yield what the files of this name beside the exercises declare, lesson by lesson, each with its lesson.

    Raises CourseError, with the remedy, if a file does not declare a tuple of this kind.
    """
    for found in {one.lesson: one for one in find(course)}.values():
        folder = found.folder.parent
        module = module_in(Found(found.lesson, "", found.package.rpartition(".")[0], folder), file)
        if module is None:
            continue
        declared: Any = getattr(module, attribute, None)
        if not isinstance(declared, tuple) or not all(isinstance(one, kind) for one in declared):
            raise CourseError(f"{folder / file}.py declares no {attribute}{remedy}")
        yield from (replace(one, lesson=found.lesson) for one in declared)


def module_in(found: Found, name: str) -> ModuleType | None:
    """Import one of the files of an exercise; None if there is no such file."""
    path = found.folder / f"{name}.py"
    if not path.is_file():
        return None
    try:
        if not found.package.startswith(_OWN_PACKAGE):
            return import_module(f"{found.package}.{name}")
        return _imported_from(path, f"{found.package}.{name}")
    except CourseError:
        raise
    except Exception as error:
        line = getattr(error, "lineno", None) or _line_in(path, error.__traceback__)
        place = f"{path}:{line}" if line else str(path)
        raise CourseError(f"{place} cannot be imported: {type(error).__name__}: {error}; fix it there") from error


def _line_in(path: Path, trace: TracebackType | None) -> int:
    """Return the line of a file that a traceback last passed through; 0 if it did not."""
    return next((at for frame, at in reversed(list(walk_tb(trace))) if frame.f_code.co_filename == str(path)), 0)


def _imported_from(path: Path, name: str) -> ModuleType:
    """Import a file of a course's own exercise, which may say `from .exercise import ...`."""
    parent = name.rpartition(".")[0]
    if parent not in sys.modules:
        package = ModuleType(parent)
        package.__path__ = [str(path.parent)]
        sys.modules[parent] = package
    if name not in sys.modules:
        spec = util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None, "a path that ends in .py has a loader"
        module = util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]

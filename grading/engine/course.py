"""A course as nbgrader sees it: a folder with `nbgrader_config.py`, submitted notebooks and a gradebook."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

from grading.errors import CourseError

# What programs add to the name of a second copy, and how alike two names with a slip of the finger are.
_COPY = re.compile(r"[ _-]*(\(\d+\)|copy( \d+)?)$", re.IGNORECASE)
_ALIKE = 0.85


class NoSuchLesson(CourseError):
    """The course has no such lesson, or nothing was released or handed in yet."""


@dataclass(frozen=True)
class Course:
    """The folder of a course, and nbgrader's configuration and directories for it."""

    root: Path
    config: Config
    directories: Any

    @property
    def database(self) -> str:
        """The URL of the gradebook: SQLite in the course's folder unless nbgrader's configuration says otherwise."""
        return str(self.directories.db_url)

    def folder(self, step: str, student: str, lesson: str) -> Path:
        """Return where nbgrader keeps a student's lesson at a step: "submitted", "autograded" or "feedback"."""
        name = getattr(self.directories, f"{step}_directory")
        return Path(self.directories.format_path(name, student, lesson))

    def source(self, lesson: str) -> Path:
        """Return the folder of the instructor's version of a lesson."""
        return self.folder("source", ".", lesson)

    @property
    def own_files(self) -> Path:
        """Where the secret, journals, locks and logs are kept. Without its journal a lesson is graded again as a whole."""
        return self.root / ".grading"


def open_course(root: Path) -> Course:
    """Read a course's configuration the way stock nbgrader does: Jupyter's folders first, then the course's own.

    Raises NoSuchLesson if there is no such folder.
    """
    root = root.resolve()
    if not root.is_dir():
        raise NoSuchLesson(f"there is no folder {root}; give a course's folder with --course")
    # nbgrader runs `alembic` by name when it creates a gradebook; it lies beside the interpreter.
    binaries = str(Path(sys.executable).parent)
    if binaries not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([binaries, os.environ.get("PATH", "")])
    config = Config()
    for folder in [*reversed(jupyter_config_path()), str(root)]:
        for loader in (PyFileConfigLoader, JSONFileConfigLoader):
            suffix = "py" if loader is PyFileConfigLoader else "json"
            try:
                config.merge(loader(f"nbgrader_config.{suffix}", path=folder).load_config())
            except ConfigFileNotFound:
                continue
    config.CourseDirectory.root = str(root)
    return Course(root, config, CourseDirectory(config=config))


def students_with(course: Course, lesson: str) -> list[str]:
    """Return the ids of the students who handed in something for a lesson, sorted; also in a folder of nearly its name.

    Raises NoSuchLesson if nobody did.
    """
    found = sorted({*students_at(course, "submitted", lesson), *_students_with_a_folder_like(course, lesson)})
    if not found:
        pattern = course.folder("submitted", "*", lesson)
        raise NoSuchLesson(f"nobody handed in {lesson!r}: there is no folder {pattern}")
    return found


def _students_with_a_folder_like(course: Course, lesson: str) -> list[str]:
    pattern = course.folder("submitted", "*", lesson)
    base = pattern.parent.parent
    if pattern != base / "*" / lesson or not base.is_dir():
        return []
    lessons = {path.name for path in course.source(lesson).parent.glob("*")} - {lesson}
    try:
        return [student for student in os.listdir(base) if set(folders_like(base / student, lesson)) - lessons]
    except OSError as error:
        raise CourseError(f"{base} cannot be read: {error.strerror}") from error


def folders_like(parent: Path, lesson: str) -> list[str]:
    """Return the names of the folders in a folder that are nearly a lesson's, and not it: `02_activations`, `Activations (1)`."""
    try:
        with os.scandir(parent) as entries:
            folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:  # a file, or somebody else's; what is reported of it is reported where the lesson's folder is read
        return []
    return sorted(name for name in folders if name != lesson and _is_like(name, lesson))


def _is_like(name: str, lesson: str) -> bool:
    """Tell whether a name has a lesson's words, whatever is between and around them, and no other number."""
    if name.startswith("."):
        return False
    words, numbers = _parts(_COPY.sub("", name))
    due, number = _parts(lesson)
    same_number = not numbers or number <= numbers
    if not due:
        return bool(number) and number == numbers
    return same_number and (due in words or SequenceMatcher(None, due, words).ratio() >= _ALIKE)


def _parts(name: str) -> tuple[str, set[int]]:
    """Return the letters of a name, in small ones and without what is between them, and its numbers."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalpha, plain)), {int(digits) for digits in re.findall("[0-9]{1,9}", plain)}


def students_at(course: Course, step: str, lesson: str) -> list[str]:
    """Return the ids of the students who have a lesson at a step: "submitted", "autograded" or "feedback"; sorted.

    Raises CourseError if the folder of a step cannot be read.
    """
    pattern = course.folder(step, "*", lesson)
    base = Path(str(pattern).split("*", maxsplit=1)[0])
    tail = pattern.relative_to(base / "*")
    try:
        return sorted(name for name in os.listdir(base) if _may_be_there(base / name / tail))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CourseError(f"{base} cannot be read: {error.strerror}") from error


def _may_be_there(path: Path) -> bool:
    """Tell whether something is there, or may be: what the system does not let us see is reported where it is read."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def lesson_files(course: Course, lesson: str) -> dict[str, bytes]:
    """Return the files beside the instructor's notebooks, which every submission gets in their original form."""
    folder = course.source(lesson)
    found = find_all_files(str(folder), [*course.directories.ignore, "*.ipynb"])
    return {Path(path).relative_to(folder).as_posix(): Path(path).read_bytes() for path in found}

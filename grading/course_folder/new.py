"""The files of a new course: its settings with a comment on each, a list of the class, what git leaves alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template

from grading.course_folder.configure import CONFIGURATION
from grading.course_folder.settings import FILE, parse_settings
from grading.course_folder.sources import exercises_to_choose, lessons_to_choose
from grading.errors import CourseError

_ROSTER = "id,first_name,last_name,email,lms_user_id\n"
_IGNORED = """\
# What is of students, or of this machine alone, stays out of git.
/submitted/
/autograded/
/feedback/
/downloaded/
/exchange/
/reports/
/gradebook.db*
/.grading/
/*.csv
*.log
.ipynb_checkpoints/
"""


class FolderInUse(CourseError):
    """The folder of a new course holds something already."""


def new_course(folder: Path, lessons: Sequence[str]) -> list[Path]:
    """Write the files of a new course with these lessons, all of them if none is named; return their paths.

    Raises FolderInUse, and BadSettings for a lesson that does not exist; nothing is written then.
    """
    if folder.is_symlink() and not folder.exists():
        raise FolderInUse(f"{folder} is a link to nothing; name another folder")
    if folder.exists() and not folder.is_dir():
        raise FolderInUse(f"{folder} is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty; name a new folder, or an empty one. Nothing in it was changed")
    texts = texts_of(folder, lessons)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def texts_of(folder: Path, lessons: Sequence[str]) -> Mapping[str, str]:
    """Return the texts of a new course's files by name."""
    from grading.lesson_names import lesson_called

    there_are, exercises = lessons_to_choose(folder), exercises_to_choose(folder)
    chosen = sorted({lesson_called(word, there_are) for word in lessons}) or there_are
    template = resources.files("grading.course_folder").joinpath("course.toml.txt").read_text(encoding="utf-8")
    words = {
        "id": _identifier(folder.resolve().name),
        "lessons": "".join(f'    "{lesson}",\n' for lesson in chosen),
        "others": "".join(f'    # "{lesson}",\n' for lesson in there_are if lesson not in chosen),
        "first": chosen[0],
        "example": next((name for name, lesson in exercises.items() if lesson == chosen[-1]), "relu"),
    }
    settings = Template(template).substitute(words)
    parse_settings(settings, there_are, exercises)
    return {FILE: settings, "nbgrader_config.py": CONFIGURATION, "roster.csv": _ROSTER, ".gitignore": _IGNORED}


def _identifier(name: str) -> str:
    """Return the name of a folder as the id of a course."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._") or "mlp-course"

"""nbgrader's configuration of a course's folder: what the package says, and what `course.toml` says of this course."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import grading
from grading.course_folder.applied import read_applied
from grading.course_folder.settings import parse_course

CONFIGURATION = '''"""Settings of nbgrader for this course: those of the package, with what course.toml says. Add your own at the end."""

from pathlib import Path

from grading.course_folder.configure import configure, settings_of_the_package

c = get_config()  # noqa: F821 - traitlets puts these names here when it reads the file
load_subconfig(settings_of_the_package())  # noqa: F821
configure(c, Path(__file__).resolve().parent)
'''


def settings_of_the_package() -> str:
    """Return where the settings are that every course has, sandbox and judge among them."""
    return str(Path(grading.__file__).resolve().parents[1] / "nbgrader_config.py")


def address_of(gradebook: str, folder: Path) -> str:
    """Return the address of a gradebook as SQLAlchemy takes it; a file without a whole path lies in the course's folder."""
    kind, slashes, path = gradebook.partition(":///")
    if kind == "sqlite" and slashes:
        return f"sqlite:///{folder / path}"
    # Hosting services hand out addresses that begin with postgres://.
    return re.sub(r"^postgres://", "postgresql://", gradebook)


def configure(c: Any, folder: Path) -> None:
    """Tell nbgrader what `course.toml` says: the course's name, its gradebook, what lateness costs. Raises BadSettings.

    Points are those that source/ has: what `course.toml` says of them holds when `update-course` has made source/ of it.
    """
    settings = parse_course(folder)
    c.CourseDirectory.course_id = settings.id
    c.CourseDirectory.root = str(folder)
    if settings.gradebook and not os.environ.get("MLP_COURSE_DB_URL"):
        c.CourseDirectory.db_url = address_of(settings.gradebook, folder)
    c.CoursePoints.points = dict(read_applied(folder).points)
    c.AssignLatePenalties.plugin_class = "grading.course_folder.late.LatePenalty"
    late = settings.late
    c.LatePenalty.percent_per_day = late.percent_per_day
    c.LatePenalty.grace_minutes = late.grace_minutes
    c.LatePenalty.most_percent = late.most_percent
    c.LatePenalty.nothing_after_days = late.nothing_after_days

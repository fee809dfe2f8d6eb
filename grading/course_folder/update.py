"""Making of a course's folder what `course.toml` says. Whatever is replaced is kept in `.grading/set-aside/`."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grading.course_folder.applied import read_applied, write_applied
from grading.course_folder.plan import CoursePlan, LessonPlan, digest_of
from grading.course_folder.sources import source_path, text_of
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.database import opened_gradebook

SET_ASIDE = Path(".grading", "set-aside")
_SQLITE = "sqlite:///"


def carry_out(course: Course, plan: CoursePlan, say: Callable[[str], None] = lambda line: None) -> Path | None:
    """Do what a plan says; return the folder with what was replaced, None if nothing was.

    say: called with what is being done. Interrupted or failed, it is done by the next call.
    """
    aside = _set_aside(course, plan.changed)
    applied = read_applied(course.root)
    write_applied(course.root, replace(applied, points=plan.settings.own_points))
    course = open_course(course.root)  # with the points of now
    sources = dict(applied.sources)
    for one in plan.changed:
        if one.notebook is None:
            sources.pop(one.lesson, None)
            say(f"{one.lesson}: taken out")
        elif one.make:
            text = text_of(one.notebook)
            _write(source_path(course.root, one.lesson), text)
            generate_assignment(course, one.lesson)
            sources[one.lesson] = digest_of(text)
            say(f"{one.lesson}: source, release and gradebook are made")
        if one.due is not None:
            with opened_gradebook(course) as gradebook:
                gradebook.update_or_create_assignment(one.lesson, duedate=one.due.astimezone(UTC).replace(tzinfo=None))
            say(f"{one.lesson}: due {one.due.isoformat(sep=' ')}")
        write_applied(course.root, replace(read_applied(course.root), sources=sources))
    return aside


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def _set_aside(course: Course, changed: Sequence[LessonPlan]) -> Path | None:
    """Keep what is about to be replaced, the gradebook first; what of it goes altogether is moved."""
    there = [
        (one, course.root / kind / one.lesson)
        for one in changed
        for kind in ("source", "release")
        if (one.make or one.notebook is None) and (course.root / kind / one.lesson).is_dir()
    ]
    if not there and not any(one.said for one in changed):
        return None
    target = _new_folder(course.root / SET_ASIDE)
    _keep_gradebook(course.database, target)
    for one, folder in there:
        kept = target / folder.relative_to(course.root)
        kept.parent.mkdir(exist_ok=True)
        (shutil.copytree if one.notebook is not None else shutil.move)(folder, kept)
    return target


def _new_folder(parent: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    for number in range(1, 1000):
        target = parent / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            target.mkdir(parents=True)
        except FileExistsError:
            continue
        return target
    raise FileExistsError(f"{parent / stamp} is there a thousand times")


def _keep_gradebook(address: str, target: Path) -> None:
    """Copy a gradebook that is a file, whole even while somebody writes; a database server has its own backups."""
    path = Path(address.removeprefix(_SQLITE))
    if address.startswith(_SQLITE) and path.is_file():
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target / "gradebook.db")) as copy:
            source.backup(copy)

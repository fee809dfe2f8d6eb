"""The gradebook's database: whether it can be used, how it is written while others read, and which warnings of it are silenced."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SAWarning

from grading.errors import CourseError


class GradebookUnavailable(CourseError):
    """The gradebook's database is locked, full, gone or of another version."""


@contextmanager
def usable_database() -> Iterator[None]:
    """Raise GradebookUnavailable, which says what to do, where the database cannot be used."""
    try:
        yield
    except OperationalError as error:
        message = f"the gradebook cannot be used: {error.orig}; what was graded before is kept, run it again"
        raise GradebookUnavailable(message) from error


def set_journal_mode(engine: Engine, mode: str) -> str:
    """Set SQLite's journal mode and return the one before; readers then do not wait for the writer."""
    if engine.dialect.name != "sqlite":
        return ""
    try:
        with engine.connect() as connection:
            before = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
            connection.exec_driver_sql(f"PRAGMA journal_mode={mode}")
    except OperationalError:
        # Not on every file system, and not while somebody else is connected: then as before.
        return ""
    return before


@contextmanager
def quiet_database() -> Iterator[None]:
    """Silence what SQLAlchemy 2.1 says of nbgrader's use of it; nothing of it concerns the instructor."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield

"""The gradebook's database: whether it can be used, how it is written while others read, and which warnings of it are silenced."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook
from sqlalchemy import Engine
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SAWarning,
)

from grading.engine.course import Course
from grading.errors import CourseError

_ADDRESS = (
    "such as sqlite:////home/me/gradebook.db or postgresql://host/mlp; see MLP_COURSE_DB_URL in nbgrader_config.py"
)
# The modules by which SQLAlchemy talks to a database, as far as their packages are called otherwise.
_PACKAGES = {"psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]", "MySQLdb": "mysqlclient"}
# What SQLite says of a file, and what to do then; after anything else it may be usable again in a moment.
_REMEDIES = {
    "readonly database": "run this as a user who may write it and its folder",
    "unable to open database file": "see that its folder is there and may be written, and that it is a file",
}
_KEPT = "what was graded before is kept, run it again"


class GradebookUnavailable(CourseError):
    """The gradebook's database is locked, full, gone, not a database or of another version, or its address is wrong."""


@contextmanager
def usable_database() -> Iterator[None]:
    """Raise GradebookUnavailable, which says what to do, where the database cannot be used; what does not fit into it passes."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        what = " ".join(str(error.orig).split())
        if isinstance(error, OperationalError) or (isinstance(error, InterfaceError) and "connect" in what):
            remedy = next((remedy for said, remedy in _REMEDIES.items() if said in what), _KEPT)
            raise GradebookUnavailable(f"the gradebook cannot be used: {what}; {remedy}") from error
        if type(error) is DatabaseError:  # not one of its kinds: about the file, and not about what is in it
            message = (
                f"the gradebook cannot be used: {what}; put a copy of gradebook.db back in its place, or move it away"
            )
            raise GradebookUnavailable(message) from error
        raise
    except NoSuchModuleError as error:
        message = f"the gradebook's address begins with an unknown kind of database ({error}); write one {_ADDRESS}"
        raise GradebookUnavailable(message) from error
    except ArgumentError as error:
        raise GradebookUnavailable(f"the gradebook's address cannot be read; write one {_ADDRESS}") from error
    except ModuleNotFoundError as error:
        package = _PACKAGES.get(str(error.name), error.name)
        message = (
            f"the gradebook's database needs the module {error.name}, which is not installed: pip install '{package}'"
        )
        raise GradebookUnavailable(message) from error


@contextmanager
def opened_gradebook(course: Course) -> Iterator[Gradebook]:
    """Open a course's gradebook for a while. Raises GradebookUnavailable if that cannot be done."""
    with usable_database(), quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        yield gradebook


def try_gradebook(course: Course, to_write: bool) -> None:
    """Raise GradebookUnavailable if a gradebook cannot be opened, or may only be read where it is to be written.

    nbgrader, which begins without that, takes it for a fault of each student's.
    """
    with opened_gradebook(course) as gradebook:
        if to_write and gradebook.engine.dialect.name == "sqlite":
            with gradebook.engine.connect() as connection:
                number = connection.exec_driver_sql("PRAGMA user_version").scalar()
                connection.exec_driver_sql("BEGIN")
                connection.exec_driver_sql(f"PRAGMA user_version={number}")
                connection.rollback()


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

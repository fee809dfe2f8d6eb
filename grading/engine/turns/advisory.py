"""Turns in a gradebook that several machines reach: PostgreSQL's advisory locks, which end with their connection.

SQLite needs none: it is a file for one machine, whose graders meet in the course's folder, and it lets one write at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from grading.engine.turns.turns import Holder, Wait, this_process, wait_for

# What a connection is called, by which others learn who has a lock.
_APPLICATION = "mlp-course"
_NAME_CHARACTERS = 63

_SET = text("SELECT set_config(:name, :value, true)")
_TAKE = text("SELECT pg_try_advisory_xact_lock(:key)")
_TAKE_IN_TURN = text("SELECT pg_advisory_xact_lock(:key)")
_LOCKER = text("""
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND CAST(classid AS bigint) = :high AND CAST(objid AS bigint) = :low
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


@contextmanager
def turn_in_database(engine: Engine, lesson: str, command: str, wait: Wait) -> Iterator[Callable[[], None]]:
    """Be the only one who writes a lesson's grades into a PostgreSQL gradebook; in other databases do nothing.

    Gives a function that raises an error of SQLAlchemy's if the connection is lost, and the turn with it. wait: as in `turn`.
    """
    if engine.dialect.name != "postgresql":
        yield lambda: None
        return
    with engine.connect() as connection:
        wait_for(lambda: _taken(connection, lesson, command), lambda: _locker(connection, lesson), lesson, wait)
        yield lambda: connection.execute(text("SELECT 1")).close()


def one_writer(connection: Connection) -> None:
    """Wait until no other lesson of a PostgreSQL gradebook is being written; others then wait until this transaction ends.

    Two that add the same new students in different orders would each wait for the other for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE_IN_TURN, {"key": _key("/")})  # no lesson has this name


def _taken(connection: Connection, lesson: str, command: str) -> bool:
    """Try to take a lesson's lock: one of a transaction, so that it passes through poolers of connections, too."""
    connection.begin()
    settings = {
        "application_name": _name(this_process(command)),
        # Nothing is heard of this connection while a class is graded; nobody should take it for forgotten.
        "idle_in_transaction_session_timeout": "0",
        "tcp_keepalives_idle": "60",
    }
    for name, value in settings.items():
        connection.execute(_SET, {"name": name, "value": value})
    if connection.execute(_TAKE, {"key": _key(lesson)}).scalar():
        return True
    connection.rollback()
    return False


def _name(holder: Holder) -> str:
    """Return the name of a connection; the process comes first, and what does not fit is cut off behind."""
    words = (_APPLICATION, str(holder.process), holder.command, holder.host, holder.user)
    return " ".join(word.replace(" ", "-") for word in words)[:_NAME_CHARACTERS]


def _locker(connection: Connection, lesson: str) -> Holder | None:
    """Return who has a lesson's lock; None if nobody has any more, or the name says nothing."""
    key = _key(lesson) % 2**64
    name = str(connection.execute(_LOCKER, {"high": key >> 32, "low": key % 2**32}).scalar())
    connection.rollback()  # in one transaction PostgreSQL would always say the same
    words = name.split(" ")
    if len(words) != 5 or words[0] != _APPLICATION or not words[1].isdigit():
        return None
    return Holder(command=words[2], process=int(words[1]), host=words[3], user=words[4])


def _key(lesson: str) -> int:
    """Return the number by which PostgreSQL knows a lesson's lock."""
    return int.from_bytes(hashlib.sha256(f"mlp-course {lesson}".encode(errors="replace")).digest()[:8], signed=True)

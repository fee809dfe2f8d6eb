"""A PostgreSQL server of the tests' own: no network, gone when the tests are."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

DRIVERS = ("psycopg", "psycopg2")


def programs() -> Path:
    """Return the folder of the server's programs; skip where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        pytest.skip("no PostgreSQL server; on Debian: apt-get install postgresql")
    return folders[-1]


def driver() -> str:
    """Return a driver that is installed; skip where there is none."""
    found = [name for name in DRIVERS if find_spec(name)]
    if not found:
        pytest.skip("no driver for PostgreSQL; pip install 'psycopg[binary]'")
    return found[0]


@contextmanager
def server() -> Iterator[str]:
    """Start a server; give the address of its databases, with `NAME` in the place of one."""
    folder, name = programs(), driver()
    # Neither in pytest's folder, where another user may not go, nor deeper: the name of a socket has 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as place:
        own = _another_user(Path(place))

        def run(*words: str) -> None:
            # The server outlives the command that starts it, and would keep a pipe open.
            with Path(place, "log").open("ab") as log:
                command = [str(folder / words[0]), "-D", f"{place}/data", *words[1:]]
                subprocess.run(command, check=True, cwd=place, stdout=log, stderr=log, timeout=120, **own)

        run("initdb", "-U", "grader", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C")
        options = f"-k {place} -c listen_addresses= -c fsync=off -c shared_buffers=16MB"
        run("pg_ctl", "-w", "-o", options, "start")
        try:
            yield f"postgresql+{name}://grader@/NAME?host={place}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def _another_user(folder: Path) -> Mapping[str, Any]:
    """Give a folder to somebody if this is root, whom the server refuses; return how to start programs as that user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def new_database(address: str, name: str) -> str:
    """Make an empty database, and return its address."""
    engine = create_engine(address.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return address.replace("NAME", name)

"""A gradebook that cannot be used is told in one sentence, with what to do, by every command that needs it."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from grading.__main__ import main
from grading.engine.course import open_course
from grading.engine.database import GradebookUnavailable, try_gradebook, usable_database
from tests.engine import fake, tiny

OUR_CONFIG = (Path(__file__).parents[2] / "nbgrader_config.py").read_text(encoding="utf-8")
ADDRESSES = {
    "nonsense://host/x": "an unknown kind of database",
    "no address": "address cannot be read",
    "mysql://127.0.0.1:9/x": "pip install 'mysqlclient'",
    "postgresql+psycopg2://127.0.0.1:9/x": "pip install 'psycopg2-binary'",
    "sqlite:////nowhere/at/all.db": "unable to open database file",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = fake.write_class(tmp_path_factory.mktemp("class") / "course", 1)
    fake.grade(course)
    return course.root


def said_by(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command, which must end with one line and status 1; return the line."""
    assert main([*words, tiny.LESSON, "--course", str(root)]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize("command", ["autograde", "report", "feedback"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_nowhere(
    graded: Path, address: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = graded / "nbgrader_config.py"
    settings.write_text(tiny.ENGINE_CONFIG + f"c.CourseDirectory.db_url = {address!r}\n")
    line = said_by(graded, capsys, command)
    assert line.startswith(f"{command}: the gradebook")
    assert ADDRESSES[address] in line


@pytest.mark.parametrize("command", ["autograde", "report", "feedback"])
def test_a_file_that_is_no_gradebook(graded: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    (graded / "nbgrader_config.py").write_text(tiny.ENGINE_CONFIG)
    gradebook = graded / "gradebook.db"
    was = gradebook.read_bytes()
    gradebook.write_bytes(b"names and points, as a table\n" * 100)
    try:
        line = said_by(graded, capsys, command)
    finally:
        gradebook.write_bytes(was)
    assert "file is not a database; put a copy of gradebook.db back" in line


@pytest.mark.parametrize("command", ["autograde", "stock"])
def test_a_gradebook_that_may_only_be_read(
    graded: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As a mode of the file would do, which root is not bound by.
    address = f"sqlite:///file:{graded}/gradebook.db?mode=ro&uri=true"
    (graded / "nbgrader_config.py").write_text(f"{tiny.ENGINE_CONFIG}c.CourseDirectory.db_url = {address!r}\n")
    course = open_course(graded)
    if command == "stock":
        with pytest.raises(GradebookUnavailable) as found:
            try_gradebook(course, to_write=True)
        line = str(found.value)
        try_gradebook(course, to_write=False)
    else:
        line = said_by(graded, capsys, command, "--force")
    assert "readonly database; run this as a user who may write it and its folder" in line


def test_a_gradebook_that_may_be_written_is_as_it_was(graded: Path) -> None:
    (graded / "nbgrader_config.py").write_text(tiny.ENGINE_CONFIG)
    before = (graded / "gradebook.db").read_bytes()
    try_gradebook(open_course(graded), to_write=True)
    assert (graded / "gradebook.db").read_bytes() == before


def test_what_does_not_fit_into_a_gradebook_is_no_fault_of_the_gradebook() -> None:
    with pytest.raises(IntegrityError), usable_database():
        raise IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))
    with pytest.raises(GradebookUnavailable), usable_database():
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")


def test_the_addresses_of_hosting_services_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nbgrader_config.py").write_text(OUR_CONFIG)
    monkeypatch.setenv("MLP_COURSE_DB_URL", "postgres://me:postgres@host/postgres")
    assert open_course(tmp_path).database == "postgresql://me:postgres@host/postgres"

"""docs/instructors-guide.md is a term: its commands are run in its order, its settings are written, and what it says comes out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.demo.sample import CLASSES
from grading.demo.school import submission
from grading.engine.course import open_course
from grading.engine.database import opened_gradebook
from grading.lms.table import read_table

GUIDE = (Path(__file__).parents[2] / "docs" / "instructors-guide.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
LESSON = "01-xor"
# Who hands in what of the demo's class: everything right, with mistakes, without a written answer.
CLASS = {"ada": ("lovelaceada", 101, "s01"), "grace": ("hoppergrace", 102, "s03"), "emmy": ("noetheremmy", 103, "s06")}
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711)
    Points Possible,,,,,10
"Lovelace, Ada",101,0012345,ada,Group 1,
"Hopper, Grace",102,0012346,grace,Group 1,
"Noether, Emmy",103,0012347,emmy,Group 1,
"""


def with_settings(text: str, block: str) -> str:
    """Return the settings with the lines of a block, each in its table, in the place of a line with the same key."""
    table = ""
    for line in filter(None, block.split("\n")):
        if line.startswith("["):
            table = line
            continue
        before, after = text.split(f"\n{table}\n", 1)
        rest = re.search(r"^\[", after, re.M)
        end = rest.start() if rest else len(after)
        key = re.compile(rf"^#? ?{re.escape(line.partition(' = ')[0])} = .*$", re.M)
        body = after[:end]
        body = key.sub(line, body, count=1) if key.search(body) else f"{line}\n{body}"
        text = f"{before}\n{table}\n{body}{after[end:]}"
    return text


class Term:
    """The home of an instructor who follows the guide."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder, self.said = home, home, ""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {**os.environ, "HOME": str(home), "PATH": path, "OMP_NUM_THREADS": "1"}
        for name in ("MLP_COURSE_DB_URL", "MLP_COURSE_FOLDER"):
            self.environment.pop(name, None)
        (home / "Downloads").mkdir()
        (home / "Downloads" / "canvas.csv").write_text(CANVAS, encoding="utf-8")

    def follow(self, kind: str, block: str) -> None:
        if kind == "toml":
            path = self.folder / "course.toml"
            path.write_text(with_settings(path.read_text(encoding="utf-8"), block), encoding="utf-8")
        elif kind == "csv":
            (self.folder / "roster.csv").write_text(block, encoding="utf-8")
        elif kind == "sh":
            if "submissions.zip" in block:
                self.download()
            self.run(block)
        else:
            raise AssertionError(f"a block of {kind} is nothing that this test follows")

    def run(self, commands: str) -> None:
        script = f"set -eu -o pipefail\n{commands}\npwd > {self.home}/.pwd\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=900
        )
        self.said += f"{done.stdout}{done.stderr}"
        assert done.returncode == 0, f"{commands}\nends with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        self.folder = Path((self.home / ".pwd").read_text().strip())

    def download(self) -> None:
        pupils = {pupil.student: pupil for pupil in CLASSES[LESSON]}
        with zipfile.ZipFile(self.home / "Downloads" / "submissions.zip", "w") as archive:
            for name, number, pupil in CLASS.values():
                content = submission(self.folder, LESSON, pupils[pupil])
                archive.writestr(f"{name}_{number}_5550{number}_{LESSON}.ipynb", content)


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Term]:
    followed = Term(tmp_path_factory.mktemp("home"))
    for kind, block in _BLOCK.findall(GUIDE):
        followed.follow(kind, block)
    yield followed
    shutil.rmtree(followed.home, ignore_errors=True)


@pytest.mark.slow
def test_the_term_ends_in_a_new_one_with_the_old_one_kept(term: Term) -> None:
    assert term.folder == term.home / "mlp-2027"
    assert (term.home / "mlp-2026-backup.tar.gz").stat().st_size > 10_000
    with opened_gradebook(open_course(term.folder)) as gradebook:
        assert str(gradebook.find_assignment(LESSON).duedate) == "2027-10-11 21:59:00"
        assert list(gradebook.students) == []


@pytest.mark.slow
def test_the_class_has_the_points_of_the_course(term: Term) -> None:
    course = open_course(term.home / "mlp-2026")
    with opened_gradebook(course) as gradebook:
        worth = {cell.name: cell.max_score for cell in gradebook.find_notebook(LESSON, LESSON).grade_cells}
        found = gradebook.find_submission_notebook(LESSON, LESSON, "ada")
        earned = {grade.name: grade.auto_score for grade in found.grades}
    assert (worth["check-neuron"], worth["check-collapse"]) == (3.0, 0.0)
    assert {name: points for name, points in earned.items() if name != "why-no-line"} == {
        name: points for name, points in worth.items() if name != "why-no-line"
    }


@pytest.mark.slow
def test_lateness_costs_until_the_extension(term: Term) -> None:
    assert "the late penalty of 1 changed" in term.said
    with opened_gradebook(open_course(term.home / "mlp-2026")) as gradebook:
        assert gradebook.find_submission(LESSON, "emmy").total_seconds_late == 0


@pytest.mark.slow
def test_what_a_change_means_was_said(term: Term) -> None:
    assert "01-xor: neuron is worth 3 and no longer 2; 3 students handed it in, 3 of them graded" in term.said
    assert [path.name for path in (term.home / "mlp-2026/.grading/set-aside").glob("*/gradebook.db")]


@pytest.mark.slow
def test_tables_and_pages_are_there(term: Term) -> None:
    folder = term.home / "mlp-2026"
    assert (folder / "reports" / f"{LESSON}.html").is_file()
    assert len(list((folder / "feedback").glob(f"*/{LESSON}/{LESSON}.html"))) == len(CLASS)
    table = read_table(folder / "reports" / "grades-canvas.csv")
    assert "Homework 1 (4711)" in table.header
    status = read_table(folder / "reports" / "grades-csv.csv")
    place = status.header.index(f"{LESSON} status")
    assert [row.cells[place] for row in status.rows] == [
        "waiting for a person",
        "graded, extended",
        "waiting for a person",
    ]


COMMANDS = ("autograde 01", "report 01", "feedback 01", "grades --for csv", "roster", "update-course --dry-run")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_other_programs_read_what_a_command_did(command: str, term: Term) -> None:
    done = subprocess.run(
        ["mlp-course", *command.split(), "--json"],
        cwd=term.home / "mlp-2026" / "source",
        env=term.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    if command == "roster":
        assert found["students"] == 3 and found["written"]
    elif command.startswith("update"):
        assert found["lessons"] == []
    elif command.startswith("grades"):
        assert [lesson["lesson"] for lesson in found["lessons"]] == [LESSON, "02-activations"]
        assert {one["student"] for one in found["lessons"][0]["students"]} == set(CLASS)
    else:
        assert found["lesson"] == LESSON and {one["student"] for one in found["students"]} == set(CLASS)

"""No copy of Fashion-MNIST but the sample is seen from inside, wherever on the machine `fashion_mnist` would find one."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.data import files
from grading.data.fashion import fashion_mnist
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from grading.sandbox.confinement import jail
from grading.sandbox.forkserver import available
from grading.sandbox.forkserver.available import Isolation, isolation
from grading.sandbox.forkserver.client import end_fork_server
from tests.engine import tiny

# Any folder of the system with something in it can stand for the one of Debian's package, which is not everywhere.
STAND_IN = next(
    folder for folder in map(Path, ("/usr/share/zoneinfo", "/usr/share/doc", "/usr/bin")) if folder.is_dir()
)
LOOK = """
import os
from grading.data.fashion import fashion_mnist
from grading.errors import CourseError

def tried(source):
    try:
        return fashion_mnist(source=source, download=False).origin
    except CourseError as error:
        return type(error).__name__

def written(folder):
    try:
        with open(os.path.join(folder, "mine"), "w"):
            return True
    except OSError:
        return False

data = os.environ.get("MLP_COURSE_DATA", "/nowhere")
{
    "stand-in": os.listdir("@STAND_IN@"),
    "written": written("@STAND_IN@"),
    "data": sorted(os.listdir(data)) if os.path.isdir(data) else [],
    "auto": fashion_mnist().origin,
    "cache": tried("cache"),
    "system": tried("system"),
    "copies": [os.path.join(place, name) for top in ("/usr/share", "/sandbox", "/opt", "/srv", "/var", "/tmp")
               for place, _, names in os.walk(top) for name in names if "t10k" in name],
}
""".replace("@STAND_IN@", str(STAND_IN))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose system has a copy of the set, and whose grader has one in the cache, beside other data."""
    cache = tmp_path / "cache"
    for name in ("FashionMNIST/raw/t10k-labels-idx1-ubyte", "other/numbers.txt"):
        (cache / name).parent.mkdir(parents=True)
        (cache / name).write_text("x")
    monkeypatch.setenv("MLP_COURSE_DATA", str(cache))
    system = files.SYSTEM_PACKAGE
    monkeypatch.setattr(jail, "places_of_the_whole_set", lambda root: (files.raw_folder(root), STAND_IN, system))
    end_fork_server()
    yield
    end_fork_server()


def seen() -> dict[str, object]:
    result = run(Job(json.dumps(tiny.notebook([tiny.cell("code", LOOK)])).encode(), limits=Limits(seconds=120)))
    assert result.problems == () and not result.failure, result
    (output,) = json.loads(result.notebook)["cells"][0]["outputs"]
    assert output["output_type"] == "execute_result", output
    found: dict[str, object] = ast.literal_eval("".join(output["data"]["text/plain"]))
    return found


HIDDEN = {
    "stand-in": [],
    "written": False,
    "auto": "bundled sample of 6,000 images",
    "cache": "DataUnavailable",
    "system": "DataUnavailable",
    "copies": [],
}


def test_a_kernel_finds_no_copy_and_other_data_as_before(machine: None) -> None:
    assert isolation() is Isolation.NAMESPACES
    assert seen() == {**HIDDEN, "data": ["other"]}


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
def test_a_kernel_in_bubblewrap_finds_no_copy(machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(available, "why_no_namespaces", lambda _: "the kernel forbids user namespaces")
    assert isolation() is Isolation.BUBBLEWRAP
    assert seen() == {**HIDDEN, "data": []}


@pytest.mark.parametrize("below", ["data", "share/course/data", "data/link"])
def test_a_cache_below_what_is_shown_is_covered(below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "env" / below
    files.raw_folder(root).mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(root)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    for given in (root, link):
        monkeypatch.setenv("MLP_COURSE_DATA", str(given))
        assert str(files.raw_folder(root)) in jail.learners_view(hidden=jail.copies_of_the_whole_set()).covered


def test_the_folder_that_d2l_downloads_to_is_among_those_that_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.raw_folder(tmp_path / "data").mkdir(parents=True)
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path / "course")
    assert os.path.realpath(files.raw_folder(tmp_path / "data")) in jail.copies_of_the_whole_set()


def test_every_place_that_the_loader_tries_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that is added to the loader and not to the list is found here: it is read, and nobody has named it."""
    read: list[Path] = []
    monkeypatch.setattr(
        "grading.data.fashion.read_unpacked", lambda folder: read.append(folder) or files.Missing("empty")
    )
    monkeypatch.setattr(
        "grading.data.fashion.read_packed", lambda folder: read.append(folder) or files.Missing("empty")
    )
    monkeypatch.setenv("MLP_COURSE_DATA", str(tmp_path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    assert fashion_mnist(download=False).origin.startswith("bundled")
    assert set(read) == set(files.places_of_the_whole_set(tmp_path))


def test_a_folder_of_data_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    assert jail.DATA not in {path for path, _ in jail.learners_view(str(tmp_path / "none")).shown}

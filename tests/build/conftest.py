"""A course of two tiny lessons, small enough to be read and executed in a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grading.build.course import Masters, build_lesson, build_readme, read_masters
from grading.build.master import Master, parse_master
from grading.build.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LESSON = "02-tiny"

MASTER = '''\
# %% [markdown]
# # Doubling
#
# $f(x) = 2x$, and its slope.

# %% tags=["setup"]
import grading


def check(answer, name=None, *, hidden=False):
    assert getattr(answer, "at", answer)(3.0) in (6.0, 2.0)
    return 1.5


# %% [markdown]
# Write it.


# %% todo="double"
def double(x):
    """Return 2x."""
    ### BEGIN SOLUTION
    factor_of_two = 2 * x
    return factor_of_two
    ### END SOLUTION


# %% check="double"
check(double)

# %%
print("double of 21:", double(21))

# %%
print("double of 21:", double(21))


# %% todo="Slope.at"
class Slope:
    @staticmethod
    def at(x):
        """Return the slope of 2x at x."""
        ### BEGIN SOLUTION
        return 2.0 + 0.0 * x
        ### END SOLUTION


# %% check="Slope.at"
check(Slope, "Slope.at")

# %% [markdown] written="why-two"
# Why is the slope the same everywhere?
#
# ### BEGIN SOLUTION
# Because the graph is a straight line.
# ### END SOLUTION
'''

SECOND = '''\
# %% [markdown]
# # Halving

# %% tags=["setup"]
import grading as _


def check(answer, *, hidden=False):
    assert answer(3.0) == 1.5
    return 2


# %% todo="halve"
def halve(x):
    """Return x / 2."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION


# %% check="halve"
check(halve)
'''

README = "# Tiny\n\n<!-- points:begin -->\n<!-- points:end -->\n\nThe end.\n"


@dataclass(frozen=True)
class Stub:
    """An exercise as the build sees it."""

    name: str
    lesson: str
    points: float
    hints: tuple[str, ...] = ()
    manual: bool = False


EXERCISES = (
    Stub("double", LESSON, 1.5, ("Think of *two*.", "Write `factor_of_two = 2 * x`.")),
    Stub("Slope.at", LESSON, 2.0),
    Stub("why-two", LESSON, 3.0, manual=True),
    Stub("halve", "03-half", 2.0, ("Divide.",)),
)


@pytest.fixture
def text() -> str:
    """The text of a master in good order."""
    return MASTER


@pytest.fixture
def exercises() -> dict[str, Stub]:
    """The exercises of the tiny lesson by name."""
    return {exercise.name: exercise for exercise in EXERCISES if exercise.lesson == LESSON}


@pytest.fixture
def parse() -> Callable[[str], Master]:
    """Reads the text of a master that can be read."""

    def read(text: str) -> Master:
        master = parse_master(LESSON, f"lessons/{LESSON}.py", text.encode())
        assert isinstance(master, Master), str(master)
        return master

    return read


@pytest.fixture
def master(parse: Callable[[str], Master]) -> Master:
    """The tiny lesson, read."""
    return parse(MASTER)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A course folder with two masters, nothing built."""
    return lay_out(tmp_path / "fresh")


@pytest.fixture
def reopen() -> Callable[[Path], Masters]:
    """Opens a course folder with the tiny exercises."""
    return reopened


@pytest.fixture(scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = lay_out(tmp_path_factory.mktemp("course") / "built")
    masters = reopened(root)
    assert masters.diagnostics == ()
    for master in masters.sound:
        assert build_lesson(masters, master, force=False, run=True, say=lambda line: None) == []
    assert build_readme(masters, lambda line: None) == []
    return root


@pytest.fixture
def built(_built_once: Path, tmp_path: Path) -> Path:
    """A course folder with everything built, for the test to spoil."""
    return Path(shutil.copytree(_built_once, tmp_path / "built"))


def lay_out(root: Path) -> Path:
    (root / "lessons").mkdir(parents=True)
    (root / "lessons" / f"{LESSON}.py").write_text(MASTER, encoding="utf-8")
    (root / "lessons" / "03-half.py").write_text(SECOND, encoding="utf-8")
    (root / "README.md").write_text(README, encoding="utf-8")
    return root


def reopened(root: Path) -> Masters:
    return read_masters(root, EXERCISES, Settings())


@pytest.fixture
def with_points(exercises: dict[str, Stub]) -> Callable[[float], dict[str, Stub]]:
    """The exercises with other points for `double`."""
    return lambda points: {**exercises, "double": replace(exercises["double"], points=points)}


@pytest.fixture
def tiny_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the commands find the tiny exercises in place of the course's own."""
    monkeypatch.setattr("grading.catalogue.exercises", lambda lesson=None: EXERCISES)

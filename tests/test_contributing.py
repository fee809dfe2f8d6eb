"""The worked example of CONTRIBUTING.md is followed here as a person would: command, files, build, lint, types, corpus."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## How an exercise is added") : TEXT.index("## How a command is added")]
COMMAND = next(re.finditer(r"^```\n(python -m grading new-exercise .*)\n```$", SECTION, re.M))[1]
FILES: dict[str, str] = dict(re.findall(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)```$", SECTION, re.M | re.S))
LESSON, CELLS = re.findall(r"In `(lessons/[\w-]+\.py)`.*?\n\n```\n(.*?)```", SECTION, re.S)[0]
MOST_LINES = 150
# What the commands need; the rest of the tree is not copied.
PARTS = (
    "grading",
    "lessons",
    "notebooks",
    "source",
    "release",
    "solutions",
    "docs",
    "tests/corpus",
    "tests/golden",
    "tests/__init__.py",
)


class Checkout:
    """A copy of the project in which somebody follows the text."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, status: int = 0) -> str:
        """Run a command of Python's in it and return what it says; it must end as it should, without a traceback."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    root = tmp_path_factory.mktemp("contributing")
    for part in PARTS:
        source = ROOT / part
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copy(source, root / part)
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, root / name)
    return Checkout(root)


@pytest.fixture(scope="module")
def stubs(checkout: Checkout) -> dict[str, str]:
    checkout.run(*COMMAND.split()[1:])
    return {path: checkout.text(path) for path in (*FILES, LESSON)}


@pytest.fixture(scope="module")
def needs(checkout: Checkout, stubs: dict[str, str]) -> str:
    return checkout.run("-m", "tests.corpus", "softplus", status=1)


def test_what_is_missing_is_named_in_one_sentence_each_with_its_file(needs: str) -> None:
    lines = needs.splitlines()
    assert all(re.match(r"[\w/.-]+\.(py|md)(:\d+)?: ", line) for line in lines), needs
    for words in (
        "lessons/02-activations.py:",
        "tests/corpus/activations/softplus.py: no CONTRACT; say how",
        "tests/corpus/activations/softplus.py: 0 right answers; write 6 more, in other styles",
        "tests/corpus/activations/softplus.py: 0 wrong answers, 0 of them known mistakes; write 15 more",
        "exercise.py: 2 hints; write at least 3, the last one in answers.py",
    ):
        assert words in needs
    assert re.search(r"softplus/exercise\.py:\d+: still to be written: draw the arguments", needs)


@pytest.fixture(scope="module")
def written(checkout: Checkout, needs: str, stubs: dict[str, str]) -> int:
    """Write the files of the text; return how many lines of them are not in the stubs."""
    texts = dict(FILES)
    lines = iter(CELLS.rstrip("\n").split("\n"))
    texts[LESSON] = "\n".join(
        next(lines) if "TODO:" in line else line for line in stubs[LESSON].rstrip("\n").split("\n")
    )
    assert next(lines, None) is None, "as many lines as there are TODOs"
    for path, text in texts.items():
        (checkout.root / path).write_text(text + ("\n" if path == LESSON else ""), encoding="utf-8")
    pairs = [(stubs[path].split("\n"), text.split("\n")) for path, text in texts.items()]
    return sum(line.startswith("+ ") for before, after in pairs for line in difflib.ndiff(before, after))


def test_it_is_at_most_150_lines_by_hand(written: int) -> None:
    assert written <= MOST_LINES


def test_the_exercise_is_in_its_place(checkout: Checkout, written: int) -> None:
    checkout.run("-m", "grading", "build", "02-activations", "--no-execute")
    code = "from grading import exercises; print([one.name for one in exercises('02-activations')])"
    assert "'tanh_grad', 'softplus', 'relu_interpolant'" in checkout.run("-c", code)
    assert "raise NotImplementedError()" in checkout.text("release/02-activations/02-activations.ipynb")
    assert "- log1p" not in checkout.text("release/02-activations/02-activations.ipynb")


def test_format_style_and_lessons_are_in_order(checkout: Checkout, written: int) -> None:
    checkout.run("-m", "ruff", "format", "--check", "grading", "tests", "lessons")
    checkout.run("-m", "ruff", "check", "grading", "tests", "lessons")
    assert "no problems" in checkout.run("-m", "grading", "lint")


def test_its_types_are_right(checkout: Checkout, written: int) -> None:
    cache = ROOT / ".mypy_cache"
    words = ["--config-file", "pyproject.toml", "--cache-dir", str(cache)] if cache.is_dir() else []
    assert "Success" in checkout.run("-m", "mypy", *words, "grading/catalogue/activations/softplus")


def test_the_corpus_accepts_it_and_measures_it_alone(checkout: Checkout, written: int) -> None:
    assert "run `make judge-messages`" in checkout.run("-m", "tests.corpus", "softplus", status=1)
    before = checkout.text("tests/golden/messages.md")
    checkout.run("-m", "tests.corpus.messages", "softplus")
    assert before.split("## relu_interpolant")[1] in checkout.text("tests/golden/messages.md")
    said = checkout.run("-m", "tests.corpus", "softplus", "--few", "3", "--names", "3", "--seeds", "10")
    table = [line for line in said.splitlines() if line.startswith("| `")]
    assert [line.split("|")[1].strip() for line in table] == ["`softplus`"]
    assert "Nothing." in said

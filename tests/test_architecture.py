"""Who imports whom is ruled, the rules are kept, and docs/architecture.md says what they say."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "grading"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = {each["id"]: each for each in PROJECT["tool"]["importlinter"]["contracts"]}
LAYERS = {name: each for name, each in CONTRACTS.items() if each["type"] == "layers"}
FORBIDDEN = {name: each for name, each in CONTRACTS.items() if each["type"] == "forbidden"}
# Importing these components and modules loads no torch; what calls the judge imports it within a function.
WITHOUT_TORCH = (
    "course_folder",
    "engine",
    "report",
    "sandbox",
    "arguments",
    "errors",
    "graded",
    "interrupts",
    "checking",
    "text",
    "cells",
    "lesson_names",
    "doctor",
    "lms",
    "seeds",
    "units",
    "outcome",
)
# What a worker has in memory before its first notebook comes, torch among it.
WITH_TORCH = {"grading.engine.workers.preloaded"}


def layers_of(lines: list[str]) -> list[set[str]]:
    return [{name.strip() for name in line.split("|")} for line in lines]


def drawings() -> dict[str, list[set[str]]]:
    return {name: layers_of(text.splitlines()) for name, text in re.findall(r"```layers (\w+)\n(.*?)```", PAGE, re.S)}


def in_backticks(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def table_below(heading: str) -> list[list[str]]:
    """Return the rows of the tables with this first row."""
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for table in re.findall(rf"^\| {heading} .*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.M)
        for line in table.splitlines()
    ]


def test_the_page_draws_the_layers_of_the_rules() -> None:
    assert drawings() == {name: layers_of(each["layers"]) for name, each in LAYERS.items()}


def test_the_page_says_what_each_component_is_for() -> None:
    components = [name for each in LAYERS.values() for layer in layers_of(each["layers"]) for name in layer]
    described = [name for first, _ in table_below("component") for name in in_backticks(first)]
    assert sorted(described) == sorted(components)


def test_the_page_names_what_is_forbidden() -> None:
    said = {
        in_backticks(name)[0]: (sorted(in_backticks(who)), sorted(in_backticks(what)))
        for name, who, what in table_below("contract")
    }
    assert said == {
        name: (
            sorted(source.removeprefix("grading.") for source in each["source_modules"]),
            sorted(each["forbidden_modules"]),
        )
        for name, each in FORBIDDEN.items()
    }


def test_every_component_is_in_the_rules() -> None:
    for each in LAYERS.values():
        assert each["exhaustive"] is True
    assert CONTRACTS["circles"] == {**CONTRACTS["circles"], "type": "acyclic_siblings", "ancestors": ["grading"]}


def test_an_exception_from_a_rule_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    exceptions = [number for number, line in enumerate(text) if line.startswith("ignore_imports")]
    assert len(exceptions) == sum("ignore_imports" in each for each in CONTRACTS.values())
    assert [text[number - 1][:1] for number in exceptions] == ["#"] * len(exceptions)


def defines(path: Path, name: str) -> bool:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name for node in nodes)


NAMED = sorted(set(re.findall(r"\[`(\w+)`\]\(\.\./([\w/]+\.py)\)", PAGE)))


def test_the_walks_name_functions() -> None:
    assert len(NAMED) > 30


@pytest.mark.parametrize(("name", "path"), NAMED)
def test_a_function_that_the_page_names_is_where_the_link_leads(name: str, path: str) -> None:
    assert defines(ROOT / path, name)


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("imports")
    shutil.copytree(PACKAGE, root / "grading", ignore=shutil.ignore_patterns("__pycache__", "sample"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_rules_are_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("judging/judge.py", "import grading.engine", "components"),
        ("probe/serve.py", "from grading.judging import verdict", "components"),
        ("build/lint.py", "def late():\n    from grading.engine import course", "components"),
        ("figures/style.py", "import grading.data", "components"),
        ("errors.py", "from grading.text import legible", "components"),
        ("newcomer.py", "VALUE = 1", "components"),
        ("engine/intake/folder.py", "from grading.engine.gradebook import journal", "engine"),
        ("engine/execution/outputs.py", "from grading.engine.workers import worker", "engine"),
        ("engine/turns/locks.py", "if TYPE_CHECKING:\n    from grading.engine.stock.exporter import guard", "engine"),
        ("engine/newcomer.py", "VALUE = 1", "engine"),
        ("sandbox/confinement/jail.py", "from grading.sandbox.forkserver import client", "sandbox"),
        ("judging/verdict.py", "from grading.judging.judge import judge", "circles"),
        ("catalogue/activations/shared.py", "from grading.catalogue.activations.relu import exercise", "circles"),
        ("sandbox/kernel/launch.py", "from grading.catalogue import exercise", "secrets"),
        ("text.py", "from grading.catalogue import exercise", "secrets"),
        ("judging/verdict.py", "import nbformat", "notebooks"),
        ("figures/style.py", "def late():\n    from IPython.display import display", "notebooks"),
        ("engine/course.py", "def late():\n    import torch", "torch"),
        ("sandbox/forkserver/server.py", "from torch import nn", "torch"),
    ],
)
def test_a_broken_rule_is_named(copy: Path, module: str, statement: str, contract: str) -> None:
    path = copy / "grading" / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n\n{statement}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    # Broken over lines as wide as a terminal.
    assert f"{CONTRACTS[contract]['name']} BROKEN" in " ".join(done.stdout.split()), done.stdout


def modules_of(component: str) -> list[str]:
    paths = [*PACKAGE.glob(f"{component}.py"), *(PACKAGE / component).rglob("*.py")]
    dotted = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert dotted, f"there is no component {component}"
    return sorted(dotted)


def test_engine_sandbox_and_reports_are_imported_without_torch() -> None:
    modules = [
        "grading",
        *(name for component in WITHOUT_TORCH for name in modules_of(component) if name not in WITH_TORCH),
    ]
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    if 'torch' in sys.modules:\n"
        "        sys.exit(f'{name} imports torch')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *modules], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def uses_of_the_face(path: Path) -> list[str]:
    """Return which public names a module of ours imports from the package itself, whose own imports no rule sees."""
    names = set(
        ast.literal_eval(re.findall(r"__all__ = (\[.*?\])", (PACKAGE / "__init__.py").read_text("utf-8"), re.S)[0])
    )
    return [
        each.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "grading"
        for each in node.names
        if each.name in names
    ]


def test_nobody_within_the_package_goes_through_its_public_names() -> None:
    users = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if uses_of_the_face(path)}
    assert users == {"commands/judge.py"}

"""Lessons import the public modules of `grading`, and of these only the names that they declare as public."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from scripts.api import PUBLIC

ROOT = Path(__file__).parent.parent
FORMS = ("notebooks/*.ipynb", "source/*/*.ipynb", "release/*/*.ipynb", "solutions/*.ipynb")
LESSONS = [*sorted(ROOT.glob("lessons/*.py")), *(path for form in FORMS for path in sorted(ROOT.glob(form)))]


def public_names(module: str) -> set[str]:
    """Return what may be imported from a public module: its `__all__`, and the public modules that lie in it."""
    inside = {name.removeprefix(f"{module}.") for name in PUBLIC if name.startswith(f"{module}.")}
    return {*import_module(module).__all__, *inside}


def not_public(code: str) -> Iterator[str]:
    """Yield each use in the code of something of `grading` that is not public."""
    tree = ast.parse(code)
    names: dict[str, str] = {}  # the names under which the code knows our public modules
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                if each.name.split(".")[0] == "grading":
                    names[each.asname or "grading"] = each.name if each.asname else "grading"
                    if each.name not in PUBLIC:
                        yield f"import {each.name}"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "grading":
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                if whole in PUBLIC:
                    names[each.asname or each.name] = whole
                elif node.module not in PUBLIC or each.name not in public_names(str(node.module)):
                    yield f"from {node.module} import {each.name}"
    for node in ast.walk(tree):
        module = names.get(ast.unparse(node.value)) if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and module in PUBLIC and node.attr not in public_names(module):
            yield ast.unparse(node)
        # What is imported by its name, as text.
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if re.fullmatch(r"grading(\.\w+)+", text) and text not in PUBLIC:
            module, _, name = text.rpartition(".")
            if module not in PUBLIC or name not in public_names(module):
                yield repr(text)


def code_of(path: Path) -> str:
    """Return the Python of a lesson; lines that are commands to IPython or to the shell are left out."""
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", "\n".join(sources), flags=re.MULTILINE)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_lesson_uses_public_names_only(path: Path) -> None:
    code = code_of(path)
    assert "from grading import check" in code
    assert [*not_public(code)] == []


@pytest.mark.parametrize(
    "code",
    [
        "from grading.judging.devices import default_device",
        "from grading.figures.gradient_check import GradientCheck",
        "from grading.figures import style",
        "from grading import notebook",
        "from grading import *",
        "from grading.data import files as f",
        "import grading.judging",
        "import grading.engine as engine",
        "import grading\ngrading.catalogue",
        "import grading.figures as pictures\npictures.style.Picture",
        "from grading import figures\nfigures.gradient_check_of",
        "def f():\n    from grading.probe.observe import observe",
        "from importlib import import_module\nimport_module('grading.probe')",
    ],
)
def test_what_is_not_public_is_seen(code: str) -> None:
    assert [*not_public(code)]


@pytest.mark.parametrize(
    "code",
    [
        "from grading import check, exercise, figures",
        "from grading.device import default_device",
        "import grading\ngrading.check\ngrading.device.default_device",
        "import grading.data as data\ndata.batches",
        "from grading import figures as pictures\npictures.GradientCheck",
        "from torch import grading_of_nothing",
    ],
)
def test_what_is_public_may_be_used(code: str) -> None:
    assert [*not_public(code)] == []


@pytest.mark.parametrize("module", PUBLIC)
def test_a_public_module_declares_its_names_and_has_them(module: str) -> None:
    found = import_module(module)
    assert sorted(set(found.__all__)) == sorted(found.__all__)
    assert [name for name in found.__all__ if not hasattr(found, name)] == []
    if not hasattr(found, "__path__") or module == "grading.figures":
        own = {name for name, value in vars(found).items() if getattr(value, "__module__", "").startswith(module)}
        assert {name for name in own if not name.startswith("_")} <= set(found.__all__)

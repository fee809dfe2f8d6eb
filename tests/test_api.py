"""What is public is described, each name of it, and the pages say what the docstrings say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from grading.__main__ import command_names
from scripts import api

ROOT = Path(__file__).parent.parent
PLACES = [*(f"{module}:{name}" for module in api.PUBLIC for name in import_module(module).__all__), *api.MET]


@pytest.mark.parametrize("page", api.PAGES)
def test_a_page_is_what_the_docstrings_give(page: str) -> None:
    assert (ROOT / page).read_text(encoding="utf-8") == api.PAGES[page](), "run `make api`"


def lacking(place: str) -> Iterator[str]:
    """Yield what is not described of a public name."""
    value, name = api.found_at(place), place.partition(":")[2]
    if not callable(value):
        if not api.comment_above(place.partition(":")[0], name):
            yield f"{name} has no comment above it"
        return
    text = vars(value).get("__doc__") if isinstance(value, type) else value.__doc__
    if not text:
        yield f"{name} has no docstring"
    if isinstance(value, type):
        yield from (
            f"{name}.{each} has no docstring" for each, member in api.members(value).items() if not member.__doc__
        )
        fields = [] if hasattr(value, "__members__") else api.attributes(value)
        yield from (f"{name}.{each} is not described" for each in fields if not re.search(rf"\b{each}\b", text or ""))


@pytest.mark.parametrize("place", PLACES)
def test_a_public_name_is_described_with_all_of_its_parts(place: str) -> None:
    assert [*lacking(place)] == []


def test_what_is_not_described_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "undescribed.py").write_text(
        "from dataclasses import dataclass\n"
        "SIZE = 3\n"
        "def alone(): pass\n"
        "class Bare: pass\n"
        "class Parent:\n    'It is.'\n    def go(self): pass\n    @property\n    def size(self): return 1\n    def _own(self): pass\n"
        "class Child(Parent): pass\n"
        "@dataclass\nclass Pair:\n    'A left one.'\n    left: int\n    right: int\n    _hidden: int = 0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    said = {name: [*lacking(f"undescribed:{name}")] for name in ("SIZE", "alone", "Bare", "Parent", "Child", "Pair")}
    assert said == {
        "SIZE": ["SIZE has no comment above it"],
        "alone": ["alone has no docstring"],
        "Bare": ["Bare has no docstring"],
        "Parent": ["Parent.go has no docstring", "Parent.size has no docstring"],
        "Child": ["Child has no docstring"],
        "Pair": ["Pair.right is not described"],
    }


@pytest.mark.parametrize("name", command_names())
def test_a_command_says_what_it_does_and_what_each_argument_is(name: str) -> None:
    command = import_module(f"grading.commands.{name.replace('-', '_')}")
    assert command.__doc__
    assert [argument for argument, text in api.arguments_of(command) if not text] == []


def without_docstring(path: Path) -> Iterator[str]:
    """Yield the public modules, classes, functions and methods of a file without docstring; a mistake and a question have a sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not ast.get_docstring(tree):
        yield f"{path.name}: the module"
    yield from (f"{path.name}:{node.lineno}: {node.name}" for node in _defined(tree.body) if not _is_told(node))


def _defined(body: list[ast.stmt]) -> Iterator[Any]:
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from _defined([each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _defined(node.body)


def _is_told(node: Any) -> bool:
    decorators = [each.func for each in node.decorator_list if isinstance(each, ast.Call)]
    return bool(ast.get_docstring(node)) or any(
        isinstance(each, ast.Name) and each.id in ("mistake", "ask") for each in decorators
    )


def test_every_public_part_of_the_package_has_a_docstring() -> None:
    assert [line for path in sorted((ROOT / "grading").rglob("*.py")) for line in without_docstring(path)] == []


def test_parts_without_docstring_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text(
        "def f(): pass\nclass C:\n    'It is.'\n    def m(self): pass\n    async def a(self): pass\n    def _p(self): pass\n"
        "if True:\n    def g(): pass\n"
        "@mistake('Why.')\ndef wrong(): pass\n"
        "@ask('How many?')\ndef how_many(): pass\n"
        "@other('Why.')\ndef h(): pass\n"
    )
    names = [line.rpartition(" ")[2] for line in without_docstring(path)]
    assert names == ["module", "f", "m", "a", "g", "h"]


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("One line.", "One line."),
        ("First.\n\n    x: the one. y, z: the others.\n", "First.\n\n- `x`: the one.\n- `y`, `z`: the others."),
        ("First.\n\nx: the one,\n    which goes on.\n", "First.\n\n- `x`: the one, which goes on."),
        ("First.\n\nRaises: nothing. not: a list", "First.\n\nRaises: nothing. not: a list"),
        ("First.\n\n>>> f(x)", "First.\n\n```python\n>>> f(x)\n```"),
        (
            "It ends.\nStatus:\n  0  done\n  1  not\nOf x.",
            "It ends.\nStatus:\n\n```text\n  0  done\n  1  not\n```\n\nOf x.",
        ),
    ],
)
def test_a_docstring_becomes_markdown(docstring: str, expected: str) -> None:
    assert api.markdown(docstring, ("x", "y", "z")) == expected

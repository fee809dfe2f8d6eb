"""Submissions whose file is the attack: forged metadata, broken files, links, poisoned neighbours; long because it is a list."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engine.odd import nest
from tests.engine.tiny import cell
from tests.hostile.case import ALL, DUE, NOTHING, Case, Notebook, kinds
from tests.hostile.lesson import LESSON, RIGHT

_POISON = "open('pwned', 'w')\nraise SystemExit('poisoned')\n"


_SCRIPTS = """
from IPython.display import HTML, Javascript
display(HTML("<script>alert(1)</script><img src=x onerror=alert(2)>"), Javascript("alert(3)"))
def sigmoid(X):
    return X
"""


def _by_id(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )
    return found


def _check(**changes: Any) -> Callable[[Notebook], Notebook]:
    """Change keys of the cell check-sigmoid; "nbgrader__x" means a key of its nbgrader metadata."""

    def change(notebook: Notebook) -> Notebook:
        found = _by_id(notebook, "check-sigmoid")
        for key, value in changes.items():
            if key.startswith("nbgrader__"):
                found["metadata"]["nbgrader"][key.removeprefix("nbgrader__")] = value
            elif key == "tags":
                found["metadata"]["tags"] = value
            else:
                found[key] = value
        return notebook

    return change


def _with_cells(order: Callable[[list[Any]], list[Any]]) -> Callable[[Notebook], Notebook]:
    return lambda notebook: {**notebook, "cells": order(notebook["cells"])}


def _all_metadata(value: Any) -> Callable[[Notebook], Notebook]:
    def change(notebook: Notebook) -> Notebook:
        for found in notebook["cells"]:
            found["metadata"] = value
        return notebook

    return change


def _merged(notebook: Notebook) -> Notebook:
    answer, check = _by_id(notebook, "sigmoid"), _by_id(notebook, "check-sigmoid")
    answer["source"] += "\n\n1.5"
    notebook["cells"].remove(check)
    return notebook


def _same_ids(notebook: Notebook) -> Notebook:
    for found in notebook["cells"]:
        found["id"] = "same"
    return notebook


def _dumped(change: Callable[[bytes], bytes]) -> Callable[[Notebook], bytes]:
    return lambda notebook: change(json.dumps(notebook).encode())


def _write(name: str, content: str = _POISON) -> Callable[[Path, Path], None]:
    def beside(folder: Path, outside: Path) -> None:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)

    return beside


def _link(name: str, to: str) -> Callable[[Path, Path], None]:
    return lambda folder, outside: (folder / name).symlink_to(str(outside / to))


def _hard_link(folder: Path, outside: Path) -> None:
    os.link(outside / "secret.txt", folder / "notes.txt")


def _link_loops(folder: Path, outside: Path) -> None:
    (folder / "itself").symlink_to("itself")
    (folder / "above").symlink_to("..")


def _crowd(folder: Path, outside: Path) -> None:
    for number in range(2000):
        (folder / f"{number}.csv").touch()


def _long_number(notebook: Notebook) -> bytes:
    return json.dumps(notebook).replace('"nbformat": 4', '"long": ' + "7" * 10**6 + ', "nbformat": 4', 1).encode()


def _deep_metadata(notebook: Notebook) -> bytes:
    text = json.dumps(notebook)
    return text.replace('"nbformat": 4', '"deep": ' + "[" * 900 + "]" * 900 + ', "nbformat": 4', 1).encode()


FILES = (
    Case(
        "skip-tag",
        "the tag skip-execution on the check",
        change=_check(tags=["skip-execution"]),
        told=kinds("dropped-tag"),
    ),
    Case(
        "schema-99",
        "nbgrader metadata of a schema from the future",
        change=_check(nbgrader__schema_version=99),
        told=kinds("changed-metadata"),
    ),
    Case(
        "more-points",
        "the check is worth 100 points",
        change=_check(nbgrader__points=100),
        told=kinds("changed-metadata"),
    ),
    Case(
        "ungraded",
        "the check says that it is not graded",
        change=_check(nbgrader__grade=False),
        told=kinds("changed-metadata"),
    ),
    Case(
        "self-graded",
        "the check says that it is a written answer",
        change=_check(nbgrader__solution=True, nbgrader__locked=False),
        told=kinds("changed-metadata"),
    ),
    Case(
        "wrong-types",
        "text where numbers belong in the metadata",
        change=_check(nbgrader__points="many", nbgrader__grade=[1]),
        told=kinds("changed-metadata"),
    ),
    Case(
        "renamed-check",
        "the check has another grade id",
        change=_check(nbgrader__grade_id="check-nothing"),
        told=kinds("unknown-cell", "missing-cell"),
    ),
    Case("rewritten-check", "the check's code is a number", change=_check(source="1.5"), told=kinds("changed-cell")),
    Case("retyped-check", "the check is text", change=_check(cell_type="markdown"), told=kinds("retyped-cell")),
    Case(
        "deleted-checks",
        "all checks are deleted",
        change=_with_cells(lambda cells: [c for c in cells if not c["metadata"]["nbgrader"]["grade"]]),
        told=kinds("missing-cell"),
    ),
    Case("merged-cells", "answer and check are one cell", change=_merged, told=kinds("missing-cell")),
    Case(
        "reversed",
        "all cells in reverse order",
        change=_with_cells(lambda cells: cells[::-1]),
        told=kinds("moved-cell"),
    ),
    Case(
        "moved-check",
        "the check stands before everything",
        change=_with_cells(lambda cells: [cells[4], *cells[:4], *cells[5:]]),
        told=kinds("moved-cell"),
    ),
    Case(
        "duplicate-check",
        "the check is there twice, once with a number",
        change=_with_cells(lambda cells: [*cells, {**cells[4], "source": "1.5"}]),
        told=kinds("duplicate-cell", "changed-cell", "moved-cell"),
    ),
    Case("duplicate-ids", "all cells have the same id", change=_same_ids),
    Case(
        "bonus",
        "a cell of its own with 100 points",
        change=_with_cells(
            lambda cells: [
                *cells,
                cell("code", "100.0", grade=True, grade_id="bonus", locked=True, solution=False, points=100),
            ]
        ),
        told=kinds("unknown-cell"),
    ),
    Case(
        "no-metadata",
        "the metadata of all cells is null",
        change=_all_metadata(None),
        told=kinds("missing-cell"),
    ),
    Case(
        "list-metadata",
        "the metadata of all cells is a list",
        change=_all_metadata([1]),
        told=kinds("missing-cell"),
    ),
    Case(
        "utf-16",
        "the file is UTF-16",
        change=lambda notebook: json.dumps(notebook).encode("utf-16"),
    ),
    Case(
        "cut-off",
        "half of the file",
        change=_dumped(lambda text: text[: len(text) // 2]),
        points=NOTHING,
        told=kinds("not-json"),
    ),
    Case("empty", "an empty file", change=lambda _: b"", points=NOTHING, told=kinds("not-json")),
    Case(
        "zip",
        "a damaged zip archive",
        change=lambda _: b"PK\x03\x04" + bytes(range(256)) * 40,
        points=NOTHING,
        told=kinds("not-a-notebook"),
    ),
    Case(
        "nested",
        "lists in lists, a million deep",
        change=lambda _: b"[" * 10**6 + b"]" * 10**6,
        points=NOTHING,
        told=kinds("not-json"),
    ),
    Case("deep-metadata", "metadata nested 900 deep", change=_deep_metadata),
    Case(
        "many-parts",
        "ten million empty objects",
        change=lambda _: b"[" + b"{}," * 10**7 + b"{}]",
        points=NOTHING,
        told=kinds("too-many-parts"),
    ),
    Case(
        "huge", "120 MB", change=_dumped(lambda text: text + b" " * 120_000_000), points=NOTHING, told=kinds("too-big")
    ),
    Case(
        "huge-output",
        "60 MB of stored output",
        change=_with_cells(
            lambda cells: [
                {**cells[0], "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 60_000_000}]},
                *cells[1:],
            ]
        ),
        told=kinds("stored-output"),
    ),
    Case(
        "many-cells",
        "five thousand cells",
        change=_with_cells(lambda cells: cells * 700),
        points=NOTHING,
        told=kinds("too-many-cells"),
    ),
    Case(
        "number-for-json",
        "a number of a hundred thousand digits",
        change=lambda _: b"1" * 100_000,
        points=NOTHING,
        told=kinds("not-a-notebook"),
    ),
    Case(
        "format-3",
        "a notebook of the format of 2014",
        change=lambda n: {"worksheets": [{"cells": []}], "nbformat": 3, "metadata": {}},
        points=NOTHING,
        told=kinds("old-format"),
    ),
    Case(
        "other-language",
        "a notebook for R",
        change=lambda n: {**n, "metadata": {"kernelspec": {"name": "ir", "language": "R"}}},
        points=NOTHING,
        told=kinds("wrong-kernel"),
    ),
    Case(
        "forged-kernel",
        "a kernel that does not exist",
        change=lambda n: {
            **n,
            "metadata": {"kernelspec": {"name": "../../evil", "language": "python", "argv": ["rm"]}},
        },
        told=kinds("other-kernel"),
    ),
    Case(
        "half-surrogate",
        "a lone surrogate and a NUL in the code",
        cell="x = '\ud800'\ndef sigmoid(X):\n    return '\\0'",
        told=kinds("broken-text"),
    ),
    Case("null-byte", "a NUL in the code", cell="def sigmoid(X):\n    return X\0", told=kinds("broken-text")),
    Case(
        "long-cell",
        "an answer of ten megabytes",
        cell="x = '" + "y" * 10**7 + "'\ndef sigmoid(X):\n    return X",
        told=None,
        slow=True,
    ),
    Case(
        "scripts",
        "HTML, scripts and links in text and output",
        cell=_SCRIPTS,
    ),
    Case(
        "name-newline",
        "a file name with a line break and a snake",
        file_name="a\nb \N{SNAKE}.ipynb",
        told=kinds("renamed"),
    ),
    Case("name-long", "a file name of 250 characters", file_name="x" * 244 + ".ipynb", told=kinds("renamed")),
    Case(
        "name-dots",
        "a file name of dots and spaces",
        file_name=".. .. .ipynb",
        points=NOTHING,
        told=kinds("hidden-file", "missing-notebook"),
    ),
    Case(
        "no-notebook",
        "no notebook at all",
        file_name=None,
        beside=_write("answer.py", "1"),
        points=NOTHING,
        told=kinds("missing-notebook"),
    ),
    Case(
        "two-copies",
        "two copies of one notebook, neither under the right name",
        file_name="a.ipynb",
        beside=lambda folder, outside: (folder / "b.ipynb").write_bytes((folder / "a.ipynb").read_bytes()) and None,
        told=kinds("renamed", "extra-notebook"),
    ),
    Case(
        "linked-notebook",
        "the notebook is a symbolic link to the solution",
        file_name=None,
        beside=_link(f"{LESSON}.ipynb", f"../course/source/{LESSON}/{LESSON}.ipynb"),
        points=NOTHING,
        told=kinds("symbolic-link", "missing-notebook"),
    ),
    Case(
        "linked-file",
        "a symbolic link beside the notebook to a secret",
        beside=_link("notes.txt", "secret.txt"),
        told=kinds("symbolic-link"),
    ),
    Case(
        "linked-folder",
        "a symbolic link to the whole disk",
        beside=_link("everything", "/"),
        told=kinds("symbolic-link"),
    ),
    Case("hard-link", "a hard link to a secret", beside=_hard_link, told=kinds("hard-link")),
    Case("pipe", "a named pipe", beside=lambda folder, outside: os.mkfifo(folder / "pipe"), told=kinds("special-file")),
    Case("link-loop", "a link to itself and one to its folder", beside=_link_loops, told=kinds("symbolic-link")),
    Case(
        "socket",
        "a socket",
        beside=lambda folder, outside: os.mknod(folder / "socket", stat.S_IFSOCK | 0o666),
        told=kinds("special-file"),
    ),
    Case(
        "deep-folders",
        "folders in folders, 1,500 deep",
        beside=lambda folder, outside: nest(folder, 1500),
        told=kinds("too-deep"),
    ),
    Case(
        "long-names",
        "folders with names that together are longer than a path may be",
        beside=lambda folder, outside: nest(folder, 40, "n" * 200),
        told=kinds("unreadable"),
    ),
    Case("crowd", "two thousand files", beside=_crowd, told=kinds("too-many-files")),
    Case("name-bytes", "a file whose name is not text", beside=_write("caf\udce9.csv", "1,2")),
    Case("long-number", "a number of a million digits in the metadata", change=_long_number),
    Case(
        "folder-notebook",
        "a folder under the notebook's name",
        file_name="copy.ipynb",
        beside=_write(f"{LESSON}.ipynb/x", "1"),
        told=kinds("renamed", "in-the-way"),
    ),
    Case("torch-beside", "a torch.py beside the notebook", beside=_write("torch.py"), told=kinds("module-name")),
    Case(
        "grading-beside",
        "a package grading beside the notebook",
        beside=_write("grading/__init__.py", "check = lambda *a, **k: 1.5"),
        told=kinds("module-name"),
    ),
    Case(
        "sitecustomize",
        "a sitecustomize.py beside the notebook",
        beside=_write("sitecustomize.py"),
        told=kinds("module-name"),
    ),
    Case(
        "path-file", "a .pth file beside the notebook", beside=_write("evil.pth", "import os; os.abort()"), told=kinds()
    ),
    Case(
        "ipython-startup",
        "an .ipython folder with start-up code",
        beside=_write(".ipython/profile_default/startup/00.py"),
        told=kinds("hidden-file"),
    ),
    Case(
        "helper",
        "an honest module of the student's own",
        "from helper import sigmoid",
        beside=_write("helper.py", "import torch\n" + RIGHT["sigmoid"]),
        points=ALL,
    ),
    # Names of students, which become folders, rows and lines of text.
    *(
        Case(name, f"a student's id with {what}", points=DUE)
        for name, what in {
            "a b": "a space",
            "x\ny": "a line break",
            "\N{SNAKE}": "a snake",
            "..s": "two dots",
            "-rf": "a hyphen in front",
            "{student_id}": "braces",
            "%s": "a per cent sign",
            "'; drop table grade; --": "SQL",
            "[red]": "markup",
            "n" * 200: "200 characters",
        }.items()
    ),
)

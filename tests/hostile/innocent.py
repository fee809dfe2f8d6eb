"""Submissions of people who mean no harm, in the forms that programs, systems and accidents give them; long because it is a list.

Each holds right answers to all three exercises, unless its points say otherwise.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.engine.tiny import cell
from tests.hostile.case import ALL, DUE, NOTHING, Case, Notebook
from tests.hostile.lesson import LESSON, RIGHT

_SIGMOID = RIGHT["sigmoid"]
Change = Callable[[Notebook], Notebook | bytes]


def _own(source: str) -> Change:
    """Put a cell of the student's own after the set-up."""

    def change(notebook: Notebook) -> Notebook:
        notebook["cells"].insert(1, {**cell("code", source), "id": "own"})
        return notebook

    return change


def _cell(**content: Any) -> Change:
    def change(notebook: Notebook) -> Notebook:
        notebook["cells"].insert(1, {"cell_type": "code", "metadata": {}, "id": "odd", **content})
        return notebook

    return change


def _markdown(source: str, **attachments: Any) -> Change:
    return _cell(cell_type="markdown", source=source, attachments=attachments)


def _kernel(**spec: Any) -> Change:
    def change(notebook: Notebook) -> Notebook:
        notebook["metadata"]["kernelspec"] = spec
        return notebook

    return change


def _timestamp(content: bytes) -> Callable[[Path, Path], None]:
    return lambda folder, outside: (folder / "timestamp.txt").write_bytes(content) and None


def _crlf(notebook: Notebook) -> Notebook:
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"]).replace("\n", "\r\n")
    return notebook


def _without_metadata(notebook: Notebook) -> Notebook:
    for one in notebook["cells"]:
        one["metadata"] = {}
    return notebook


def _bytes(change: Callable[[bytes], bytes]) -> Change:
    return lambda notebook: change(json.dumps(notebook).encode())


def _zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{LESSON}.ipynb", data)
    return made.getvalue()


def _in_folder(name: str) -> Callable[[Path, Path], None]:
    def beside(folder: Path, outside: Path) -> None:
        (folder / name).mkdir()
        (folder / f"{LESSON}.ipynb").rename(folder / name / f"{LESSON}.ipynb")

    return beside


def _other_folder(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, outside: folder.rename(folder.parent / name) and None


def _beside_untouched(folder: Path, outside: Path) -> None:
    """Move the work to the name that a browser gives to a second download, and leave the released notebook beside it."""
    course = folder.parents[2]
    (folder / f"{LESSON}.ipynb").rename(folder / f"{LESSON} (1).ipynb")
    (folder / f"{LESSON}.ipynb").write_bytes((course / "release" / LESSON / f"{LESSON}.ipynb").read_bytes())


def _case(name: str, description: str, change: Change | None = None, **given: Any) -> Case:
    return replace(
        Case(name, description, given.pop("cell", _SIGMOID), change=change, points=given.pop("points", ALL)),
        told=None,
        **given,
    )


_CELLS = (
    _case("quit", "`quit()` in a cell of their own", _own("quit()")),
    _case("exit", "`exit()` in a cell of their own", _own("exit()")),
    _case("bare-exit", "`exit` in a cell of their own", _own("exit")),
    _case("exit-in-function", "`exit()` in a function that a cell calls", _own("def f():\n    exit()\nf()")),
    _case("shutdown", "asks the kernel to shut down", _own("get_ipython().kernel.do_shutdown(True)")),
    _case("hard-exit", "`os._exit(0)` in a cell of their own", _own("import os\nos._exit(0)")),
    _case("surrogate", "prints a lone surrogate", _own("print('\\udcc3')")),
    _case(
        "surrogate-html",
        "shows a lone surrogate in HTML",
        _own("from IPython.display import HTML, display\ndisplay(HTML('\\udcc3'))"),
    ),
    _case("surrogate-stderr", "a lone surrogate on stderr", _own("import sys\nprint('\\udcc3', file=sys.stderr)")),
    _case(
        "surrogate-error",
        "an answer that raises a lone surrogate",
        cell="def sigmoid(X):\n    raise ValueError('\\udcc3')",
        points=DUE,
    ),
    _case("globals", "`globals = {}` in a cell of their own", _own("globals = {}")),
    _case("no-stdout", "`sys.stdout = None` in a cell of their own", _own("import sys\nsys.stdout = None")),
    _case("no-print", "names of Python bound to other things", _own("print = len = type = getattr = None")),
    _case("input", "an answer that asks for input", cell="def sigmoid(X):\n    return float(input())", points=DUE),
    _case(
        "odd-display",
        "a display of a number in place of text",
        _own("from IPython.display import display\ndisplay({'text/plain': 5}, raw=True)"),
    ),
    _case("newer-python", "an f-string of Python 3.12", _own('name = \'a\'\nprint(f"{f"{name}"}")')),
    _case("zero-width", "a zero-width space before `def`", cell="\u200b" + _SIGMOID, points=ALL, at_most=True),
    _case("byte-order-mark", "a byte order mark before `def`", cell="\ufeff" + _SIGMOID, points=ALL, at_most=True),
    _case("writefile", "`%%writefile` in an answer", cell="%%writefile a.py\n" + _SIGMOID, points=DUE),
)
_KERNELS = (
    _case("kernel-name", "a kernel with a name only", _kernel(name="mlp")),
    _case(
        "kernel-python3", "the language python3", _kernel(name="python3", language="python3", display_name="Python 3")
    ),
    _case("kernel-words", "the language Python 3", _kernel(name="x", language="Python 3", display_name="x")),
    _case("kernel-empty", "empty names", _kernel(name="", display_name="")),
    _case("kernel-none", "no name", _kernel(name=None)),
    _case("kernel-pyspark", "pyspark", _kernel(name="pysparkkernel", display_name="PySpark", language="python")),
)
_CONTENT = (
    _case("picture-missing", "a picture that is missing", _markdown("![x](attachment:gone.png)")),
    _case("picture-blank", "a picture whose name has a blank", _markdown("![x](attachment:my%20pic.png)")),
    _case("picture-umlaut", "a picture whose name has an umlaut", _markdown("![x](attachment:für.png)")),
    _case("no-source", "a cell without a source", _cell()),
    _case("null-source", "a cell whose source is null", _cell(source=None)),
    _case("sql-cell", "a cell of the type sql", _cell(cell_type="sql", source="select 1")),
    _case("heading-cell", "a cell of the type heading", _cell(cell_type="heading", level=1, source="Title")),
    _case("crlf", "lines that end as on Windows", _crlf),
    _case(
        "no-metadata",
        "a notebook without nbgrader's metadata, under another name",
        _without_metadata,
        file_name="my work.ipynb",
    ),
)
_STAMPS = (
    _case(
        "stamp-mark", "a timestamp with a byte order mark", beside=_timestamp(b"\xef\xbb\xbf2026-01-05 10:00:00 UTC")
    ),
    _case("stamp-words", "a timestamp in words", beside=_timestamp(b"last Monday, I think")),
    _case("stamp-utf16", "a timestamp in UTF-16", beside=_timestamp("2026-01-05 10:00:00 UTC".encode("utf-16"))),
    _case("stamp-empty", "an empty timestamp", beside=_timestamp(b"")),
)
_NAMES = (
    *(
        _case(f"named-{number}", f"the file is called {name.replace(LESSON, 'lesson')}", file_name=name)
        for number, name in enumerate(
            (f"{LESSON}.ipynb.txt", f"{LESSON}.ipynb.json", f"{LESSON}.json", f"{LESSON}.IPYNB", f"{LESSON} (1).ipynb")
        )
    ),
    _case("zipped", "the notebook in a zip", _bytes(_zipped), file_name=f"{LESSON}.zip"),
    _case("subfolder", "the notebook in a folder of its own", beside=_in_folder("work")),
    _case(
        "other-folder",
        "the lesson's folder under a name with underscores",
        beside=_other_folder(LESSON.replace("-", "_")),
    ),
    _case("second-download", "the work as `(1)` beside the untouched notebook", beside=_beside_untouched),
    _case("mark", "a byte order mark before the notebook", _bytes(lambda data: b"\xef\xbb\xbf" + data)),
    _case("utf16", "a notebook in UTF-16", _bytes(lambda data: data.decode().encode("utf-16"))),
    _case("cut-off", "half of the file", _bytes(lambda data: data[: len(data) // 2]), points=NOTHING),
    _case("zip-as-notebook", "a zip saved as .ipynb", _bytes(_zipped), at_most=True),
    _case(
        "page", "an HTML page saved as .ipynb", _bytes(lambda data: b"<!doctype html><title>x</title>"), points=NOTHING
    ),
    _case(
        "pointer",
        "a pointer of Git LFS saved as .ipynb",
        _bytes(lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
        points=NOTHING,
    ),
)
INNOCENT: tuple[Case, ...] = (*_CELLS, *_KERNELS, *_CONTENT, *_STAMPS, *_NAMES)

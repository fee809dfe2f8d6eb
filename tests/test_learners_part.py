"""What a learner uses is there on macOS and Windows, too; `tests/learner.txt` names the tests that are run there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_packaging import INSTRUCTOR_PARTS

ROOT = Path(__file__).parent.parent
TESTS = (ROOT / "tests" / "learner.txt").read_text(encoding="utf-8").split()

# What Python has on Linux and macOS and not on Windows.
MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
NAMES = {
    *(
        f"os.{name}"
        for name in ("fork", "getuid", "killpg", "mkfifo", "openpty", "sched_getaffinity", "setsid", "uname")
    ),
    *(f"signal.{name}" for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "pthread_sigmask", "setitimer")),
    "socket.AF_UNIX",
}


def learners_files() -> Iterator[Path]:
    """The learner's part of the package, and its tests."""
    for path in ROOT.glob("grading/**/*.py"):
        if path.relative_to(ROOT).parts[1] not in INSTRUCTOR_PARTS:
            yield path
    for name in TESTS:
        yield from (ROOT / name).glob("**/*.py") if (ROOT / name).is_dir() else [ROOT / name]


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node but the bodies of functions: what an import of the file executes, decorators included."""
    for name, field in ast.iter_fields(node):
        if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST):
                yield child
                yield from run_at_import(child)


class WithoutOtherSystems(ast.NodeTransformer):
    """Takes away what stands behind the `else` of a module that asks whether this is Windows."""

    def visit_If(self, node: ast.If) -> ast.If:
        if ast.unparse(node.test) == "sys.platform == 'win32'":
            node.orelse = []
        return node


def missing_on_windows(source: str) -> set[str]:
    """Return what an import of this file needs and Windows lacks, and modules that any of its functions imports."""
    tree = WithoutOtherSystems().visit(ast.parse(source))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    named = {ast.unparse(node) for node in run_at_import(tree) if isinstance(node, ast.Attribute)}
    return (imported & MODULES) | (named & NAMES)


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("import resource", {"resource"}),
        ("def f():\n    from fcntl import flock", {"fcntl"}),
        ("import signal\n@mark(signal.SIGKILL)\ndef f(): pass", {"signal.SIGKILL"}),
        ("import os\ndef f(who=os.getuid()): pass", {"os.getuid"}),
        ("import os\nclass A:\n    who = [os.getuid() for _ in ()]", {"os.getuid"}),
        ("import signal\ndef f():\n    return signal.SIGKILL", set()),
        ("import signal\nsignal.SIGINT", set()),
        ("import sys\nif sys.platform == 'win32':\n    import msvcrt\nelse:\n    import fcntl", set()),
        ("import sys\nif sys.platform == 'win32':\n    import fcntl\nelse:\n    import pwd", {"fcntl"}),
        ("import sys\nif sys.platform != 'win32':\n    pass\nelse:\n    import fcntl", {"fcntl"}),
    ],
)
def test_what_windows_lacks_is_seen(source: str, missing: set[str]) -> None:
    assert missing_on_windows(source) == missing


def test_the_learners_part_and_its_tests_can_be_imported_on_windows() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): missing_on_windows(path.read_text(encoding="utf-8"))
        for path in learners_files()
    }
    assert len(found) > 100
    assert {path: missing for path, missing in found.items() if missing} == {}


@pytest.mark.parametrize("name", TESTS)
def test_every_test_that_the_list_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()

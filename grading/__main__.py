"""The command line: `python -m grading COMMAND`, or `mlp-course COMMAND` where the package is installed.

A command is a module in `grading/commands`, `new_exercise` for new-exercise: its docstring is the long help, `HELP` the short
one, `add_arguments` declares its arguments and `run` does the work and returns the exit status. A command is imported only
when it is called.
"""

from __future__ import annotations

import argparse
import ast
import errno
import io
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from grading import commands
from grading.errors import CourseError
from grading.text import legible

_MAY_NOT = "run this as a user who may read and write there, or name another folder"
_NO_ROOM = "make room and run it again"
_NO_RIGHTS = "new files are not even their owner's with this umask; run `umask 022`, and then this again"
_OWNERS = 0o700
# What can be wrong with a machine wherever a command reads and writes.
_REMEDIES = {
    errno.EACCES: _MAY_NOT,
    errno.EPERM: _MAY_NOT,
    errno.EROFS: _MAY_NOT,
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EMFILE: "allow this process more open files (`ulimit -n 4096`) and run it again",
}


def command_names() -> list[str]:
    """Return the names of all commands, sorted."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))


def _short_help(name: str) -> str:
    """Read `HELP` out of a command's source, so that listing the commands imports none of them."""
    source = Path(commands.__path__[0], f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "HELP" for t in node.targets):
            return str(ast.literal_eval(node.value))
    return ""


def _overview() -> str:
    names = command_names()
    width = max(map(len, names), default=0)
    rows = "\n".join(f"  {name:<{width}}  {_short_help(name)}" for name in names)
    return f"usage: python -m grading COMMAND ...\n\n{rows}\n\n`python -m grading COMMAND --help` says more about one."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 something was wrong, 2 not understood, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        print(_overview())
        return 0 if words else 2
    name = words[0]
    if name not in command_names():
        print(f"no command named {name!r}\n\n{_overview()}", file=sys.stderr)
        return 2
    try:
        module = import_module(f"grading.commands.{name.replace('-', '_')}")
        parser = argparse.ArgumentParser(
            prog=f"python -m grading {name}",
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(parser)
        return int(module.run(parser.parse_args(words[1:])))
    except CourseError as error:
        # It may quote what is not ours: the name of a file, or what a learner's file says when it is run.
        print(f"{name}: {legible(str(error))}", file=sys.stderr)
        return 1
    except OSError as error:
        remedy = _remedy(error)
        if remedy is None:
            raise
        where = error.filename or "a file"
        print(f"{name}: {legible(f'{where}: {error.strerror}; {remedy}')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        # Python remembers an interrupt that left an `exec`, and would end by the signal, not with this status; until the next one.
        exec("")
        return 130


def _remedy(error: OSError) -> str | None:
    """Say what to do about what the system refused; None if that is not known."""
    if error.errno == errno.EACCES and _umask() & _OWNERS:
        return _NO_RIGHTS
    return _REMEDIES.get(error.errno or 0)


def _umask() -> int:
    """Return which rights new files do not get; the system tells it only to who sets it."""
    found = os.umask(0o077)
    os.umask(found)
    return found


def program() -> NoReturn:
    """Run the command that the shell names, as a process of its own, and end the process with its status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or file that has no ✓ in its encoding shows a question mark in its place.
        sys.stdout.reconfigure(errors="replace")
    status = main()
    # What is left to clean up may be cut short, without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(status)


if __name__ == "__main__":
    program()

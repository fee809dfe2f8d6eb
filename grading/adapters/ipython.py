"""IPython: what a shell keeps for itself, where it is made before its kernel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from IPython.core.profiledir import ProfileDir

from grading.adapters.names import Kind, Name, field, function

_SHELL = "IPython.core.interactiveshell:InteractiveShell"
NAMES = (
    Name(f"{_SHELL}._sys_modules_keys", Kind.FIELD, "which modules `%reset --aggressive` keeps"),
    field(f"{_SHELL}.user_ns_hidden", "names that a notebook finds and did not define"),
    Name(f"{_SHELL}.compiler_class", Kind.TRAIT, "making a shell before its kernel"),
    Name(f"{_SHELL}.profile_dir", Kind.TRAIT, "making a shell before its kernel"),
    Name(f"{_SHELL}.ipython_dir", Kind.TRAIT, "making a shell before its kernel"),
    function(
        f"{_SHELL}.should_run_async",
        "raw_cell, *, transformed_cell",
        "looking for what a cell awaits only where there is any",
    ),
    Name(f"{_SHELL}.exit_now", Kind.TRAIT, "hearing that a cell asks the kernel to end"),
    function(
        "IPython.core.displayhook:DisplayHook.semicolon_at_end_of_expression",
        "expression",
        "looking for a semicolon only where there is one",
        since="8.10",
    ),
    Name("IPython.core.history:HistoryManager.enabled", Kind.TRAIT, "a kernel without a history in a database"),
    function(
        "IPython.core.profiledir:ProfileDir.create_profile_dir", "profile_dir", "making a shell before its kernel"
    ),
)


def new_profile(folder: str) -> Any:
    """Make a folder of settings that holds none, and return what IPython knows it by."""
    return ProfileDir.create_profile_dir(folder)  # type: ignore[no-untyped-call]  # IPython has no annotation here


def keep_modules(shell: Any, names: Iterable[str]) -> None:
    """Have a shell keep these modules when a notebook asks it to forget all that it has imported."""
    shell._sys_modules_keys = set(names)


def hide_names(shell: Any) -> None:
    """Have a shell list none of the names that it has now as a notebook's own."""
    shell.user_ns_hidden.update(shell.user_ns)

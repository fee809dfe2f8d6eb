"""Whether submissions run in a sandbox here; without one, the dangerous part of the corpus is never run."""

from __future__ import annotations

from grading.sandbox.forkserver.available import why_no_namespaces


class DangerousWithoutSandbox(Exception):
    """A submission that would harm this machine was about to be run without a sandbox."""


def is_active() -> bool:
    """Tell whether the engine isolates submissions on this machine."""
    return why_no_namespaces() == ""


def words() -> tuple[str, ...]:
    """Return what the command needs to be told on this machine."""
    return () if is_active() else ("--unsafe-no-sandbox",)

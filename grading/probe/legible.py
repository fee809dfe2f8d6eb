"""What was observed of an answer, with text that can be shown, stored and sent: see `grading.text`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grading.probe.call import Failure, Observation
from grading.probe.freeze import Unknown
from grading.text import as_on_paper, legible


def made_legible(found: Observation) -> Observation:
    """Return the observation with legible text: what was returned, the names in it, the exception, what was printed."""
    failure = found.failure
    if failure is not None:
        failure = Failure(
            _line(failure.type),
            _line(failure.message),
            _line(failure.line),
            failure.missing,
            _line(failure.unwritten),
            _line(failure.shapes),
            tuple(map(_line, failure.callers)),
        )
    return replace(
        found,
        value=_legible(found.value),
        after={name: _legible(tree) for name, tree in found.after.items()},
        failure=failure,
        device_fault=legible(found.device_fault),
        devices=tuple(map(legible, found.devices)),
        printed=legible(as_on_paper(found.printed)),
    )


def _legible(tree: Any) -> Any:
    if isinstance(tree, str):
        return legible(tree)
    if isinstance(tree, Mapping):
        return {legible(key) if isinstance(key, str) else key: _legible(branch) for key, branch in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(map(_legible, tree))
    return Unknown(_line(tree.type_name)) if type(tree) is Unknown else tree


def _line(text: str) -> str:
    return " ".join(legible(text).splitlines())

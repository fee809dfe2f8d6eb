"""What a course's configuration says of grading, as one digest: results are made again when it says something else.

Where the course and its gradebook lie says nothing of grades, nor do the exchange and the pages. What lateness costs is not
in it either: that is worked out anew in every run.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from grading.engine.digests import fingerprint

_SAY_NOTHING = frozenset(
    "Application Authenticator ClearSolutions CollectApp CourseDirectory CourseIntake CoursePoints CsvExportPlugin ExportApp ExportPlugin "
    "FetchAssignmentApp FetchFeedbackApp FileNameCollectorPlugin FormgradeApp GenerateAssignment GenerateFeedback GenerateSolution "
    "HTMLExporter JupyterApp ListApp NbGrader NbGraderAPI ReleaseAssignmentApp ReleaseFeedbackApp ServerApp SubmitApp "
    "ZipCollectApp".split()
)


def digest_of_configuration(config: Config, classes: Collection[type] = (), without: Collection[str] = ()) -> str:
    """Return a digest of the sections of a configuration that decide, or may decide, what a submission gets.

    classes: what it names, such as preprocessors of a course's own; their code belongs to it. without: the names of more sections
    that decide nothing.
    """
    names = sorted(name for name in config if not (name in without or _says_nothing(name)))
    code = {f"{one.__module__}.{one.__qualname__}": _code_of(one) for one in classes}
    return fingerprint(code, *(f"{name} {_described(config[name])}" for name in names))


def _code_of(one: type) -> bytes:
    try:
        return Path(inspect.getfile(one)).read_bytes()
    except (OSError, TypeError):  # typed in somewhere, or built in: then it is known by its name
        return b""


def _says_nothing(name: str) -> bool:
    return name in _SAY_NOTHING or name.startswith("Exchange")


def _described(value: Any) -> str:
    """Describe a value so that it is the same in every process: no addresses, no order of what has none."""
    match value:
        case LazyConfigValue():
            return f"changed by {_described(value.to_dict())}"
        case Mapping():
            return "{" + ", ".join(sorted(f"{key!r}: {_described(one)}" for key, one in value.items())) + "}"
        case list() | tuple():
            return f"[{', '.join(map(_described, value))}]"
        case set() | frozenset():
            return "{" + ", ".join(sorted(map(_described, value))) + "}"
        case None | bool() | int() | float() | str() | bytes() | Path():
            return repr(value)
        case type():
            return f"{value.__module__}.{value.__qualname__}"
        case FunctionType():
            return f"{value.__qualname__} {_described(value.__defaults__)} {_said_by(value.__code__)}"
        case _:
            return f"a {_described(type(value))}"


def _said_by(code: CodeType) -> str:
    """Describe a function's code by what it does, not where it stands."""
    constants = [_said_by(one) if isinstance(one, CodeType) else _described(one) for one in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {constants}"

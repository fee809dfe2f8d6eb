"""Write docs/api.md and docs/commands.md from the docstrings of what is public; `make api` calls this.

python scripts/api.py           write the pages
python scripts/api.py --check   write nothing; the status is 1 if a page is not what the docstrings give
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Protocol

from grading.__main__ import command_names

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = ("grading", "grading.data", "grading.device", "grading.figures", "grading.training")
# What the public functions return, take and raise. They are not imported from where they live, but met.
MET = (
    "grading.judging.verdict:Verdict",
    "grading.judging.verdict:Finding",
    "grading.outcome:Outcome",
    "grading.judging.exercise:Exercise",
    "grading.judging.context:AnswerProxy",
    "grading.checking:Points",
    "grading.figures.style:Picture",
    "grading.figures.graph:GraphvizPicture",
    "grading.errors:CourseError",
    "grading.errors:UnknownExercise",
    "grading.errors:CheckFailed",
)
_WRITTEN = "<!-- Written by `make api` from the docstrings; change them, not this page. -->"


# --- docstrings -----------------------------------------------------------------------------------------------------


def markdown(docstring: str, names: Iterable[str] = ()) -> str:
    """Return a docstring as Markdown: lists of what is said of `names`; what is indented or typed at a prompt as code."""
    known = "|".join(sorted(names, key=len, reverse=True)) or r"(?!)"
    return "\n\n".join(_block(block, known) for block in re.split(r"\n\s*\n", inspect.cleandoc(docstring)))


def _block(block: str, known: str) -> str:
    item = re.compile(rf"({known})((?:(?:, | and )(?:{known}))*): ")
    if block.startswith(">>> "):
        return f"```python\n{block}\n```"
    if item.match(block):
        return _list(block, item)
    parts = [
        "\n".join(["```text", *run, "```"] if indented else run)
        for indented, lines in groupby(block.split("\n"), key=lambda line: line.startswith("  "))
        for run in [list(lines)]
    ]
    return "\n\n".join(parts)


def _list(block: str, item: re.Pattern[str]) -> str:
    """Return a paragraph of `name: what it is` as a list; several may stand on one line."""
    text = re.sub(rf"(?<=[.;]) (?={item.pattern})", "\n", re.sub(r"\n +", " ", block))
    lines = []
    for line in text.split("\n"):
        found = item.match(line)
        if found:
            names = ", ".join(f"`{name}`" for name in re.split(", | and ", f"{found[1]}{found[2]}"))
            lines.append(f"- {names}: {line[found.end() :]}")
        else:
            lines.append(f"  {line.strip()}")
    return "\n".join(lines)


# --- names ----------------------------------------------------------------------------------------------------------


def found_at(place: str) -> Any:
    """Return what a "module:name" says."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def comment_above(module: str, name: str) -> str:
    """Return the comment above a constant, wherever in the module or its folder it is set; "" if there is none."""
    home = Path(str(import_module(module).__file__))
    for path in [home, *sorted(home.parent.glob("*.py"))] if home.name == "__init__.py" else [home]:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.parse("\n".join(lines)).body:
            if isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Name) and one.id == name for one in node.targets
            ):
                return "\n".join(reversed([*_comment_before(lines[: node.lineno - 1])]))
    return ""


def _comment_before(lines: list[str]) -> Iterator[str]:
    for line in reversed(lines):
        if not line.startswith("#"):
            return
        yield line.removeprefix("#").strip()


def members(cls: type) -> dict[str, Any]:
    """Return the public methods and properties that a class defines itself, in the order of its source."""
    kinds = (FunctionType, classmethod, staticmethod, property, cached_property)
    own = {name: value for name, value in vars(cls).items() if isinstance(value, kinds)}
    return {name: value for name, value in own.items() if not name.startswith("_") and name not in attributes(cls)}


def attributes(cls: type) -> list[str]:
    """Return the public fields of a dataclass, or the members of an enumeration."""
    if is_dataclass(cls):
        return [each.name for each in fields(cls) if not each.name.startswith("_")]
    return [each.name for each in cls] if issubclass(cls, Enum) else []


def signature(function: Callable[..., Any], name: str) -> str:
    """Return `name(parameters) -> result` as it is written in the source; over several lines where it is long."""
    found = inspect.signature(function)
    own = [each for each in found.parameters.values() if each.name not in ("self", "cls")]
    parts = [_parameter(each) for each in own]
    kinds = [each.kind for each in own]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    result = found.return_annotation
    arrow = "" if result is inspect.Signature.empty else f" -> {result}"
    line = f"{name}({', '.join(parts)}){arrow}"
    return line if len(line) <= 100 else "\n".join([f"{name}(", *(f"    {part}," for part in parts), f"){arrow}"])


def _parameter(each: inspect.Parameter) -> str:
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(each.kind, "")
    kind = "" if each.annotation is inspect.Parameter.empty else f": {each.annotation}"
    default = "" if each.default is inspect.Parameter.empty else f"{' = ' if kind else '='}{written(each.default)}"
    return f"{stars}{each.name}{kind}{default}"


def written(value: Any) -> str:
    """Return a constant as the formatter writes it, which looks into the pages, too."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple) and len(value) > 1:
        return f"({', '.join(map(written, value))})"
    return repr(value)


# --- pages ----------------------------------------------------------------------------------------------------------


def described(name: str, value: Any, module: str) -> str:
    """Return the section on one public name."""
    if inspect.isclass(value):
        return _class(name, value)
    if callable(value):
        return f"### `{name}`\n\n{_function(name, value)}"
    return f"### `{name}`\n\n{_code(f'{name} = {written(value)}')}\n\n{comment_above(module, name)}"


def _function(name: str, function: Callable[..., Any]) -> str:
    known = inspect.signature(function).parameters
    return f"{_code(signature(function, name))}\n\n{markdown(function.__doc__ or '', known)}"


def _class(name: str, cls: type) -> str:
    head, own = _head(name, cls), members(cls)
    known = attributes(cls) or [each for each in re.findall(r"\w+", head) if each != name]
    properties = {member: value for member, value in own.items() if isinstance(value, property | cached_property)}
    parts = [f"### `{name}`", _code(head), markdown(cls.__doc__ or "", known)]
    if properties:
        parts.append("\n".join(f"- `{name}.{each}`: {inspect.getdoc(value)}" for each, value in properties.items()))
    for member in [each for each in own if each not in properties]:
        value = own[member]
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        parts.append(_function(f"{name}.{member}", function))
    return "\n\n".join(parts)


def _head(name: str, cls: type) -> str:
    bases = ", ".join(base.__name__ for base in cls.__bases__ if base not in (object, Protocol))
    head = f"class {name}({bases}):" if bases else f"class {name}:"
    if is_dataclass(cls):
        return "\n".join([head, *(f"    {each.name}: {each.type}" for each in fields(cls) if each.name[0] != "_")])
    if issubclass(cls, Enum):
        return "\n".join([head, *(f"    {each.name} = {written(each.value)}" for each in cls)])
    if "__init__" in vars(cls) and not issubclass(cls, Exception) and Protocol not in cls.__bases__:
        return signature(vars(cls)["__init__"], name).removesuffix(" -> None")
    return head.removesuffix(":")


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def names_page() -> str:
    """Return docs/api.md."""
    parts = [
        "# The public names",
        _WRITTEN,
        "What lessons import, and what another tool may rely on. The rest of the package may change from one version to the\n"
        "next; [architecture.md](architecture.md) says what is there. The commands have [a page of their own](commands.md).",
    ]
    for module in PUBLIC:
        found = import_module(module)
        parts += [f"## `{module}`", markdown(found.__doc__ or "")]
        parts += [described(name, getattr(found, name), module) for name in found.__all__]
    parts += ["## What they return, take and raise"]
    parts += [described(place.partition(":")[2], found_at(place), place.partition(":")[0]) for place in MET]
    return "\n\n".join(parts) + "\n"


class _Arguments:
    """A parser that keeps what a command declares, in the words of its source; what argparse prints differs by version."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def add_argument(self, *names: str, **settings: Any) -> None:
        shown = settings.get("metavar") or (names[-1].lstrip("-").upper() if _takes_a_value(settings) else "")
        first = " or ".join(names) if names[0].startswith("-") else str(settings.get("metavar") or names[0].upper())
        if settings.get("choices"):
            shown = "|".join(map(str, settings["choices"]))
            first = first if names[0].startswith("-") else shown
        value = f" {shown}" if names[0].startswith("-") and _takes_a_value(settings) else ""
        self.rows.append((f"{first}{value}", settings.get("help", "")))


def _takes_a_value(settings: dict[str, Any]) -> bool:
    return not str(settings.get("action", "")).startswith("store_")


def arguments_of(command: ModuleType) -> list[tuple[str, str]]:
    """Return the arguments of a command with what they are for."""
    arguments = _Arguments()
    command.add_arguments(arguments)
    return arguments.rows


def commands_page() -> str:
    """Return docs/commands.md."""
    parts = [
        "# The commands",
        _WRITTEN,
        "`python -m grading COMMAND`, or `mlp-course COMMAND` where the package is installed. `--help` behind a command says\n"
        "what stands here.",
    ]
    for name in command_names():
        command = import_module(f"grading.commands.{name.replace('-', '_')}")
        rows = arguments_of(command)
        table = ["| argument | what it is |", "|---|---|"]
        table += [f"| `{_escaped(argument)}` | {_escaped(text)} |" for argument, text in rows]
        parts += [f"## `{name}`", markdown(command.__doc__ or ""), *(["\n".join(table)] if rows else [])]
    return "\n\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {"docs/api.md": names_page, "docs/commands.md": commands_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which of them are out of date."""
    status = 0
    for name, made in PAGES.items():
        path, text = ROOT / name, made()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{name} is not what the docstrings give; run `make api`")
            status = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which of the files in a folder is the notebook of a lesson, under whatever name, and in which folder it may lie.

A lesson is recognised by the cells that it holds. A file under its own name comes first, unless nobody has worked in it and
in another one somebody has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from grading.cells import HIDDEN_TESTS, grade_id_of
from grading.engine.intake.encoding import text_of
from grading.engine.intake.file_kinds import kind_of
from grading.engine.intake.folder import is_notebook
from grading.engine.intake.notebook_file import cells_of
from grading.engine.intake.template import Template
from grading.engine.limits import Limits
from grading.engine.problems import Problem, one_line
from grading.text import with_plain_ends

_MOST_NAMED = 3
# The key of a notebook's cells, also where each letter takes two or four bytes.
_CELLS = re.compile(rb'"\0*c\0*e\0*l\0*l\0*s\0*"')


@dataclass(frozen=True)
class _Candidate:
    """A file that may be the notebook of a lesson."""

    name: str
    cells: Sequence[Mapping[str, Any]]
    template: Template

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The cells' texts, without what differs from system to system: the same in two copies of one piece of work."""
        return tuple(_plain(cell.get("source")) for cell in self.cells)

    @cached_property
    def holds_the_lesson(self) -> bool:
        """Whether it has most of the lesson's cells by their ids, or most of its checks by their texts, as for self-study."""
        known = self.template.by_id.keys()
        if 2 * len({grade_id_of(cell) for cell in self.cells} & known) > len(known):
            return True
        checks = {_plain(HIDDEN_TESTS.outside(cell.source)) for cell in self.template.cells if _is_check(cell)}
        return 2 * len(checks.intersection(self.sources)) > len(checks)

    @cached_property
    def is_attempted(self) -> bool:
        """Whether anything of what was handed out to be filled in is no longer there as it was."""
        stubs = {_plain(cell.source) for cell in self.template.cells if cell.solution and not cell.locked}
        return self.holds_the_lesson and not stubs.issubset(self.sources)


def _is_check(cell: Any) -> bool:
    return bool(cell.locked and cell.points is not None and cell.cell_type == "code")


def _plain(source: object) -> str:
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return with_plain_ends(text).strip()


def match(
    contents: Mapping[str, bytes], templates: Mapping[str, Template], limits: Limits, problems: list[Problem]
) -> dict[str, str]:
    """Return the name of the file that answers each template, by the template's name; report what is odd about it."""
    own = {f"{name}.ipynb" for name in templates}
    left = [name for name, content in contents.items() if name not in own and _may_be_a_notebook(name, content)]
    matched: dict[str, str] = {}
    holding: set[str] = set()
    for name, template in templates.items():
        others = [_Candidate(other, cells_of(contents[other], limits), template) for other in left]
        others = [candidate for candidate in others if candidate.holds_the_lesson]
        holding |= {candidate.name for candidate in others}
        file = f"{name}.ipynb"
        # A file alone is taken as it is; what is wrong with it is found out when it is read.
        cells = cells_of(contents[file], limits) if others and file in contents else ()
        mine = _Candidate(file, cells, template) if file in contents else None
        found, told = _chosen(file, mine, others)
        if found is not None:
            matched[name] = found
        elif not others and not any(one.kind in ("too-big", "unreadable") and not one.graded for one in problems):
            missing = f"no '{file}' was handed in; {_what_is_there(contents, limits)}"
            told = [Problem("missing-notebook", missing, graded=False)]
        problems.extend(told)
    strangers = (name for name in left if is_notebook(name) and name not in holding)
    problems.extend(
        Problem("extra-notebook", f"'{one_line(name)}' is not part of the lesson; not run") for name in strangers
    )
    return matched


def _chosen(file: str, mine: _Candidate | None, others: Sequence[_Candidate]) -> tuple[str | None, list[Problem]]:
    """Return the file to grade, of the one under its own name and others that hold the lesson, and what is told of it."""
    attempted = [candidate for candidate in others if candidate.is_attempted]
    if mine is not None and (mine.is_attempted or not attempted):
        return file, _told_of_others(file, others)
    if not others:
        return None, []
    likely = _likeliest(file, attempted or others)
    if len({candidate.sources for candidate in likely}) > 1:
        return (file if mine else None), [_several(file, mine, likely)]
    found = likely[0].name
    if mine is None:
        sentence = f"'{file}' is missing; '{one_line(found)}' holds its cells and was graded instead"
    else:
        fault = "is as it was handed out" if mine.holds_the_lesson else "does not hold the lesson"
        sentence = f"'{file}' {fault}; '{one_line(found)}' holds the lesson, too, and was graded instead"
    return found, [Problem("renamed", sentence), *_told_of_others(found, others)]


def _likeliest(file: str, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Return the notebooks at the top; if there are none, those of the right name in folders; if there are none, all."""

    def distance(candidate: _Candidate) -> int:
        if is_notebook(candidate.name):
            return 0
        return 1 if PurePosixPath(candidate.name).name == file else 2

    nearest = min(map(distance, candidates))
    return [candidate for candidate in candidates if distance(candidate) == nearest]


def _told_of_others(found: str, others: Sequence[_Candidate]) -> list[Problem]:
    return [
        Problem("extra-notebook", f"'{one_line(other.name)}' holds the lesson, too; '{one_line(found)}' was graded")
        for other in others
        if is_notebook(other.name) and other.name != found
    ]


def _several(file: str, mine: _Candidate | None, likely: Sequence[_Candidate]) -> Problem:
    names = ", ".join(f"'{one_line(candidate.name)}'" for candidate in likely[:_MOST_NAMED])
    first = f"'{file}' is as it was handed out" if mine else f"no '{file}' was handed in"
    sentence = f"{first}, and {len(likely)} files with different answers hold its cells ({names}); keep one of them"
    return Problem("several-notebooks" if mine else "missing-notebook", sentence, graded=mine is not None)


def _may_be_a_notebook(name: str, content: bytes) -> bool:
    """Tell whether a file is worth being parsed: it has the name of a notebook, or it is JSON, in any encoding, with cells."""
    return is_notebook(name) or (text_of(content[:64]).text.lstrip()[:1] == "{" and bool(_CELLS.search(content)))


def _what_is_there(contents: Mapping[str, bytes], limits: Limits) -> str:
    """Say what somebody handed in who handed in no notebook of the lesson."""
    if not contents:
        return "there is no other file"
    named = [_described(name, content, limits) for name, content in list(contents.items())[:_MOST_NAMED]]
    more = f" and {len(contents) - _MOST_NAMED} more" if len(contents) > _MOST_NAMED else ""
    return f"there is {', '.join(named)}{more}"


def _described(name: str, content: bytes, limits: Limits) -> str:
    kind = kind_of(content)
    if not kind and is_notebook(name):
        kind = "a notebook of something else" if cells_of(content, limits) else "a notebook that cannot be read"
    return f"'{one_line(name)}'" + (f" ({kind})" if kind else "")

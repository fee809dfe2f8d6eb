"""Giving a submitted notebook back what is the instructor's, and telling of everything that had to be repaired.

A student owns the sources of the answer cells and of cells they added. Everything else (the graded cells' metadata,
locked sources, order, tags, stored outputs) comes from the template.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from grading.cells import HIDDEN_TESTS, grade_id_of, told_to_nbgrader
from grading.engine.intake.older_version import is_of_another_version
from grading.engine.intake.template import Template, TemplateCell
from grading.engine.intake.written_answers import put_in_place
from grading.engine.problems import Problem, one_line
from grading.text import whole, with_plain_ends

# What decides in stock tools whether and how a cell counts. The checksum differs between source/ and release/ anyway.
_CLAIMS = {"grade": False, "locked": False, "solution": False, "task": False, "points": None}
_OLDER = Problem(
    "older-version", "it was made from an earlier version of the lesson; graded by the present one", worth_telling=False
)
# Tags that stock executors obey; the first one gives full marks to a check cell.
_OBEYED_TAGS = ("skip-execution", "raises-exception")


def restore(
    submitted: Mapping[int, Mapping[str, Any]], template: Template
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Rebuild every cell from the template; of several cells with one grade id the last counts, as in nbgrader.

    submitted: the cells in order, by their numbers in the file, counted from 1.
    """
    problems: list[Problem] = []
    last = {found: number for number, cell in submitted.items() if (found := grade_id_of(cell)) in template.by_id}
    cells, older_cells = [], 0
    for number, cell in submitted.items():
        problems.extend(_obeyed_tags(cell, number))
        found = grade_id_of(cell)
        known = template.by_id.get(found) if found is not None else None
        older = is_of_another_version(cell, known)
        older_cells += older
        if known is None:
            problems.extend(() if older else _claims_of_a_stranger(cell, number))
        elif last[known.grade_id] != number:
            problems.append(Problem("duplicate-cell", f"cell '{known.grade_id}' occurs twice; the last one counts"))
            known = None
        cells.append(_clean_cell(cell, known, problems, older))
    about_places: list[Problem] = []
    cells = _in_order(cells, template, about_places)
    for lost in template.cells:
        if lost.grade_id not in last:
            about_places.append(Problem("missing-cell", f"cell '{lost.grade_id}' was missing and was put in its place"))
            cells.insert(_place(lost, cells, template), _new_cell(lost, lost.source if lost.locked else ""))
    # Where a version has a cell, and which it has, is not in any checksum.
    problems += [_OLDER] if older_cells else about_places
    cells, elsewhere = put_in_place(cells, template)
    problems += elsewhere
    for position, cell in enumerate(cells):
        cell["id"] = f"cell-{position}"
    return cells, problems


def _metadata(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = cell.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _obeyed_tags(cell: Mapping[str, Any], number: int) -> Iterator[Problem]:
    tags = _metadata(cell).get("tags")
    for tag in _OBEYED_TAGS:
        if isinstance(tags, list) and tag in tags:
            where = one_line(grade_id_of(cell) or str(number))
            yield Problem("dropped-tag", f"the tag '{tag}' of cell '{where}' was dropped; the cell runs like any other")


def _claims_of_a_stranger(cell: Mapping[str, Any], number: int) -> Iterator[Problem]:
    claimed = told_to_nbgrader(cell)
    if claimed.get("grade") or claimed.get("task") or claimed.get("points"):
        sentence = f"cell {number} claims to be graded, but the lesson has no such cell; it gives no points"
        yield Problem("unknown-cell", sentence)


def _clean_cell(
    cell: Mapping[str, Any], known: TemplateCell | None, problems: list[Problem], older: bool
) -> dict[str, Any]:
    """Return one cell with nothing of the submission but its source, and that only where it is the student's.

    older: whether it is of an earlier version of the lesson, so that what differs was not changed by the student.
    """
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    # A lone surrogate, which JSON can spell, is not text: no kernel and no file takes it, and no Python takes a NUL.
    source = whole(text)
    if source != text:
        name = f"'{known.grade_id}'" if known else "of the student's own"
        problems.append(Problem("broken-text", f"a cell {name} holds characters that are not text; replaced"))
    pictures, all_of_them = _pictures(cell.get("attachments"))
    if not all_of_them:
        problems.append(Problem("dropped-attachment", "what is attached to a written answer is not a picture; dropped"))
    source = with_plain_ends(source)
    if known is None:
        return _cell(str(cell["cell_type"]), source, {}, pictures)
    changed = _changed_claims(told_to_nbgrader(cell), known)
    if changed and not older:
        problems.append(Problem("changed-metadata", f"in cell '{known.grade_id}' {changed} was changed and restored"))
    if source == with_plain_ends(known.source):
        source = known.source
    if known.locked and source != known.source:
        if not (older or _is_released_form(source, known)):
            problems.append(Problem("changed-cell", f"the locked cell '{known.grade_id}' was changed and restored"))
        source = known.source
    if cell["cell_type"] != known.cell_type and not older:
        problems.append(
            Problem("retyped-cell", f"cell '{known.grade_id}' had another type and is a {known.cell_type} cell again")
        )
    return _new_cell(known, source, pictures)


def _changed_claims(claimed: Mapping[str, Any], known: TemplateCell) -> str:
    """Return the names of the nbgrader settings of a cell that are not as handed out; "" if all are."""
    due = known.metadata()
    changed = [name for name, usual in _CLAIMS.items() if claimed.get(name, usual) != due.get(name, usual)]
    changed += ["schema_version"] if claimed.get("schema_version") != due["schema_version"] else []
    return ", ".join(f"'{name}'" for name in changed)


def _is_released_form(source: str, known: TemplateCell) -> bool:
    """Tell whether a locked source is what the class received: the instructor's without the hidden checks."""
    return source.strip() == HIDDEN_TESTS.outside(with_plain_ends(known.source)).strip()


def _in_order(cells: list[dict[str, Any]], template: Template, problems: list[Problem]) -> list[dict[str, Any]]:
    """Put the template's cells back into its order, moving as few as can be; the student's own cells stay in place."""
    rank = {cell.grade_id: number for number, cell in enumerate(template.cells)}
    places = [
        (index, rank[grade_id]) for index, cell in enumerate(cells) if (grade_id := grade_id_of(cell)) is not None
    ]
    staying = {places[n][0] for n in _longest_ascent([number for _, number in places])}
    moved = {number: cells[index] for index, number in places if index not in staying}
    kept = [cell for index, cell in enumerate(cells) if index in staying or grade_id_of(cell) is None]
    for number in sorted(moved):
        known = template.cells[number]
        problems.append(Problem("moved-cell", f"cell '{known.grade_id}' was in another place and was put in its own"))
        kept.insert(_place(known, kept, template), moved[number])
    return kept


def _longest_ascent(numbers: Sequence[int]) -> list[int]:
    """Return the indices of a longest increasing subsequence of distinct numbers (patience sorting)."""
    tops: list[int] = []
    tops_at: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        pile = bisect_right(tops, number)
        before.append(tops_at[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        tops_at[pile : pile + 1] = [index]
    found: list[int] = []
    current = tops_at[-1] if tops_at else -1
    while current >= 0:
        found.append(current)
        current = before[current]
    return found[::-1]


def _place(lost: TemplateCell, cells: list[dict[str, Any]], template: Template) -> int:
    """Return where a cell of the template goes: behind its nearest predecessor that is there, or else before a successor."""
    positions = {grade_id_of(cell): n for n, cell in enumerate(cells) if cell["metadata"]}
    number = template.cells.index(lost)
    before, after = template.cells[:number], template.cells[number + 1 :]
    first = next((positions[cell.grade_id] for cell in after if cell.grade_id in positions), len(cells))
    return next((positions[cell.grade_id] + 1 for cell in reversed(before) if cell.grade_id in positions), first)


def _new_cell(known: TemplateCell, source: str, attachments: object = None) -> dict[str, Any]:
    return _cell(known.cell_type, source, {"nbgrader": known.metadata()}, attachments)


def _cell(cell_type: str, source: str, metadata: dict[str, Any], attachments: object) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": cell_type, "metadata": metadata, "source": source}
    if cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    elif attachments:
        cell["attachments"] = attachments
    return cell


def _pictures(found: object) -> tuple[dict[str, dict[str, str]], bool]:
    """Return what is a picture of {file name: {MIME type: base64 text}}, pasted into a cell, and whether that is all of it."""
    if not isinstance(found, dict):
        return {}, not found
    pictures = {}
    for name, bundle in found.items():
        parts = {mime: _joined(text) for mime, text in bundle.items()} if isinstance(bundle, dict) else {}
        if parts and name.isprintable() and all(_is_picture(mime, text) for mime, text in parts.items()):
            pictures[name] = parts
    return pictures, len(pictures) == len(found)


def _joined(text: object) -> Any:
    is_lines = isinstance(text, list) and all(isinstance(line, str) for line in text)
    return "".join(cast("list[str]", text)) if is_lines else text


def _is_picture(mime: str, text: object) -> bool:
    return mime.isascii() and mime.startswith("image/") and isinstance(text, str) and text.isascii()

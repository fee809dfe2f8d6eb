"""Tables as people have them: text with commas, semicolons or tabs, in whatever encoding a spreadsheet wrote it.

What is written is UTF-8, and no cell of it is a formula to a spreadsheet: what a student is called may begin with "=".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading.engine.intake.encoding import text_of
from grading.errors import CourseError
from grading.text import legible, whole, with_plain_ends

_DELIMITERS = ",;\t|"
# The line with which Excel is told the delimiter.
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]\s*\S")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")
# A text in the form of a formula, which keeps the zeros of 007 and makes nothing happen; Canvas writes names so.
_QUOTED = re.compile(r'="([^"]*)"')
_OTHER_KINDS = {
    b"PK\x03\x04": "is an Excel workbook or an archive",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook",
    b"%PDF": "is a PDF",
    b"<": "is a web page, perhaps that of a login",
}


class BadTable(CourseError):
    """A file with a table cannot be read."""


@dataclass(frozen=True)
class Row:
    """One row: the line of the file in which it ends, and its cells, as many as the heading has."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: the file it is from, its headings, its rows, and what separates the cells."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","

    def column(self, *names: str) -> int | None:
        """Return the place of the first of these headings that the table has, capital letters or not; None if it has none."""
        headings = [heading.casefold() for heading in self.header]
        return next((headings.index(name) for name in map(str.casefold, names) if name in headings), None)


def read_table(path: Path) -> Table:
    """Read a table from a file. Raises BadTable, which says what to do, if there is none in it."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadTable(f"there is no file {path}") from None
    except IsADirectoryError:
        raise BadTable(f"{path} is a folder; name a file with a table") from None
    text = whole_table(content, path)
    found = _SEPARATOR.match(text)
    delimiter = found[1] if found else _delimiter_of(text)
    rows = _rows(path, text[found.end() :] if found else text, delimiter, first=2 if found else 1)
    if not rows:
        raise BadTable(f"{path} is empty; export it again")
    header = _without_empty_end(tuple(map(clean, rows[0].cells)))
    if not any(header):
        raise BadTable(f"{path} has no headings in its first line; export it again")
    return Table(path, header, tuple(_fitted(path, row, len(header)) for row in rows[1:]), delimiter)


def whole_table(content: bytes, path: Path) -> str:
    """Return the text of a file. Raises BadTable if it is of another kind."""
    for start, kind in _OTHER_KINDS.items():
        if content.lstrip().startswith(start):
            raise BadTable(f"{path} {kind}; save the table as CSV")
    return with_plain_ends(whole(text_of(content).text))


def _rows(path: Path, text: str, delimiter: str, first: int) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(Row(reader.line_num + first - 1, tuple(cells)))
    except csv.Error as error:
        raise BadTable(f"{path}, line {reader.line_num + first - 1}: the quotes do not fit ({error})") from None
    return found


def _fitted(path: Path, row: Row, width: int) -> Row:
    """Return a row with as many cells as there are headings. Raises BadTable if it has more."""
    cells = _without_empty_end(row.cells)
    if len(cells) > width:
        raise BadTable(
            f"{path}, line {row.line} has {len(cells)} cells below {width} headings; "
            "put what has the separator in it between quotes"
        )
    return Row(row.line, (*row.cells, *[""] * width)[:width])


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)


def _delimiter_of(text: str) -> str:
    """Return what separates the headings: of what may, that which gives the most of them."""
    heading = next((line for line in text.splitlines() if line.strip()), "")

    def count(delimiter: str) -> int:
        return len(next(csv.reader([heading], delimiter=delimiter), []))

    return max(_DELIMITERS, key=count)


def clean(cell: str) -> str:
    """Return what a cell says: without blanks around it, and without what keeps a spreadsheet from reckoning with it."""
    text = cell.strip().strip("\ufeff\u200b\u00a0").strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return quoted[1].strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    text = legible(with_plain_ends(cell))
    if not _FORMULA.match(text) or _NUMBER.fullmatch(text.strip()) or _QUOTED.fullmatch(text):
        return text
    return f"'{text}"


def write_table(path: Path, header: Iterable[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write a table as UTF-8, each row on a line of its own. Raises BadTable if there cannot be a file of that name."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for row in ([*header], *rows):
        writer.writerow([harmless(cell) for cell in row])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
    except (IsADirectoryError, NotADirectoryError, FileExistsError):
        raise BadTable(f"{path} cannot be a file: it is a folder, or lies below a file; name another one") from None


def points(number: float) -> str:
    """Return points as every importer reads them: up to four decimals, behind a full stop."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

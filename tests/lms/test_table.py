"""Tables are read in any dialect and encoding, and what is written is never a formula."""

import csv
from pathlib import Path

import pytest

from grading.lms.table import BadTable, clean, harmless, points, read_table, write_table

LINES = 'Name,ID,"Nr, other"\n"Müller, Jörg",007,"say ""hi"""\nAda,,\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_table_is_read_in_any_encoding(encoding: str, ends: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(LINES.replace("\n", ends).encode(encoding))
    table = read_table(path)
    assert table.header == ("Name", "ID", "Nr, other")
    assert [row.cells for row in table.rows] == [("Müller, Jörg", "007", 'say "hi"'), ("Ada", "", "")]
    assert [row.line for row in table.rows] == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_separates_the_cells_is_found_out(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'Name{delimiter}ID\n"a,b;c"{delimiter}1\n', encoding="utf-8")
    assert [row.cells for row in read_table(path).rows] == [("a,b;c", "1")]


def test_a_line_for_excel_says_what_separates(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nName;ID, both\nAda;1\n", encoding="utf-8")
    table = read_table(path)
    assert (table.header, table.rows[0].cells, table.rows[0].line) == (("Name", "ID, both"), ("Ada", "1"), 3)


def test_empty_lines_and_empty_cells_at_the_end_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\nName,ID,,\n,,,\nAda,1,,,,\nEmmy\n", encoding="utf-8")
    table = read_table(path)
    assert (table.header, [row.cells for row in table.rows]) == (("Name", "ID"), [("Ada", "1"), ("Emmy", "")])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04rest", "is an Excel workbook or an archive; save the table as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook"),
        (b"<!DOCTYPE html><title>Log in", "is a web page"),
        (b"%PDF-1.7", "is a PDF"),
        (b'Name,ID\n"Ada,1\nEmmy,2\n', "the quotes do not fit"),
        (b'Name,ID\n"Ada"x,1\n', "line 2: the quotes do not fit"),
        (b"Name,ID\nLovelace, Ada,1\n", "line 2 has 3 cells below 2 headings"),
    ],
)
def test_what_is_not_a_table_is_said_in_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadTable) as caught:
        read_table(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="there is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(BadTable, match="is a folder"):
        read_table(tmp_path)


FORMULAS = [
    "=cmd|' /C calc'!A0",
    "=1+2",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠SUM(1)",
    '="a"&cmd',
    '=HYPERLINK("http://example.org","a")',
    '="a"+"b"',
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_that_is_written_is_a_formula(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.csv"
    write_table(path, ["id", cell], [["1", cell]])
    with path.open(newline="", encoding="utf-8") as lines:
        cells = [row[1] for row in csv.reader(lines)]
    assert [written[0] for written in cells] == ["'", "'"]


@pytest.mark.parametrize(
    "cell", ["-1", "-", "=", " - ", "+3.5", "-2,5", "12", "007", "Ada", "o'Neill", '="0012"', "", "a=b", "3-4", "#12"]
)
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("cell", [*FORMULAS[:5], "'tis", "Ada"])
def test_what_was_written_is_read_as_it_was(cell: str) -> None:
    assert clean(harmless(cell)) == cell


@pytest.mark.parametrize(
    ("cell", "said"), [('="0012"', "0012"), ('="=cmd"', "=cmd"), (" a\u00a0", "a"), ("\ufeffa", "a")]
)
def test_what_keeps_a_spreadsheet_quiet_is_not_part_of_what_a_cell_says(cell: str, said: str) -> None:
    assert clean(cell) == said


@pytest.mark.parametrize(
    ("number", "text"),
    [(8.0, "8"), (7.5, "7.5"), (1 / 3, "0.3333"), (0.0, "0"), (-0.0, "0"), (1e-9, "0"), (1234.5, "1234.5")],
)
def test_points_are_written_as_importers_read_them(number: float, text: str) -> None:
    assert points(number) == text

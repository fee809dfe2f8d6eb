"""When something was handed in, as programs and people write it; what names no one time is told."""

import codecs
from datetime import datetime

import pytest

from grading.engine.intake.submission import Submission, clean
from grading.engine.intake.timestamp import handed_in_at, timestamp_problems
from grading.engine.limits import Limits

TEN = datetime(2026, 11, 1, 10)
READ: list[str] = [
    "2026-11-01 10:00:00 UTC",
    "2026-11-01 10:00:00.000000 UTC",
    "2026-11-01 10:00",
    "2026-11-01T10:00:00Z",
    "2026-11-01T10:00:00+00:00",
    "2026-11-01 11:00:00 +0100",
    "2026-11-01 11:00:00+01:00",
    "2026-11-01 11:00:00 UTC+1",
    "2026-11-01 09:00:00 GMT-1",
    "2026-11-01 02:00:00 PST",
    "2026-11-01 12:00:00 CEST",
    "2026-11-01 02:00:00.000000 America/Los_Angeles",
    "2026-11-01 11:00:00 Europe/Berlin",
    "Sun Nov  1 10:00:00 2026",
    "Sun Nov 1 10:00:00 UTC 2026",
    "Sun, 01 Nov 2026 10:00:00 +0000",
    "November 1, 2026 at 10:00 AM",
    "1 November 2026, 10:00",
    "01.11.2026 10:00",
    "1. 11. 2026 10:00",
    "20261101T100000Z",
    "\n\n  2026-11-01 10:00:00 UTC  \n",
    "2026-11-01 10:00:00 UTC\nthe second line\n",
    "2026-11-01 10:00:00 UTC\r\n",
]
UNREAD: list[str | bytes] = [
    "", " \n\t\n", "\ufeff", "yesterday", "Monday", "10:00", "May", "2026", "2026-11", "10", "1. November",
    "03/11/2026 10:00", "1/2/26", "1793527200", "am 1. November um 10 Uhr", "handed in on 2026-11-01 10:00", "2026-13-45 99:99",
    "2026-11-01 10:00:00 UTC or later",
    "null", "{}", "/etc/passwd", "2026-11-01 10:00 Bielefeld", "2026年11月1日", "9" * 990, b"\xff\xfe", b"\x00\xff\x81" * 50,
]  # fmt: skip
UNKNOWN_ZONE = ["2026-11-01 10:00:00 XYZ", "2026-11-01 10:00:00 Mars/Olympus_Mons"]
ENCODINGS = {
    "a byte order mark": (codecs.BOM_UTF8, "utf-8"),
    "UTF-16": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "UTF-16, the other end first": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "UTF-16 without a mark": (b"", "utf-16-le"),
    "UTF-32": (codecs.BOM_UTF32_LE, "utf-32-le"),
    "Windows-1252": (b"", "cp1252"),
}


def files(said: str | bytes) -> dict[str, bytes]:
    return {"timestamp.txt": said if isinstance(said, bytes) else said.encode()}


@pytest.mark.parametrize("said", READ)
def test_a_time_is_read_as_programs_and_people_write_it(said: str) -> None:
    assert handed_in_at(files(said)) == TEN
    assert timestamp_problems(files(said)) == []


@pytest.mark.parametrize(("mark", "encoding"), ENCODINGS.values(), ids=ENCODINGS.keys())
def test_the_encoding_does_not_matter(mark: bytes, encoding: str) -> None:
    content = mark + "2026-11-01 10:00:00 UTC\n".encode(encoding)
    assert handed_in_at(files(content)) == TEN
    assert timestamp_problems(files(content)) == []


@pytest.mark.parametrize("said", UNREAD)
def test_what_names_no_one_time_is_told_in_one_line(said: str | bytes) -> None:
    assert handed_in_at(files(said)) is None
    (problem,) = timestamp_problems(files(said))
    assert (problem.kind, problem.graded, problem.worth_telling) == ("timestamp", True, True)
    assert problem.sentence.isprintable() and "so that nothing is late" in problem.sentence


@pytest.mark.parametrize("said", UNKNOWN_ZONE)
def test_a_zone_that_is_not_known_is_told_and_taken_for_utc(said: str) -> None:
    assert handed_in_at(files(said)) == TEN
    assert "UTC was taken" in timestamp_problems(files(said))[0].sentence


def test_without_the_file_nothing_is_told() -> None:
    assert handed_in_at({}) is None
    assert timestamp_problems({}) == []


def test_a_submission_tells_it() -> None:
    cleaned = clean(Submission("s01", files=files("yesterday")), {}, frozenset(), Limits())
    assert [problem.kind for problem in cleaned.problems] == ["timestamp"]

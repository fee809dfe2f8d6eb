"""What Canvas, Moodle and Brightspace call the files in a download of a whole assignment, and what can be read out of that.

Canvas: https://github.com/instructure/canvas-lms, lib/content_zipper.rb: NAME_[LATE_]USER_ATTACHMENT_FILE, where the name is in small
letters without anything between them and the last name comes first; NAME_USER_text.html for text that was typed in. It adds -1,
-2, … to the name of a file that is handed in again.
Moodle: https://github.com/moodle/moodle, mod/assign/classes/downloader.php: a folder NAME_PARTICIPANT_assignsubmission_file for each
student, with a _ at its end in older versions, or without folders NAME_PARTICIPANT_assignsubmission_file_FILE. The participant is the
number of the grading worksheet, "Participant 1234", and stands alone where assignments are anonymous.
Brightspace: https://community.d2l.com/brightspace/kb/articles/3529-evaluate-assignments-using-the-assignments-tool tells of the download,
not of its names; in those that people show there is a folder USER-FOLDER - NAME - TIME for each submission, or a file USER-FOLDER -
NAME - TIME - FILE. The time is that of whoever downloads, 926 PM for 9:26.

What comes first in a path, or in a name, is the system's; what students call their files stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dateutil import parser

from grading.lms.headings import System

_CANVAS = re.compile(
    r"(?P<name>.+?)(?:_(?P<late>LATE))?_(?P<number>\d+)_(?:\d+_(?P<file>.+)|(?P<typed>(?:text|link)\.html))", re.S
)
# The archive itself, which the extractor makes a folder of, is named after the course: cs_2026_101-tiny_submissions.
_CANVAS_ARCHIVE = re.compile(r".*submissions( ?\(\d+\))?(\.zip)?", re.I)
_CANVAS_AGAIN = re.compile(r"-\d+(?=(\.\w+)*$)")
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.S)
_DATE = r"(?:[^\W\d]{3,12}\.? \d{1,2},?|\d{1,2}\.? [^\W\d]{3,12}\.?,?) \d{4},?"
_BRIGHTSPACE = re.compile(
    rf"(?P<number>\d+)-\d+ - (?P<name>.+?) ?- (?P<date>{_DATE}) (?P<hour>\d{{1,2}}?):?(?P<minute>\d\d)(?: ?(?P<half>[AP]\.?M\.?))?"
    r"(?: - (?P<file>.+))?",
    re.S | re.I,
)


@dataclass(frozen=True)
class Download:
    """A file in a download. number: what the system calls the student; file: what it was called when it was handed in.

    handed_in: in the time of whoever downloaded, without a zone; None if the name does not say. late: if the name says so. attempt: what
    all files of one submission have in common.
    """

    system: System
    name: str
    number: str
    file: str
    handed_in: datetime | None = None
    late: bool = False
    attempt: str = ""


def read_path(parts: Sequence[str]) -> Download | None:
    """Return what the parts of a path say, the first of them that is in one of the forms; None if none is."""
    for place, part in enumerate(parts):
        last = parts[-1] if place < len(parts) - 1 else ""
        found = _moodle(part, last) or _brightspace(part, last) or _canvas(part, last)
        if found is not None:
            return found
    return None


def as_handed_in(file: str, lesson: str) -> str:
    """Return a file's name without the number that Canvas adds to a notebook that is handed in again."""
    plain = _CANVAS_AGAIN.sub("", file)
    return plain if plain == f"{lesson}.ipynb" else file


def _canvas(part: str, last: str) -> Download | None:
    found = _CANVAS.fullmatch(part)
    if not found or _CANVAS_ARCHIVE.fullmatch(part):
        return None
    file = last or found["file"] or found["typed"]
    return Download(System.CANVAS, found["name"], found["number"], file, late=bool(found["late"]), attempt=part)


def _moodle(part: str, last: str) -> Download | None:
    found = _MOODLE.fullmatch(part)
    file = last or (found["file"] if found else "")
    return Download(System.MOODLE, found["name"], found["number"], file, attempt=part) if found and file else None


def _brightspace(part: str, last: str) -> Download | None:
    found = _BRIGHTSPACE.fullmatch(part)
    file = last or (found["file"] or "" if found else "")
    if not found or not file:
        return None
    attempt = part.removesuffix(f" - {found['file']}")
    return Download(System.BRIGHTSPACE, found["name"].strip(), found["number"], file, _time(found), attempt=attempt)


def _time(found: re.Match[str]) -> datetime | None:
    hour, half = int(found["hour"]), (found["half"] or "").upper().replace(".", "")
    if half:
        hour = hour % 12 + 12 * (half == "PM")
    try:
        day: datetime = parser.parse(found["date"].strip(" ,."), default=datetime(2000, 1, 1))
        return day.replace(hour=hour, minute=int(found["minute"]))
    except (ValueError, OverflowError):  # the name of a month in a language that is not known
        return None

"""When a submission was handed in, by its `timestamp.txt`: nbgrader's exchange writes one, and so do scripts and people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from dateutil import parser, tz

from grading.engine.intake.encoding import text_of
from grading.engine.intake.folder import read
from grading.engine.limits import DEFAULT_LIMITS
from grading.engine.problems import Problem, one_line

TIMESTAMP = "timestamp.txt"
_MOST_BYTES = 1000
_EXAMPLE = "2026-11-01 10:00:00 UTC"
# Zones such as America/Los_Angeles; nothing that could be the path of a file.
_REGION = re.compile(r"\s([A-Za-z]+(?:/[A-Za-z_-]+)+)$")
# "UTC+2" is two hours before UTC to POSIX, and two hours after it to everybody else.
_OFFSET_BY_NAME = re.compile(r"\b(?:UTC|GMT)\s*(?=[+-]\d)")
# What has no entry under this name in the system's table of zones and means one thing: hours after UTC.
_HOURS = {"PST": -8, "PDT": -7, "MDT": -6, "CDT": -5, "EDT": -4, "MEZ": 1, "MESZ": 2, "CEST": 2, "Z": 0}
# What is not said in a text is taken from one of these; so whatever differs was not said.
_FILLED_IN = (datetime(2000, 1, 1), datetime(2001, 2, 2))


@dataclass(frozen=True)
class _Reading:
    time: datetime | None
    wrong: str = ""


def handed_in_at(files: Mapping[str, bytes]) -> datetime | None:
    """Return when a submission was handed in, in UTC and without a zone; None if nothing readable says so."""
    return _read(files[TIMESTAMP]).time if TIMESTAMP in files else None


def said_in(folder: Path) -> datetime | None:
    """Return when the submission in a folder was handed in, as `handed_in_at` does."""
    content = read(folder, TIMESTAMP, DEFAULT_LIMITS.file_bytes, [])
    return None if content is None else handed_in_at({TIMESTAMP: content})


def timestamp_problems(files: Mapping[str, bytes]) -> list[Problem]:
    """Return what is wrong with the time that a submission names: at most one problem."""
    wrong = _read(files[TIMESTAMP]).wrong if TIMESTAMP in files else ""
    return [Problem("timestamp", wrong)] if wrong else []


def _read(content: bytes) -> _Reading:
    lines = (line.strip(" \t\0\ufeff") for line in text_of(content[:_MOST_BYTES]).text.splitlines())
    said = next(filter(None, lines), "")
    if not said:
        return _Reading(None, f"'{TIMESTAMP}' is empty, so that nothing is late; write a time such as {_EXAMPLE}")
    unknown: list[str] = []
    try:
        found = _time(said, unknown)
    except Exception:
        # The file is the student's and dateutil meets odd text with odd errors.
        found = None
    if found is None:
        shown = one_line(said, 40)
        wrong = (
            f"'{TIMESTAMP}' does not give one time ('{shown}'), so that nothing is late; write one such as {_EXAMPLE}"
        )
        return _Reading(None, wrong)
    if unknown:
        shown = one_line(unknown[0], 40)
        return _Reading(found, f"'{TIMESTAMP}' has a time zone that is not known, '{shown}'; UTC was taken")
    return _Reading(found)


def _time(said: str, unknown: list[str]) -> datetime | None:
    """Return the one time that a text names, in UTC; None if it names several. Puts zones that are not known into a list."""
    region = _REGION.search(said)
    text = _OFFSET_BY_NAME.sub("", said[: region.start()] if region else said)
    zone = _zone(region[1], unknown) if region else UTC

    def named(name: str | None, offset: int | None) -> tzinfo | None:
        if offset:
            return timezone(timedelta(seconds=offset))
        return _zone(name, unknown) if name else None

    readings = {
        parser.parse(text, default=default, dayfirst=dayfirst, tzinfos=named)
        for default in _FILLED_IN
        for dayfirst in _orders(text)
    }
    if len(readings) != 1:
        return None
    found: datetime = readings.pop()
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    return found.astimezone(UTC).replace(tzinfo=None)


def _orders(text: str) -> tuple[bool, ...]:
    """Return whether the day stands before the month: in 1.11.2026 it does, and 1/11/2026 is read in both ways."""
    if re.match(r"\d{4}", text):
        return (False,)
    return (True,) if re.match(r"\d{1,2}\.\s?\d{1,2}\.", text) else (False, True)


def _zone(name: str, unknown: list[str]) -> tzinfo:
    hours = _HOURS.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    found = tz.gettz(name)
    if found is None:
        unknown.append(name)
    return UTC if found is None else found

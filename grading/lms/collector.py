"""Plugins of `nbgrader zip_collect` that read the downloads of Canvas, Moodle and Brightspace.

nbgrader_config.py names them. The download, as the system gives it, goes into downloaded/LESSON/archive/.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from dateutil import tz
from nbgrader.api import Gradebook
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Unicode

from grading.engine.database import quiet_database
from grading.engine.gradebook.students import students_in
from grading.engine.intake.timestamp import TIMESTAMP
from grading.errors import CourseError
from grading.lms.downloads import Download, as_handed_in, read_path
from grading.lms.submitters import Submitters, participants_in
from grading.lms.table import read_table

# What Brightspace puts beside the submissions, about all of them.
_NOBODYS = ("index.html",)


class DownloadExtractor(ExtractorPlugin):
    """Unpacks what the system has packed, and nothing that a student has: intake does that, within bounds.

    With a `named_regexp` of the course's own it does what nbgrader's extractor does.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack each zip archive of a folder into a folder of its name, and copy everything else."""
        if any(
            "named_regexp" in self.config.get(name, {}) for name in ("FileNameCollectorPlugin", "DownloadCollector")
        ):
            super().extract(archive_path, extracted_path)
            return
        for source in sorted(Path(archive_path).rglob("*")):
            target = Path(extracted_path, source.relative_to(archive_path))
            if source.is_dir():
                continue
            if source.suffix.lower() == ".zip" and read_path(source.relative_to(archive_path).parts) is None:
                self._unpack(source, target.with_suffix(""))
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

    def _unpack(self, source: Path, folder: Path) -> None:
        try:
            with ZipFile(source) as archive:
                archive.extractall(folder)
        except (BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            self.parent.fail(f"{source} cannot be unpacked ({error}); download it again")


class DownloadCollector(FileNameCollectorPlugin):
    """Gives each file of a download to the student of the roster whose it is; whatever is nobody's is told.

    With a `named_regexp` of the course's own it does what nbgrader's collector does.
    """

    worksheet = Unicode(
        "", help="a grading worksheet of Moodle for the same assignment, which tells whose the numbers in its names are"
    ).tag(config=True)
    timezone = Unicode(
        "", help="the time zone of Brightspace's names, such as Europe/Berlin; by default that of this machine"
    ).tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._submitters: Submitters | None = None
        self._taken: set[tuple[str, str]] = set()
        self._latest: dict[Path, dict[tuple[str, str], datetime]] = {}
        self._local: tzinfo | None = None

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return the student, the file's own name and when it was handed in; None for what is nobody's, with a line about it."""
        if self.named_regexp:
            found: dict[str, str] | None = super().collect(submitted_file)
            return found
        path = Path(submitted_file)
        parts = Path(os.path.relpath(path, self.parent.coursedir.root)).parts
        download = read_path(parts)
        if download is None:
            if path.name not in _NOBODYS:
                self.log.warning("%s is not named as Canvas, Moodle or Brightspace name files; it was left out", path)
            return None
        if download.file == TIMESTAMP:
            self.log.warning("%s says when it was handed in, which is not for a student to say; it was left out", path)
            return None
        student = self._who().find(download)
        if isinstance(student, str):
            self.log.warning("%s was left out: %s", path, student)
            return None
        if self._is_older(path, parts, download):
            self.log.info("%s was handed in again later", path)
            return None
        return self._told(student.id, download)

    def _told(self, student: str, download: Download) -> dict[str, str]:
        file = as_handed_in(download.file, self.parent.coursedir.assignment_id)
        told = {"student_id": student, "file_id": self._another_name(student, file)}
        if download.handed_in is not None:
            told["timestamp"] = f"{self._in_utc(download.handed_in):%Y-%m-%d %H:%M:%S} UTC"
        elif download.late:
            self.log.warning("%s is late, says Canvas, but not since when; nothing is taken off for it here", student)
        return told

    def _another_name(self, student: str, file: str) -> str:
        """Return a name that no other file of the student has; nbgrader gives up where two have the same."""
        stem, dot, suffix = file.partition(".")
        name, number = file, 1
        while (student, name) in self._taken:
            number += 1
            name = f"{stem} ({number}){dot}{suffix}"
        self._taken.add((student, name))
        return name

    def _is_older(self, path: Path, parts: tuple[str, ...], download: Download) -> bool:
        """Tell whether the same student has handed in again later, which with Brightspace is another folder."""
        if download.handed_in is None:
            return False
        place = next(place for place, part in enumerate(parts) if part.startswith(download.attempt))
        beside = path.parents[len(parts) - place - 1]
        if beside not in self._latest:
            self._latest[beside] = _latest_in(beside)
        return self._latest[beside][download.number, download.name] > download.handed_in

    def _in_utc(self, time: datetime) -> datetime:
        return time.replace(tzinfo=self._zone()).astimezone(UTC)

    def _zone(self) -> tzinfo:
        if self._local is None:
            self._local = tz.gettz(self.timezone) if self.timezone else tz.tzlocal()
            if self._local is None:
                self.parent.fail(f"there is no time zone {self.timezone!r}; write one such as Europe/Berlin")
            self.log.warning("The times in the names are taken for those of %s", self.timezone or "this machine's zone")
        return self._local or UTC

    def _who(self) -> Submitters:
        if self._submitters is None:
            directories = self.parent.coursedir
            with quiet_database(), Gradebook(directories.db_url, directories.course_id) as gradebook:
                students = students_in(gradebook)
            if not any(student.name or student.lms_user_id for student in students):
                self.parent.fail("the gradebook has no names; read the class by `python -m grading roster FILE` first")
            try:
                table = read_table(Path(directories.root, self.worksheet)) if self.worksheet else None
            except CourseError as error:
                self.parent.fail(str(error))
            self._submitters = Submitters(students, participants_in(table, students) if table else None)
        return self._submitters


def _latest_in(folder: Path) -> dict[tuple[str, str], datetime]:
    """Return when each student of a folder of Brightspace's handed in last."""
    latest: dict[tuple[str, str], datetime] = {}
    for entry in folder.iterdir():
        found = read_path((entry.name, "file"))
        if found is not None and found.handed_in is not None:
            who = (found.number, found.name)
            latest[who] = max(latest.get(who, found.handed_in), found.handed_in)
    return latest

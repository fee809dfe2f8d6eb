"""What the command writes in tests, and tables of LMSs that are about the tiny lesson."""

import csv
from pathlib import Path

from grading.__main__ import main
from grading.engine.course import Course
from tests.lms import samples

TINY_CANVAS = samples.CANVAS.replace("02-activations (4711)", "00 Tiny (4711)").replace(
    "Possible,,,,,10", "Possible,,,,,7"
)
TINY_WORKSHEET = samples.MOODLE_WORKSHEET.replace("10.00", "7.00")
TINY_BRIGHTSPACE = samples.BRIGHTSPACE.replace("02-activations", "00-tiny").replace("MaxPoints:10", "MaxPoints:7")


def write(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines, delimiter=delimiter))


def export(course: Course, *words: str, status: int = 0) -> list[list[str]]:
    target = course.root / "out.csv"
    assert main(["grades", "--course", str(course.root), "--output", str(target), *words]) == status
    return table(target)

"""Whoever reads a graded folder sees the whole of one, the former or the new; and a disk that takes nothing more is named."""

import errno
import os
from pathlib import Path

import pytest

from grading.engine.publishing import DiskFull, read_published, stopped_by_the_disk
from tests.engine import fake, tiny


def test_a_report_in_the_moment_of_publishing_reads_the_former_notebook(tmp_path: Path) -> None:
    course = fake.write_class(tmp_path / "course", 1)
    fake.grade(course)
    target = course.folder("autograded", "s0000", tiny.LESSON)
    content = read_published(target, f"{tiny.LESSON}.ipynb")
    assert content
    target.rename(target.with_name(f".{tiny.LESSON}.old"))
    assert read_published(target, f"{tiny.LESSON}.ipynb") == content
    assert read_published(target, "another.ipynb") is None


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room and run"),
        (errno.EDQUOT, "make room and run"),
        (errno.EROFS, "mount it for writing and run"),
        (errno.EIO, "see whether it is broken and run"),
    ],
)
def test_a_disk_that_takes_nothing_more_is_told_with_its_remedy(number: int, remedy: str) -> None:
    with pytest.raises(DiskFull, match=f"{os.strerror(number)}; what was graded before is kept, {remedy} it again"):
        stopped_by_the_disk(OSError(number, os.strerror(number)))


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), ValueError(errno.ENOSPC)], ids=str)
def test_another_error_is_not_the_disks(error: Exception) -> None:
    taken_for_the_disks = True
    try:
        stopped_by_the_disk(error)
        taken_for_the_disks = False
    finally:
        assert not taken_for_the_disks

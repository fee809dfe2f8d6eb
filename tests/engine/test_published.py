"""Whoever reads a graded folder sees the whole of one, the former or the new."""

from pathlib import Path

from grading.engine.publishing import read_published
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

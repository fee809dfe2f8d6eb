"""The journal remembers what is finished, also after a crash in the middle of a line."""

from pathlib import Path

from grading.engine.gradebook.journal import Entry, append, read_journal
from grading.engine.problems import Problem

FIRST = Entry("s01", "a", (Problem("not-json", "the file is not JSON", graded=False),), 1.5)


def test_the_last_entry_about_a_student_counts(tmp_path: Path) -> None:
    journal = tmp_path / "new" / "lesson.jsonl"
    append(journal, FIRST)
    append(journal, Entry("s02", "b"))
    append(journal, Entry("s01", "c"))
    assert read_journal(journal) == {"s01": Entry("s01", "c"), "s02": Entry("s02", "b")}


def test_an_entry_comes_back_with_its_problems(tmp_path: Path) -> None:
    append(tmp_path / "j", FIRST)
    assert read_journal(tmp_path / "j") == {"s01": FIRST}


def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    append(journal, FIRST)
    append(journal, Entry("s02", "b"))
    journal.write_bytes(journal.read_bytes()[:-9])
    assert read_journal(journal) == {"s01": FIRST}
    append(journal, Entry("s03", "c"))
    assert read_journal(journal).keys() == {"s01", "s03"}


def test_there_need_not_be_a_journal(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "none") == {}

"""Feedback is written when course.toml says, and not before somebody who has more time has handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grading.__main__ import main
from grading.course_folder.feedback_time import TooEarly, see_that_it_is_time
from grading.engine.course import open_course
from grading.engine.database import opened_gradebook, quiet_database

LESSON = "02-activations"
DUE = datetime(2026, 10, 12, 12, tzinfo=UTC)
AFTER = ('when = "always"', 'when = "after the due date"')


def change(folder: Path, before: str, after: str) -> None:
    path = folder / "course.toml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def set_due(folder: Path, extension: timedelta | None = None) -> None:
    with quiet_database(), opened_gradebook(open_course(folder)) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE.replace(tzinfo=None))
        if extension:
            gradebook.update_or_create_student("s01")
            gradebook.update_or_create_submission(LESSON, "s01").extension = extension
            gradebook.db.commit()


@pytest.mark.parametrize(
    ("extension", "now", "early"),
    [
        (None, DUE - timedelta(seconds=1), True),
        (None, DUE, False),
        (timedelta(hours=2), DUE + timedelta(hours=1), True),
        (timedelta(hours=2), DUE + timedelta(hours=2), False),
    ],
)
def test_after_the_due_date_is_after_everybodys(
    folder: Path, extension: timedelta | None, now: datetime, early: bool
) -> None:
    set_due(folder, extension)
    see_that_it_is_time(open_course(folder), LESSON, now)
    change(folder, *AFTER)
    if early:
        with pytest.raises(TooEarly, match=r"may be handed in until 2026-10-12 1\d:00 UTC.*--early writes it now"):
            see_that_it_is_time(open_course(folder), LESSON, now)
    else:
        see_that_it_is_time(open_course(folder), LESSON, now)


def test_without_a_due_date_the_command_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, *AFTER)
    assert main(["feedback", LESSON]) == 1
    assert "02-activations has no due date, and course.toml wants feedback after it" in capsys.readouterr().err
    assert main(["feedback", LESSON, "--early"]) == 1
    assert "due date" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["autograde", "02"], ["report", "02"], ["feedback", "02"], ["grades", "--for", "csv"], ["roster"]]
)
def test_settings_that_are_not_in_order_are_one_sentence_in_every_command(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "percent_per_day = 0 ", "percent_per_day = 200 ")
    assert main(command) == 1
    lines = (folder / "course.toml").read_text().split("\n")
    line = next(number for number, line in enumerate(lines, start=1) if line.startswith("percent_per_day"))
    sentence = f"course.toml, line {line}: percent_per_day should be a number from 0 to 100, not 200"
    assert capsys.readouterr().err == f"{command[0]}: {sentence}\n"

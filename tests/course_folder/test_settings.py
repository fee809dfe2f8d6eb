"""What course.toml says is read, and what cannot be meant is one sentence with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grading.course_folder.places import line_of
from grading.course_folder.settings import AFTER_DUE, BadSettings, Late, parse_settings

LESSONS = ["01-xor", "02-activations", "04-fashion-mnist"]
EXERCISES = {
    "neuron": "01-xor",
    "relu": "02-activations",
    "tanh": "02-activations",
    "MLPScratch.forward": "04-fashion-mnist",
}
WRITE = "; write date, time and zone, such as 2026-10-12T23:59:00+02:00"
COURSE = '[course]\nid = "mlp"\nlessons = ["01", "02-activations", "4"]\n'


def refusal(text: str) -> str:
    with pytest.raises(BadSettings) as caught:
        parse_settings(text, LESSONS, EXERCISES)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_that_can_be_said_is_read() -> None:
    text = """
[course]
id = "mlp-2026"
lessons = ["02", "01-xor"]
leave_out = ["tanh"]
roster = "class.csv"
gradebook = "postgresql://host/mlp"
[points]
relu = 2.5
[due]
"02" = 2026-10-12T23:59:00+02:00
[late]
percent_per_day = 10
grace_minutes = 15
most_percent = 50
nothing_after_days = 7
[feedback]
when = "after the due date"
"""
    found = parse_settings(text, LESSONS, EXERCISES)
    assert (found.id, found.lessons, found.roster) == ("mlp-2026", ("01-xor", "02-activations"), "class.csv")
    assert found.own_points == {"relu": 2.5, "tanh": 0.0}
    assert {lesson: when.astimezone(UTC) for lesson, when in found.due.items()} == {
        "02-activations": datetime(2026, 10, 12, 21, 59, tzinfo=UTC)
    }
    assert found.late == Late(10.0, 15.0, 50.0, 7.0)
    assert (found.feedback, found.gradebook) == (AFTER_DUE, "postgresql://host/mlp")


def test_what_is_not_said_has_a_default() -> None:
    found = parse_settings(COURSE, LESSONS, EXERCISES)
    assert (found.own_points, dict(found.due), found.late) == ({}, {}, Late())


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("[points]\nreluu = 2", "line 5: no exercise is called 'reluu'; did you mean 'relu'?"),
        ("[points]\nrelu = -1", "line 5: relu should be a number from 0 to 1000, not -1"),
        ("[points]\n\nrelu = nan", "line 6: relu should be a number from 0 to 1000, not nan"),
        ("[points]\nrelu = inf", "line 5: relu should be a number from 0 to 1000, not inf"),
        ("[points]\nrelu = true", "line 5: relu should be a number from 0 to 1000, not true or false"),
        ('[points]\n"relu" = "2"', "line 5: relu should be a number from 0 to 1000, not '2'"),
        ("[points]\nrelu = 0", "line 5: an exercise without points is one of leave_out; name 'relu' there"),
        (
            "[points]\nMLPScratch.forward = 2",
            "line 5: a name with a dot goes in quotes: \"MLPScratch.forward\" = …",
        ),
        ("[point]\nrelu = 1", "line 4: no table is called 'point'; did you mean 'points'?"),
        ("points = 3",
         "line 4: no setting in [course] is called 'points'; there are id, lessons, leave_out, roster, gradebook"),
        ("leaveout = []", "line 4: no setting in [course] is called 'leaveout'; did you mean 'leave_out'?"),
        ('leave_out = "tanh"', "line 4: leave_out should be a list in brackets, not 'tanh'"),
        ("leave_out = [3]", "line 4: leave_out should hold texts in quotes, not 3"),
        ('leave_out = [\n  "tanh",\n  "tahn",\n]', "line 6: no exercise is called 'tahn'; did you mean 'tanh'?"),
        ('leave_out = ["tanh", "tanh"]', "line 4: 'tanh' stands twice in leave_out"),
        ('leave_out = ["relu"]\n[points]\nrelu = 1',
         "line 6: the exercise 'relu' has points and is left out; take it out of one of the two"),
        ('[due]\n"02" = 2026-10-12T23:59:00', f"line 5: the due date of 02 has no time zone{WRITE}"),
        ("[due]\n02 = 2026-10-12", f"line 5: the due date of 02 is the date 2026-10-12{WRITE}"),
        ('[due]\n02 = "tomorrow"', f"line 5: the due date of 02 is 'tomorrow'{WRITE}"),
        ("[due]\n02 = 0001-01-01T00:00:00+02:00",
         f"line 5: the due date of 02 is the date 0001-01-01 00:00:00+02:00{WRITE}"),
        ("[due]\n03 = 2026-10-12T23:59:00Z",
         "line 5: no lesson of this course is called '03'; there are 01-xor, 02-activations, 04-fashion-mnist"),
        ("[due]\n02-activation = 2026-10-12T23:59:00Z",
         "line 5: no lesson of this course is called '02-activation'; did you mean '02-activations'?"),
        ("[due]\n02 = 2026-10-12T23:59:00Z\n2 = 2026-10-13T23:59:00Z", "line 6: 02-activations has two due dates"),
        ("[late]\npercent_per_day = 101", "line 5: percent_per_day should be a number from 0 to 100, not 101"),
        ("[late]\npercent = 10", "line 5: no setting in [late] is called 'percent'; did you mean 'most_percent'?"),
        ("[late]\ngrace_minutes = -0.5", "line 5: grace_minutes should be a number of 0 or more, not -0.5"),
        ('[feedback]\nwhen = "never"', "line 5: when is 'never'; it is 'always' or 'after the due date'"),
        ("[feedback]\nwhen = 1", "line 5: when should be a text in quotes, not 1"),
        ('gradebook = "host/mlp"', "line 4: gradebook is 'host/mlp'; leave it out, or write an address, postgresql://host/mlp"),
        ("roster = 3", "line 4: roster should be a text in quotes, not 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_sentence_with_its_line(more: str, sentence: str) -> None:
    assert refusal(f"{COURSE}{more}\n") == f"course.toml, {sentence}"


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("", "line 1: id is ''; "),
        ('[course]\nid = "two words"\nlessons = ["01"]', "line 2: id is 'two words'; "),
        ('[course]\nid = "m"\nlessons = []', "line 3: there is no lesson in lessons; there are 01-xor, "),
        ('[course]\nid = "m"\nlessons = ["xor", "01"]', "line 3: no lesson of this course is called 'xor'"),
        ('[course]\nid = "m"\nlessons = ["1", "01-xor"]', "line 3: '01-xor' stands twice in lessons"),
        ('[course]\nid = "m"\nlessons = ["01"]\nleave_out = ["relu"]',
         "line 4: the exercise 'relu' is in 02-activations, which lessons does not name"),
        ("course = 3", "line 1: course should be a table, [course]"),
        ("[course\nid = 3", "line 1: "),
        ("[course]\nid = \n", "line 2: "),
        ("[due]\n02 = 2026-02-30T00:00:00Z", "line 2: "),
        ('[course]\nid = "m"\nid = "n"', "line 3: "),
        ('[course]\nid = "m', "line 2: "),
    ],
)  # fmt: skip
def test_a_file_that_is_not_in_order_says_where(text: str, begins: str) -> None:
    assert refusal(text).startswith(f"course.toml, {begins}")


def test_a_key_is_found_in_tables_dotted_and_quoted() -> None:
    text = "[a]\nx = 1\n# y = 2\n[b]\n'y' = 2\n\"z.w\" = 3\nc.d = 4\n"
    paths = [("a", "x"), ("b", "y"), ("b", "z.w"), ("b", "c", "d"), ("b",), ("b", "missing"), ("none",)]
    assert [line_of(text, path) for path in paths] == [2, 5, 6, 7, 4, 4, 1]

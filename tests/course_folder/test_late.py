"""What lateness costs by course.toml."""

import pytest

from grading.course_folder.late import LatePenalty, share_lost
from grading.course_folder.settings import Late

DAY = 86_400
POLICY = Late(percent_per_day=10, grace_minutes=15, most_percent=50, nothing_after_days=7)


@pytest.mark.parametrize(
    ("seconds", "lost"),
    [
        (0, 0), (1, 0), (900, 0), (901, 0.1), (900 + DAY, 0.1), (901 + DAY, 0.2), (900 + 5 * DAY, 0.5), (901 + 6 * DAY, 0.5),
        (900 + 7 * DAY, 0.5), (901 + 7 * DAY, 1), (10**9, 1),
    ],
)  # fmt: skip
def test_each_day_begun_costs_a_share_up_to_a_limit_and_then_everything(seconds: int, lost: float) -> None:
    assert share_lost(seconds, POLICY) == pytest.approx(lost)


@pytest.mark.parametrize("seconds", [1, DAY, 400 * DAY])
def test_without_a_policy_lateness_costs_nothing(seconds: int) -> None:
    assert share_lost(seconds, Late()) == 0


def test_the_plugin_takes_a_share_of_what_was_earned() -> None:
    plugin = LatePenalty()
    plugin.percent_per_day = 10.0
    assert plugin.late_submission_penalty("s01", 7.5, DAY + 1) == 1.5
    assert plugin.late_submission_penalty("s01", 0.0, DAY + 1) == 0.0

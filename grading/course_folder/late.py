"""What lateness costs by `course.toml`, as a plugin of nbgrader: named in the configuration, asked by `nbgrader autograde` and by ours."""

from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

from grading.course_folder.settings import Late

_DAY = 86_400.0


def share_lost(seconds: float, late: Late) -> float:
    """Return the share of the points, from 0 to 1, that is lost by being late by this many seconds."""
    beyond = seconds - 60 * late.grace_minutes
    if beyond <= 0:
        return 0.0
    if late.nothing_after_days is not None and beyond > _DAY * late.nothing_after_days:
        return 1.0
    return min(math.ceil(beyond / _DAY) * late.percent_per_day, late.most_percent) / 100


class LatePenalty(BasePlugin):
    """Takes a share of the points for each day begun, after a time of grace."""

    percent_per_day = Float(0.0, help="What a day begun costs, in percent of the points earned.").tag(config=True)
    grace_minutes = Float(0.0, help="Minutes after the due date that cost nothing.").tag(config=True)
    most_percent = Float(100.0, help="What lateness costs at most, in percent.").tag(config=True)
    nothing_after_days = Float(None, allow_none=True, help="Days after which there are no points.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Return the points to take away."""
        late = Late(self.percent_per_day, self.grace_minutes, self.most_percent, self.nothing_after_days)
        return round(score * share_lost(total_seconds_late, late), 2)

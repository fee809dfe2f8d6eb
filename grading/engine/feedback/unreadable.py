"""The page of somebody of whose submission no notebook could be graded, or was so far: it says why."""

from __future__ import annotations

from collections.abc import Sequence

from grading.engine.feedback.page import template
from grading.engine.problems import Problem, told


def page_of_unreadable(lesson: str, problems: Sequence[Problem]) -> str:
    """Return the page, with what was wrong; nothing of it runs, whatever the files were called."""
    why = told(problems) or "no notebook of the lesson"
    return _page(
        lesson,
        "No notebook of yours could be graded, so that there are no points for this lesson.",
        f"What was found: {why}.",
        "Hand it in again, or ask your instructor.",
    )


def page_of_ungraded(lesson: str) -> str:
    """Return the page of somebody who handed in after the lesson was graded, or whose folder the grader may not read."""
    return _page(lesson, "What you handed in has not been graded so far. This page will say more when it is.")


def _page(lesson: str, *paragraphs: str) -> str:
    return template("message.html.jinja").render(title=lesson, paragraphs=paragraphs)

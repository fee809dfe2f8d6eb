"""The page of somebody of whose submission no notebook could be graded, or was so far: it says why."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from grading.engine.problems import Problem, told

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{lesson}</title>
</head>
<body style="font-family: sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em">
<h1>{lesson}</h1>
{what}
</body>
</html>
"""

_UNREADABLE = """<p>No notebook of yours could be graded, so that there are no points for this lesson.</p>
<p>What was found: {why}.</p>
<p>Hand it in again, or ask your instructor.</p>"""
_UNGRADED = "<p>What you handed in has not been graded so far. This page will say more when it is.</p>"


def page_of_unreadable(lesson: str, problems: Sequence[Problem]) -> str:
    """Return the page, with what was wrong; nothing of it runs, whatever the files were called."""
    why = told(problems) or "no notebook of the lesson"
    return _PAGE.format(lesson=escape(lesson), what=_UNREADABLE.format(why=escape(why)))


def page_of_ungraded(lesson: str) -> str:
    """Return the page of somebody who handed in after the lesson was graded, or whose folder the grader may not read."""
    return _PAGE.format(lesson=escape(lesson), what=_UNGRADED)

"""The class as one HTML file: nothing loaded from anywhere; one script of our own, which shows, sorts and searches the students."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from grading.engine.gradebook.standings import Status
from grading.engine.problems import told
from grading.report.rows import data_of
from grading.report.summary import ClassSummary, Standing

# The class that the style sheet colours, and a sign, so that colour is never the only difference.
LOOKS = {
    Standing.RIGHT: ("right", "✓"),
    Standing.PARTLY: ("partly", "◐"),
    Standing.WRONG: ("wrong", "✗"),
    Standing.UNTOUCHED: ("untouched", "○"),
    Standing.WAITING: ("waiting", "…"),
    Standing.ABSENT: ("untouched", "–"),
    Standing.COURSE: ("course", "!"),
}
# So many mistakes are shown at once, and so many students are named with each.
MOST_MISTAKES, MOST_NAMED = 12, 8


@dataclass(frozen=True)
class Links:
    """Where each student's pages are: addresses in which {student} stands for the id; "" for none.

    present: the students who have a page of feedback.
    """

    feedback: str = ""
    present: frozenset[str] = frozenset()
    formgrader: str = ""


def page(summary: ClassSummary, links: Links | None = None) -> str:
    """Return the page of a class. Whatever came from a submission is escaped."""
    links = links or Links()
    looks = [(str(standing), *look) for standing, look in LOOKS.items()]
    return _template().render(
        summary=summary,
        numbers=summary.numbers,
        bars=_bars(summary.numbers.bins),
        tiles=_tiles(summary),
        looks=LOOKS,
        Standing=Standing,
        told=told,
        most=MOST_MISTAKES,
        named=MOST_NAMED,
        data=_json(data_of(summary, looks, links.feedback, links.present, links.formgrader)),
        script=Markup(_script()),
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_digest(_script())}'",
    )


def _tiles(summary: ClassSummary) -> list[tuple[str, str]]:
    """Return the numbers of the first line, each with what it is."""
    numbers, people = summary.numbers, [student.person for student in summary.students]
    counts = [
        ("handed in", len(summary.students) - summary.count(Status.NOT_HANDED_IN)),
        ("waiting for a person", summary.count(Status.WAITING)),
        ("late", sum(person is not None and person.late > 0 for person in people)),
        ("missing", summary.count(Status.NOT_HANDED_IN)),
        ("unreadable", summary.count(Status.UNREADABLE)),
        ("not graded yet", summary.count(Status.NOT_GRADED)),
    ]
    found = [(str(count), what) for what, count in counts if count or what in ("handed in", "waiting for a person")]
    if numbers.mean is not None and numbers.median is not None:
        of = f"of {_points(numbers.points)} points"
        found[1:1] = [(_points(numbers.mean), f"mean, {of}"), (_points(numbers.median), f"median, {of}")]
    return found


def _bars(bins: tuple[int, ...]) -> list[tuple[str, int, float]]:
    """Return of each bar what it is about, how many students it stands for, and its height in percent."""
    most, step = max(bins, default=0) or 1, 100 // len(bins)
    names = [f"{place * step} to {(place + 1) * step} %" for place in range(len(bins))]
    return [(name, count, 100 * count / most) for name, count in zip(names, bins, strict=True)]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("grading.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["points"] = _points
    environment.filters["code"] = _with_code
    return environment.get_template("class.html.jinja")


def _points(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


@cache
def _script() -> str:
    return files("grading.report").joinpath("templates", "class.js").read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _json(data: Mapping[str, Any]) -> Markup:
    """Return data as text that ends no element and begins none, whatever is in it."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _with_code(text: str) -> Markup:
    """Show what stands between backticks as code, everything escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(parts))

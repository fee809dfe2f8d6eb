"""What the page of a student shows, part by part: HTML in which nothing of a submission runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode

from grading.cells import is_graded_code, told_to_nbgrader, verdicts_in
from grading.engine.feedback.formulas import Formulas, without_places
from grading.engine.feedback.outline import Answer, Section, outline
from grading.engine.feedback.pictures import render
from grading.engine.feedback.safe_html import clean_html

if TYPE_CHECKING:
    from grading.judging.verdict import Verdict

_colour = Highlight2HTML()  # type: ignore[no-untyped-call]  # nbconvert's is not annotated
_HEADING = re.compile(r"</?h[1-6][^>]*>")
# What stands where a figure would be: there is none while a notebook is graded.
_NOT_DRAWN = "A figure: not drawn while grading, it earns no points."
# Anchors of the page itself.
_OURS = re.compile(r"answer-|all$|top$")
_CODE = re.compile(r"`([^`]+)`")
# How an answer stands, as the style sheet calls it, and a sign, so that colour is never the only difference.
SIGNS = {"right": "\u2713", "partly": "\u25d0", "wrong": "\u2717", "untouched": "\u25cb", "waiting": "\u2026"}


@dataclass(frozen=True)
class Fold:
    """A part of the lesson, folded under its heading. anchor: what the lesson's own links call it; "" if it goes on."""

    title: Markup
    anchor: str
    body: Markup
    goes_on: bool


@dataclass(frozen=True)
class Work:
    """One answer of a student, with what was said of it.

    standing: a key of SIGNS. anchor: where it stands on the page. passed: the verdict, where that is a few words.
    """

    name: str
    anchor: str
    standing: str
    earned: float
    points: float
    passed: str
    answer: Markup
    verdict: Markup
    hints: tuple[Markup, ...]
    comments: tuple[Markup, ...]

    @property
    def sign(self) -> str:
        """The sign of its standing."""
        return SIGNS[self.standing]


def shown(cells: Sequence[NotebookNode], before: Sequence[NotebookNode], waiting: frozenset[str]) -> list[Fold | Work]:
    """Return the parts of a page. cells: cleaned for a browser; before: the same, with their verdicts as data.

    waiting: the cells, by their grade ids, to which a person will give points.
    """
    verdicts = {id(cell): told for cell, one in zip(cells, before, strict=True) if (told := _verdict(one))}
    found: list[Fold | Work] = []
    last = ""
    for number, part in enumerate(outline(cells)):
        if isinstance(part, Answer):
            found.append(_work(part, f"answer-{number}", verdicts, waiting))
        elif part.title or part.pieces:
            last = part.title or last
            found.append(_fold(part, last))
    return found


def _verdict(cell: NotebookNode) -> Verdict | None:
    """Return the verdict on an answer, from the data of it in the last output of its check; None if there is none."""
    from grading.judging.verdict import Verdict

    for data in reversed(list(verdicts_in(cell)) if is_graded_code(cell) else []):
        try:
            return Verdict.from_dict(data)
        except (KeyError, TypeError, ValueError):  # another version's
            return None
    return None


def _fold(section: Section, title: str) -> Fold:
    body = Markup("\n").join(
        _markdown(piece) if piece.cell_type == "markdown" else _code_cell(piece) for piece in section.pieces
    )
    heading = _in_line(title) if title else Markup("The lesson")
    anchor = section.title.replace(" ", "-")
    return Fold(heading, "" if _OURS.match(anchor) else anchor, body, goes_on=not section.title)


def _in_line(markdown: str) -> Markup:
    return Markup(_HEADING.sub("", _rendered(f"# {markdown}", None)).strip())


def _markdown(cell: NotebookNode) -> Markup:
    return Markup('<div class="prose">{}</div>').format(Markup(_rendered(cell.source, cell.get("attachments"))))


def _rendered(source: str, attachments: object) -> str:
    formulas = Formulas()
    return formulas.put_back(clean_html(render(without_places(source), attachments, formulas)))


def _code_cell(cell: NotebookNode) -> Markup:
    source = _highlighted(cell.source) if cell.cell_type == "code" else Markup(clean_html(cell.source))
    return source + _outputs(cell)


def _highlighted(source: str) -> Markup:
    return Markup(_colour(source)) if source.strip() else Markup("")


def _outputs(cell: NotebookNode, without: Sequence[str] = ()) -> Markup:
    """Return the outputs of a cell, without those of certain types."""
    kept = [output for output in cell.get("outputs", ()) if output.output_type not in without]
    return Markup("\n").join(text for output in kept if (text := _output(output)))


def _output(output: NotebookNode) -> Markup:
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text("\n".join(output.traceback) or f"{output.ename}: {output.evalue}", "output error")
    data = output.get("data", {})
    if "text/html" in data:
        return Markup('<div class="prose output">{}</div>').format(Markup(clean_html(data["text/html"])))
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            return Markup('<img alt="" src="data:{};base64,{}">').format(kind, "".join(data[kind].split()))
    text = data.get("text/plain", "")
    return Markup("") if text == _NOT_DRAWN else _text(text)


def _text(text: str, kind: str = "output") -> Markup:
    plain: str = strip_ansi(text)  # type: ignore[no-untyped-call]  # nor is this
    return Markup('<pre class="{}">{}</pre>').format(kind, plain) if plain.strip() else Markup("")


def _work(part: Answer, anchor: str, verdicts: Mapping[int, Verdict], waiting: frozenset[str]) -> Work:
    told = [told_to_nbgrader(cell) for cell in part.graded]
    earned = sum(float(one.get("score") or 0) for one in told)
    points = sum(float(one.get("points") or 0) for one in told)
    found = [verdicts[id(cell)] for cell in part.checks if id(cell) in verdicts]
    standing = _standing(earned, points, found, any(one.get("grade_id") in waiting for one in told))
    passed = _passed(found, earned) if len(part.checks) == 1 else ""
    comments = [str(told_to_nbgrader(cell).get("comment") or "") for cell in part.cells]
    return Work(
        name=part.name,
        anchor=anchor,
        standing=standing,
        earned=earned,
        points=points,
        passed=passed,
        answer=Markup("\n").join(map(_answer_cell, part.cells)),
        verdict=Markup("\n").join(_check_cell(cell, verdicts.get(id(cell)), passed) for cell in part.checks),
        hints=() if standing in ("right", "waiting") or not found else tuple(map(_with_code, part.hints)),
        comments=tuple(Markup(_rendered(text, None)) for text in comments if text.strip()),
    )


def _standing(earned: float, points: float, verdicts: Sequence[Verdict], waits: bool) -> str:
    from grading.outcome import Outcome

    if waits:
        return "waiting"
    if earned >= points:
        return "right"
    if earned > 0:
        return "partly"
    return "untouched" if any(one.outcome is Outcome.NOT_ATTEMPTED for one in verdicts) else "wrong"


def _answer_cell(cell: NotebookNode) -> Markup:
    if cell.cell_type == "code":
        return _highlighted(cell.source) + _folded(_outputs(cell), "What the cell showed")
    return _markdown(cell)


def _passed(verdicts: Sequence[Verdict], earned: float) -> str:
    """Return what the one verdict on an answer says if that is no more than that it passed, and nobody changed the points."""
    if len(verdicts) != 1 or not verdicts[0].passed or verdicts[0].earned != earned:
        return ""
    lines = verdicts[0].text_lines()
    return lines[0].removeprefix(f"{verdicts[0].exercise}: ") if len(lines) == 1 else ""


def _check_cell(cell: NotebookNode, verdict: Verdict | None, passed: str) -> Markup:
    """Return what a check said: the verdict as in the notebook, and what else the cell showed; of other tests their code, too."""
    if verdict is None:
        return _code_cell(cell) if cell.cell_type == "code" else _markdown(cell)
    kind = verdict.outcome.name.lower()
    card = Markup("" if passed else '<div class="verdict {}">{}</div>').format(kind, Markup(verdict.html()))
    # The error that follows a card is the card's first line again, and the other results are the card itself.
    return card + _folded(_outputs(cell, ("error", "display_data", "execute_result")), "What the check printed")


def _folded(body: Markup, title: str) -> Markup:
    return Markup("<details><summary>{}</summary>{}</details>").format(title, body) if body else body


def _with_code(text: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", escape(text)))


def grouped(parts: Sequence[Fold | Work]) -> Iterator[list[Fold] | Work]:
    """Yield the parts of a page, what is folded between two answers together."""
    folds: list[Fold] = []
    for part in parts:
        if isinstance(part, Fold):
            folds.append(part)
            continue
        if folds:
            yield folds
        folds = []
        yield part
    if folds:
        yield folds


def works(parts: Sequence[Fold | Work]) -> Iterator[Work]:
    """Yield the answers of a page that have points."""
    return (part for part in parts if isinstance(part, Work) and part.points > 0)


def result(resources: Mapping[str, Any], found: Sequence[Work]) -> dict[str, float]:
    """Return the points of a page: what nbgrader says or, where it was not asked, those of the answers."""
    known = resources.get("nbgrader", {})
    return {
        "earned": float(known.get("score", sum(work.earned for work in found))),
        "points": float(known.get("max_score", sum(work.points for work in found))),
        "late": float(known.get("late_penalty") or 0),
        "waiting": sum(work.points for work in found if work.standing == "waiting"),
    }

"""What the judge says about an answer: a value that prints, renders as HTML and travels as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from grading.judging.card import card
from grading.judging.layout import PRINTED, Layout, lay_out
from grading.outcome import Outcome

# The kind of the one finding that says that a TODO is untouched.
MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer.

    part: which share of the points it costs; "" costs them all.
    kind: a slug for the sort of fault: "values", "shape", "dtype", "raised", "forbidden", ...
    title: one line that says what is wrong, without the name of the exercise.
    facts: pairs of a label and a value, such as ("expected", "(3, 5)").
    advice: what to think about or to do next; may be empty.
    mistake: the slug of the known mistake that reproduces the answer, if one does.
    case: the property that was examined, such as "a batch of one".
    printed: what the answer printed in the call that the facts are about, shortened to a few lines.
    """

    part: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    advice: str = ""
    mistake: str | None = None
    case: str = ""
    printed: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The facts as indented lines, labels aligned."""
        return tuple(f"  {label:<9} {value}" for label, value in self.facts)


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer to one exercise.

    exercise, lesson: the names of what was asked for. outcome: how the check ended.
    score: the share of the points earned, from 0 to 1. points: what the exercise is worth.
    findings: what is wrong; the first one is the one to fix first.
    seed, device: what reproduces the verdict.
    remarks: what costs nothing and is worth saying all the same.
    """

    exercise: str
    lesson: str
    outcome: Outcome
    score: float
    points: float
    findings: tuple[Finding, ...] = ()
    seed: int = 0
    device: str = "cpu"
    remarks: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """True if the whole answer is right."""
        return self.outcome is Outcome.PASSED

    @property
    def earned(self) -> float:
        """The points earned, rounded to hundredths."""
        return round(self.score * self.points, 2)

    @property
    def raises(self) -> bool:
        """True if the check of the answer raises CheckFailed: it earned nothing, and is not just the stub as it was handed out."""
        return self.score == 0 and self.outcome is not Outcome.NOT_ATTEMPTED

    def __str__(self) -> str:
        return "\n".join(self.text_lines())

    def text_lines(self) -> list[str]:
        """Return the verdict as at most eight plain lines, the fault to fix first on top, and what to do about it."""
        return self.layout().text()

    def layout(self) -> Layout:
        """Return the lines of the verdict in the order in which they are read, the less important ones folded."""
        if self.outcome is Outcome.PASSED:
            return lay_out(f"{self.exercise}: passed, {_points(self.points)}.", "", self.remarks, "")
        if not self.findings:
            return lay_out(f"{self.exercise}: {self.outcome}.", "", (), "")
        first = self.findings[0]
        partly = self.score > 0 and self.outcome is Outcome.FAILED
        printed = [PRINTED, *(f"  {line}" for line in first.printed)] if first.printed else []
        others = [f"Also: {title}" for title in self._other_titles()]
        return lay_out(
            f"{self.exercise}: {first.title}",
            first.advice,
            [*first.lines, *printed, *others, *self.remarks],
            f"The rest is right: {self.earned:g} of {_points(self.points)}." if partly else "",
        )

    def _other_titles(self) -> list[str]:
        """Return what else is wrong, each kind of fault once, with its cause where an output of its own has one."""
        first, *rest = self.findings
        titles = dict.fromkeys(_with_cause(one) for one in rest)
        return [title for title in titles if title != first.title]

    def html(self) -> str:
        """Return the verdict as a self-contained piece of HTML; everything in it that came from the answer is escaped."""
        return card(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as plain data that JSON can carry."""
        return {**asdict(self), "outcome": str(self.outcome), "earned": self.earned}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Verdict:
        """Build a verdict from what `to_dict` gave. Raises KeyError, TypeError or ValueError on anything else."""
        findings = tuple(
            Finding(
                **{
                    **entry,
                    "facts": tuple((str(a), str(b)) for a, b in entry.get("facts", ())),
                    "printed": tuple(map(str, entry.get("printed", ()))),
                }
            )
            for entry in data["findings"]
        )
        return Verdict(
            exercise=str(data["exercise"]),
            lesson=str(data["lesson"]),
            outcome=Outcome(data["outcome"]),
            score=float(data["score"]),
            points=float(data["points"]),
            findings=findings,
            seed=int(data["seed"]),
            device=str(data["device"]),
            remarks=tuple(str(remark) for remark in data.get("remarks", ())),
        )


def _with_cause(finding: Finding) -> str:
    return (
        f"{finding.title} {finding.advice}" if finding.advice and finding.kind in ("values", "shape") else finding.title
    )


def _points(number: float) -> str:
    return f"{number:g} point" if number == 1 else f"{number:g} points"

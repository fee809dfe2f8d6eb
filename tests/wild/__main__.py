"""Write docs/wild.md, what the judge says of answers that nobody here thought of: `python -m tests.wild`."""

from __future__ import annotations

import csv
import inspect
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from grading import exercise, judge
from grading.judging import Outcome, Verdict
from grading.judging.lines import is_nameless, with_line
from tests.wild.entries import WildAnswer, answers

PAGE = Path(__file__).parents[2] / "docs" / "wild.md"
# Of each wrong answer of the second half, what a reader found who laid its verdict beside the label and knew nothing of the judge.
READINGS = Path(__file__).with_name("readings.csv")
READ_AT = "45e3b8c"
LETTERS = {
    "first": "told first what the label says",
    "partly": "told something true, but not that first, or only a part",
    "facts": "told facts only, or generic words",
    "false": "told something that is not so of this answer",
}
SEED = 11
_TITLE = """\
# Answers that nobody here thought of

The table of [the corpus](judge.md) is about answers that were written for it, by people who know the checks. This one is about {count}
answers of others: homework, accepted solutions, tutorials and questions that were published. Each has the habit or the error of one
of them, written anew, and was labelled right or wrong before its verdict was known ([where they come from](../tests/wild/SOURCES.md)).
`make judge-wild` writes this page; every answer is judged once, with seed {seed}.

- **Right, accepted**: with all points.
- **Wrong, rejected**: with fewer.
- **Wrong, named**: the verdict calls a known mistake by its name. Whether it is the name that a teaching assistant would give is
  not measured here. The others are told what was expected and what came, with the smallest input that shows it.
- **Unnamed, line told**: of those whose first fault has neither a name nor advice in the learner's own check, in exercises that are held
  against a reference, how many are told which line to look at. The search takes at most two seconds of computing.
- **Line as labelled**: of these, how many were told a line that the label marks.

The answers of the second half are for measuring: mistakes and checks are written without looking at them, so only those of the first
are listed below.

| answers | right, accepted | wrong, rejected | wrong, named | unnamed, line told | line as labelled |
|---|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Judged:
    """An answer and its verdict. unnamed: whether a line is looked for; line: the one told, counted from 1 at `def`, or None."""

    answer: WildAnswer
    verdict: Verdict
    unnamed: bool = False
    line: int | None = None

    @property
    def named(self) -> bool:
        """Whether a mistake is called by its name."""
        return any(finding.mistake for finding in self.verdict.findings)

    @property
    def as_labelled(self) -> bool:
        """Whether the verdict agrees with the label."""
        return self.verdict.passed is self.answer.right and self.verdict.outcome is not Outcome.CHECK_ERROR


def row(label: str, judged: Sequence[Judged]) -> str:
    """Return the row of some answers."""
    right = [one for one in judged if one.answer.right]
    wrong = [one for one in judged if not one.answer.right]
    told = [one for one in wrong if one.line is not None]
    cells = (
        f"{sum(one.as_labelled for one in right)} / {len(right)}",
        f"{sum(one.as_labelled for one in wrong)} / {len(wrong)}",
        f"{sum(one.named for one in wrong)} / {len(wrong)}",
        f"{len(told)} / {sum(one.unnamed for one in wrong)}",
        f"{sum(one.line in one.answer.lines for one in told)} / {len(told)}",
    )
    return f"| {label} | {' | '.join(cells)} |"


def page(judged: Sequence[Judged]) -> str:
    """Return the page for these verdicts."""
    halves = {
        "first half": [one for one in judged if not one.answer.measured_only],
        "second half": [one for one in judged if one.answer.measured_only],
    }
    by_exercise: dict[str, list[Judged]] = {}
    for one in judged:
        by_exercise.setdefault(one.answer.exercise, []).append(one)
    rows = [row(f"**{label}**", those) for label, those in {**halves, "all": list(judged)}.items()]
    rows += [row(f"`{name}`", those) for name, those in by_exercise.items()]
    return (
        _TITLE.format(count=len(judged), seed=SEED) + "\n".join([*rows, "", *_read(), "", *_surprises(judged)]) + "\n"
    )


def readings() -> dict[str, str]:
    """Return what the reading of each verdict came to, a key of LETTERS, by the name of the answer."""
    with READINGS.open(encoding="utf-8", newline="") as file:
        return {row["answer"]: row["told"] for row in csv.DictReader(file)}


def _read() -> list[str]:
    """Return the part about how the verdicts read beside the labels."""
    found = readings()
    counts = Counter(found.values())
    told = len(found) - counts["facts"]
    return [
        "## What the wrong answers of the second half are told",
        "",
        "A name may be true and miss the point, and an exception or a line may say it without a name. So the whole verdicts that a learner",
        "sees were read beside the labels, one by one, by readers who had not seen the judge's mistakes. The judge was that of commit",
        f"{READ_AT}; the readings are in [readings.csv](../tests/wild/readings.csv).",
        "",
        "| verdicts | answers | share |",
        "|---|--:|--:|",
        *(f"| {text} | {counts[letter]} | {counts[letter] / len(found):.0%} |" for letter, text in LETTERS.items()),
        "",
        f"Of the {told} that are told more than facts, nothing false is said to {1 - counts['false'] / told:.0%}.",
    ]


def _surprises(judged: Sequence[Judged]) -> list[str]:
    """List the answers of the first half whose verdict does not agree with their label; the others stay unseen."""
    found = [one for one in judged if not one.as_labelled and not one.answer.measured_only]
    lines = [f"- `{one.answer.exercise}`, `{one.answer.name}`: {_surprise(one)}" for one in found]
    return ["## Where the verdict is not what the label says, in the first half", "", *(lines or ["Nowhere."])]


def _surprise(one: Judged) -> str:
    if one.answer.right:
        parts = ", ".join(f"{finding.part or 'everything'} ({finding.kind})" for finding in one.verdict.findings)
        return f"right, and loses {parts}"
    return f"wrong ({one.answer.fault}), and {one.verdict.outcome}"


def judged_answer(answer: WildAnswer) -> Judged:
    """Judge an answer as a grader does, and look for the line as the learner's own check does, by the time that it computes."""
    asked = exercise(answer.exercise)
    verdict = judge(asked, answer.function, "cpu", SEED)
    if answer.right or asked.examine is not None:
        return Judged(answer, verdict)
    own = judge(asked, answer.function, "cpu", SEED, hidden=False)
    if not is_nameless(own):
        return Judged(answer, verdict)
    told = with_line(own, asked, answer.function, clock=time.process_time)
    return Judged(answer, verdict, unnamed=True, line=_line_told(told, answer))


def _line_told(verdict: Verdict, answer: WildAnswer) -> int | None:
    found = re.match(r"Look at line (\d+): ", verdict.findings[0].advice)
    source, first = inspect.getsourcelines(answer.function)
    at_def = next(number for number, line in enumerate(source) if line.lstrip().startswith("def "))
    return int(found[1]) - first - at_def + 1 if found else None


def main() -> int:
    """Run the command; return 0."""
    judged = [judged_answer(answer) for answer in tqdm(answers(), unit="answer", file=sys.stderr)]
    PAGE.write_text(page(judged), encoding="utf-8")
    print("\n".join(page(judged).splitlines()[-60:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

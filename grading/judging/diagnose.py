"""Name what went wrong: a known mistake that reproduces the answer, else a simple transform of the truth.

A name is given only if it explains every trial that was made, on at least two seeds, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grading.judging.context import Context
from grading.judging.exercise import CARE, Mistake
from grading.judging.multiples import Diagnosis, arithmetic
from grading.judging.rivals import only_one, rivals_of
from grading.judging.trial import Trial
from grading.judging.verdict import Finding

# Of so many different outputs it is asked what went wrong: each costs as much time as the first.
_MOST_ASKED = 4


def diagnose(context: Context, trials: Sequence[Trial], first: Finding) -> Diagnosis | None:
    """Explain the first finding, from trials of the answer on at least two seeds."""
    if len({trial.seed for trial in trials}) < 2:
        return None
    whole = only_one([rival for rival in rivals_of(context, first) if rival.reproduces(trials, whole=True)], trials)
    if whole:
        return Diagnosis(whole.explanation, whole.name, whole=True)
    return diagnose_part(context, trials, first)


def diagnose_part(context: Context, trials: Sequence[Trial], finding: Finding) -> Diagnosis | None:
    """Explain one of several findings by its own output, whatever else is wrong."""
    widest = _where_wrong([trial for trial in trials if trial.case.part != CARE], finding.part) or trials
    plainest = _where_wrong([trial for trial in trials if not trial.case.part], finding.part)
    found = _explained_by(context, widest, finding)
    # In a case of its own, such as one of extreme values, a second fault may hide this one.
    return found or (_explained_by(context, plainest, finding) if 0 < len(plainest) < len(widest) else None)


def _where_wrong(trials: Sequence[Trial], output: str) -> Sequence[Trial]:
    """Return the trials if the output is wrong in some of them, on two seeds at least; else none."""
    wrong = {trial.seed for trial in trials if any(one.part == output for one in trial.findings)}
    return trials if len(wrong) > 1 else ()


def _explained_by(context: Context, trials: Sequence[Trial], finding: Finding) -> Diagnosis | None:
    """Explain one output by a known mistake, else by arithmetic."""
    if any(finding.part in trial.expected for trial in trials):
        named = _named(context, trials, finding) or _named_beside_special_cases(context, trials, finding)
        if named:
            return Diagnosis(named.explanation, named.name)
    if finding.kind not in ("values", "shape"):
        return None
    return arithmetic(context, trials, finding)


def _named(context: Context, trials: Sequence[Trial], finding: Finding) -> Mistake | None:
    """Return the known mistake that gives the output of a finding in all of these trials; None if there is none, or several."""
    rivals = [rival for rival in rivals_of(context, finding) if not rival.mistake.alone]
    return only_one([rival for rival in rivals if rival.reproduces(trials, whole=False)], trials)


def _named_beside_special_cases(context: Context, trials: Sequence[Trial], finding: Finding) -> Mistake | None:
    """Return the known mistake that gives the output in the cases that are about nothing else.

    Two ways to write one wrong formula overflow at different places, or at none. Functions of other things have too few such cases.
    """
    if not context.exercise.elementwise:
        return None
    plain = [trial for trial in trials if not trial.case.part]
    return _named(context, plain, finding) if plain and len(plain) < len(trials) else None


def others_explained(
    context: Context, trials: Sequence[Trial], first: Finding, others: Sequence[Finding]
) -> list[Finding]:
    """Return the other findings, those of other outputs with their own causes: two faults are two faults."""
    told, asked, found = {first.advice}, {_family(first.part)}, []
    for finding in others:
        family = _family(finding.part)
        if finding.kind in ("values", "shape", "finite") and family not in asked and len(asked) < _MOST_ASKED:
            asked.add(family)
            explained = explain(finding, diagnose_part(context, trials, finding))
            if explained.advice not in told:
                told.add(explained.advice)
                finding = explained
        found.append(finding)
    return found


def _family(part: str) -> str:
    """Return what a part has in common with its siblings: `grad_weights[-2]` is one of `grad_weights`."""
    return part.partition("[")[0]


def explain(finding: Finding, diagnosis: Diagnosis | None) -> Finding:
    """Return the finding with the diagnosis as its advice."""
    if diagnosis is None:
        return finding
    return replace(finding, advice=diagnosis.sentence, mistake=diagnosis.mistake)

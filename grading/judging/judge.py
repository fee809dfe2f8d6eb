"""Judge an answer: draw inputs, call it, compare, explain.

The function is pure: it prints nothing, writes nothing and knows nothing of notebooks or of nbgrader. The file is long because a
verdict is one way from the first call to the last sentence.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch

from grading.cells import owner_and_function
from grading.device import default_device, require_device
from grading.errors import CourseError
from grading.judging.cache import cached
from grading.judging.context import AnswerProxy, Context, LocalAnswer
from grading.judging.diagnose import diagnose, explain, others_explained
from grading.judging.exceptions import CALLED_IN, without_details
from grading.judging.exercise import CARE, GRADIENT, Case, Exercise
from grading.judging.gradients import is_gradient
from grading.judging.leftovers import left_behind
from grading.judging.numbers import show_arguments
from grading.judging.precision import full_precision, supports
from grading.judging.printed import excerpt
from grading.judging.shrink import smallest_failure, with_example
from grading.judging.stopping import TookTooLong
from grading.judging.trial import Trial, attempt, attempt_all
from grading.judging.verdict import MISSING, Finding, Verdict
from grading.outcome import Outcome

_FACTS = 5
_SECOND_SEED = 104729
_MOST_EXERCISES = 64
# The faults after which the remaining cases can only repeat what the first one said.
_HOPELESS = frozenset({"raised", "nothing", "type"})


def judge(
    exercise: Exercise,
    answer: Callable[..., Any] | AnswerProxy,
    device: str | torch.device | None = None,
    seed: int | None = None,
    *,
    hidden: bool = True,
) -> Verdict:
    """Judge one answer to one exercise.

    answer: the learner's function (for a method, also its class), or a proxy to it.
    device: where to run it; by default cuda, then mps, then cpu, or what `$MLP_COURSE_DEVICE` says.
    seed: what the inputs are drawn from; 0 by default. The same seed gives the same verdict.
    hidden: try the cases too that a learner's own check leaves out.

    Never raises because of the answer. A fault of the check itself is the outcome CHECK_ERROR and costs nothing. Raises
    CourseError if the device does not exist or the exercise is graded by a person, KeyboardInterrupt if interrupted.
    """
    if exercise.manual:
        raise CourseError(f"{exercise.name} is a written answer: a person grades it, with the rubric of the exercise")
    context = _context(exercise, answer, device, seed, hidden)
    try:
        with full_precision():
            return _judge(context)
    except KeyboardInterrupt:
        raise
    except Exception as error:
        return _check_error(context, error)


def passes(
    exercise: Exercise,
    answer: Callable[..., Any] | AnswerProxy,
    device: str | torch.device | None = None,
    seed: int | None = None,
    *,
    hidden: bool = True,
) -> bool:
    """Tell whether `judge` gives this answer the outcome PASSED; many times quicker for a wrong answer.

    It stops at the first fault and explains nothing. A fault of the check itself is raised as it is.
    """
    plain = _without_mistakes(exercise)
    context = _context(plain, answer, device, seed, hidden)
    with full_precision():
        if plain.examine is not None:
            return not _examined(context)
        return not any(attempt(context, case, context.seed).findings for case in _cases(context))


def judge_briefly(
    exercise: Exercise,
    answer: Callable[..., Any] | AnswerProxy,
    device: str | torch.device | None = None,
    seed: int | None = None,
    *,
    hidden: bool = True,
) -> Verdict:
    """Return the verdict of `judge` without its explanation: no mistake is named, no smallest example is looked for.

    The score is the same, and whether there is an answer and it passed, in a fraction of the time: it stops where no point is
    left to lose, before a later case may raise. A fault of the check itself is raised as it is.
    """
    context = _context(_without_mistakes(exercise), answer, device, seed, hidden)
    with full_precision():
        if exercise.examine is not None:
            return _conclude(context, _examined(context))
        return _conclude(context, _collect(context, _trials_while_points_are_left(context)))


@cached(_MOST_EXERCISES)
def _without_mistakes(exercise: Exercise) -> Exercise:
    return replace(exercise, mistakes=())


def _context(
    exercise: Exercise,
    answer: Callable[..., Any] | AnswerProxy,
    device: str | torch.device | None,
    seed: int | None,
    hidden: bool,
) -> Context:
    where = default_device() if device is None else require_device(device)
    return Context(exercise, _proxy(exercise, answer), where, 0 if seed is None else seed, hidden)


def _proxy(exercise: Exercise, answer: Callable[..., Any] | AnswerProxy) -> AnswerProxy:
    if isinstance(answer, AnswerProxy) and not isinstance(answer, type):
        return answer
    return LocalAnswer(function_of(exercise, answer))


def function_of(exercise: Exercise, answer: Any) -> Any:
    """Return what is called: of a class, the method that the exercise is about."""
    if isinstance(answer, type) and "." in exercise.name:
        return getattr(answer, owner_and_function(exercise.name)[1], answer)
    return answer


def _check_error(context: Context, error: Exception) -> Verdict:
    last = traceback.extract_tb(error.__traceback__)[-1]
    facts = (("error", f"{type(error).__name__}: {error}"[:200]), ("in", f"{last.name}, line {last.lineno}"))
    finding = Finding("", "check", "the check itself failed; this costs no points.", facts, "Please report it.")
    return _verdict(context, Outcome.CHECK_ERROR, 1.0, (finding,))


def _verdict(context: Context, outcome: Outcome, score: float, findings: tuple[Finding, ...]) -> Verdict:
    exercise = context.exercise
    seed, device, remarks = context.seed, context.device.type, tuple(context.remarks)
    return Verdict(exercise.name, exercise.lesson, outcome, score, exercise.points, findings, seed, device, remarks)


def _judge(context: Context) -> Verdict:
    if context.exercise.examine is not None:
        return _conclude(context, _examined(context))
    trials = _trials(context)
    findings = _collect(context, trials)
    with suppress(TookTooLong):  # what is wrong is known already, and more calls would not change the points
        findings = _explained(context, trials, findings)
    return _conclude(context, findings)


def _examined(context: Context) -> list[Finding]:
    """Return what the exercise's own examination finds, and what the answer has left behind in any of its calls."""
    if context.exercise.examine is None:
        raise TypeError(f"{context.exercise.name} has no examination")
    findings = context.exercise.examine(context.exercise, context)
    if any(finding.part in ("", CARE) for finding in findings) or CARE not in context.exercise.shares:
        return findings
    return findings + left_behind(context.left)


def _trials(context: Context) -> list[Trial]:
    """Try the answer in all cases; in the first one only, if the others could but repeat what that one said."""
    cases = _cases(context)
    trials = [attempt(context, case, context.seed) for case in cases[:1]]
    if not any(finding.kind in _HOPELESS and finding.part == "" for finding in trials[0].findings):
        trials += attempt_all(context, cases[1:], context.seed)
    return trials


def _trials_while_points_are_left(context: Context) -> list[Trial]:
    """Try the answer in one case after the other, until all points are lost: a later case gives none back."""
    trials: list[Trial] = []
    for case in _cases(context):
        trials.append(attempt(context, case, context.seed))
        findings = _collect(context, trials)
        if findings and _score(context.exercise, findings) == 0:
            break
    return trials


def _cases(context: Context) -> list[Case]:
    return [
        case
        for case in context.exercise.cases
        if supports(context.device, case.dtype) and (context.hidden or not case.hidden)
    ]


def _collect(context: Context, trials: Sequence[Trial]) -> list[Finding]:
    """Return one finding for each part of the points that is lost, the most basic first."""
    if any(trial.missing for trial in trials):
        return [Finding("", MISSING, "there is no answer yet.")]
    wrong = _wrong_in_ordinary_cases(context.exercise, trials)
    first: dict[str, Finding] = {}
    for trial in trials:
        for finding in trial.findings:
            part = finding.part
            if trial.case.part and finding.kind != "forbidden" and _is_of_values(part, context.exercise, trial):
                share = _share(context.exercise, part)
                repeated = part == "" and first and trial.case.part != GRADIENT
                if share in wrong or (wrong and trial.case.part in (CARE, GRADIENT)) or repeated:
                    continue  # it is the same fault, whose points are lost already
                part = trial.case.part
            if part not in first:
                first[part] = _in_words(finding, trial, part)
    if "" in first:
        return [first[""]]
    return sorted(first.values(), key=_is_of_another_machine)


def _is_of_another_machine(finding: Finding) -> bool:
    """Tell whether a finding can wait until what is wrong here and now is told; what NumPy does is wrong here, too."""
    return finding.kind == "device" and not any("NumPy" in fact for _, fact in finding.facts)


def _wrong_in_ordinary_cases(exercise: Exercise, trials: Sequence[Trial]) -> set[str]:
    """Return the parts of the points that are lost by wrong outputs in the cases that are about nothing else."""
    return {
        _share(exercise, finding.part)
        for trial in trials
        for finding in trial.findings
        if not trial.case.part and _is_of_values(finding.part, exercise, trial)
    }


def _is_of_values(part: str, exercise: Exercise, trial: Trial) -> bool:
    """Tell whether a finding about this part is about what an answer returned, and not about how."""
    return part == "" or part in exercise.outputs or part in trial.expected


def _in_words(finding: Finding, trial: Trial, part: str) -> Finding:
    """Say in which situation the fault was found; the input of a hidden case is not told."""
    facts = finding.facts
    if trial.case.part or trial.case.dtype is not torch.float32:
        facts = (("with", trial.case.name), *facts)
    if trial.case.hidden:
        finding, facts = without_details(finding), (("with", trial.case.name),)
    elif finding.kind == "raised":
        place = next((place for place, fact in enumerate(facts) if fact[0] == CALLED_IN), len(facts))
        facts = (*facts[:place], ("input", show_arguments(trial.arguments)), *facts[place:])
    elif finding.kind in ("values", "finite", "shape"):
        facts = (*facts[: _FACTS - 1], ("input", show_arguments(trial.arguments)))
    return replace(finding, part=part, facts=facts, case=trial.case.name)


def _explained(context: Context, trials: list[Trial], findings: list[Finding]) -> list[Finding]:
    """Return the findings, the first one with its cause and with the smallest input that shows it."""
    if not findings or findings[0].kind in ("forbidden", MISSING):
        return findings
    first = findings[0]
    trial = next(trial for trial in trials if trial.case.name == first.case)
    raw = next((finding for finding in trial.findings if finding.kind == first.kind), first)
    shown = [one for one in trials if not one.case.hidden]
    again = attempt_all(context, [one.case for one in shown], context.seed + _SECOND_SEED)
    diagnosis = diagnose(context, shown + again, raw)
    explained = _with_prints(context, explain(first, diagnosis), trial)
    if first.kind in ("values", "finite") and not trial.case.hidden:
        small = smallest_failure(context, trial, raw.kind, raw.part)
        if small is not None:
            alone = len(context.exercise.outputs) == 1 and not is_gradient(raw.part)
            example = with_example(replace(explained, part=raw.part), small, alone=alone)
            explained = _with_prints(context, replace(example, part=first.part), small)
    rest = findings[1:]
    if diagnosis is None or not diagnosis.whole:
        rest = others_explained(context, shown + again, explained, rest)
    return [explained, *rest]


def _with_prints(context: Context, finding: Finding, trial: Trial) -> Finding:
    """Return the finding with what the answer printed there; not where hidden cases are tried, whose inputs it could print."""
    return finding if context.hidden else replace(finding, printed=excerpt(trial.observation.printed))


def _conclude(context: Context, findings: Sequence[Finding]) -> Verdict:
    if any(finding.kind == MISSING for finding in findings):
        return _verdict(context, Outcome.NOT_ATTEMPTED, 0.0, ())
    if not findings:
        return _verdict(context, Outcome.PASSED, 1.0, ())
    score = _score(context.exercise, findings)
    broken = findings[0].kind == "raised" and score == 0
    return _verdict(context, Outcome.ANSWER_ERROR if broken else Outcome.FAILED, score, tuple(findings))


def _score(exercise: Exercise, findings: Sequence[Finding]) -> float:
    """Return the share of the points that is left; an answer with no right output of its own earns nothing for its care."""
    lost = {finding.part for finding in findings}
    if "" in lost:
        return 0.0
    shares = exercise.shares
    earned = {part for part in shares if not any(_costs(finding_part, part) for finding_part in lost)}
    achieved = [output for output in exercise.outputs if output not in exercise.given]
    if not any(_costs(output, part) for output in achieved for part in earned):
        return 0.0
    return round(sum(shares[part] for part in earned) / sum(shares.values()), 6)


def _share(exercise: Exercise, finding_part: str) -> str:
    """Return the part of the points that a finding costs."""
    return next((part for part in exercise.shares if _costs(finding_part, part)), finding_part)


def _costs(finding_part: str, part: str) -> bool:
    """Tell whether a finding about one output costs a part; `grad_weights[1]` costs `grad_weights[]`."""
    return finding_part == part or (part.endswith("[]") and finding_part.startswith(part[:-1]))

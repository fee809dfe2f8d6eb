"""Measure the judge: one answer or one generated wrong answer at a time, in plain data that can be kept and counted."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

from grading import exercise, judge
from grading.judging import Outcome, Verdict
from grading.judging.exercise import CARE
from grading.judging.judge import judge_briefly, passes
from tests.corpus.contracts import CONTRACTS
from tests.corpus.damage import OUTPUTS, damaged, touched
from tests.corpus.entries import Entry, entries
from tests.corpus.mutate import Mutant, Unmutable, mutants
from tests.corpus.oracle import Contract, distinguish

Result = dict[str, Any]
# What the oracle does not look at: calls that are not allowed, devices, and whether autograd may pass.
CONDUCT = frozenset({"forbidden", "device", "graph"})
# What is counted beside scores.
NO_END, CHECK_ERROR = "no end", "check error"
# A function that takes longer than this on a tiny input does not end.
SECONDS, SLOW_SECONDS = 20.0, 600.0


class DoesNotEnd(Exception):
    """An answer ran out of time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise DoesNotEnd after so many seconds of computing. Works in the main thread, on systems with interval timers.

    Seconds of the processor, not of the clock on the wall: a busy machine must not change a result.
    """
    expired = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal expired
        expired = True
        raise KeyboardInterrupt  # the one exception that the judge passes on

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except KeyboardInterrupt:
        if not expired:
            raise
        raise DoesNotEnd from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def accepted(name: str, answer: Callable[..., Any], seed: int) -> bool:
    """Tell whether the judge gives this answer all its points."""
    try:
        with time_limit(SLOW_SECONDS if name == "build_mlp" else SECONDS):
            return passes(exercise(name), answer, "cpu", seed)
    except DoesNotEnd:
        return False


def score_of(name: str, answer: Callable[..., Any], seed: int) -> str:
    """Return the share of the points that an answer gets on a seed, as text: "1" where it is accepted, "0.8", "no end", "check error"."""
    try:
        with time_limit(SLOW_SECONDS if name == "build_mlp" else SECONDS):
            verdict = judge_briefly(exercise(name), answer, "cpu", seed)
    except DoesNotEnd:
        return NO_END
    except Exception:
        return CHECK_ERROR
    return "1" if verdict.outcome is Outcome.PASSED else f"{min(verdict.score, 0.9999):g}"


def measure_scores(name: str, seeds: Sequence[int]) -> list[Result]:
    """Judge every answer to an exercise on every seed, without explaining anything, and count its scores.

    Of a right answer that was refused the first verdict is kept.
    """
    mine = [entry for entry in entries() if entry.exercise == name]
    # All answers on one seed, then on the next: a case is prepared once for all of them.
    by_seed = [[score_of(name, entry.function, seed) for entry in mine] for seed in seeds]
    results = []
    for entry, scores in zip(mine, zip(*by_seed, strict=True), strict=True):
        accepted_on = [seed for seed, score in zip(seeds, scores, strict=True) if score == "1"]
        refused = [seed for seed in seeds if seed not in set(accepted_on)]
        verdict = str(judge(exercise(name), entry.function, "cpu", refused[0])) if entry.right and refused else ""
        results.append(
            {
                "answer": str(entry),
                "scores": dict(Counter(scores)),
                "refused": refused if entry.right else [],
                "accepted": [] if entry.right else accepted_on,
                "verdict": verdict,
            }
        )
    return results


def measure_names(entry: Entry, seeds: Sequence[int]) -> Result:
    """Judge a wrong answer on every seed, with explanation: what is it called?"""
    names = []
    for seed in seeds:
        with time_limit(SLOW_SECONDS if entry.exercise == "build_mlp" else SECONDS):
            verdict = judge(exercise(entry.exercise), entry.function, "cpu", seed)
        if verdict.outcome is not Outcome.CHECK_ERROR and verdict.score < 1:
            names.append(_name(verdict))
    return {
        "answer": str(entry),
        "mistake": entry.mistake,
        "seeds": len(seeds),
        "names": {str(name): names.count(name) for name in dict.fromkeys(names)},
    }


def _name(verdict: Verdict) -> str | None:
    return verdict.findings[0].mistake if verdict.findings else None


@cache
def mutants_of(index: int) -> tuple[Mutant, ...]:
    """Return the generated wrong answers from the entry with this index; none if its source cannot be had."""
    try:
        return mutants(entries()[index].function)
    except Unmutable:
        return ()


def measure_mutants(entry: Entry, some: Sequence[Mutant], seeds: Sequence[int]) -> list[Result]:
    """Judge generated wrong answers on every seed; of those that a seed accepts ask the oracle whether they are wrong at all.

    status: "rejected" on every seed; "survived" a seed though it is wrong; "equivalent", accepted on every seed and right by
    the oracle; "disputed", rejected though the oracle finds nothing that is against the contract. scores: how often each.
    elsewhere: the part that it fails in first, if its change has touched another one.
    """
    contract = CONTRACTS[entry.exercise]
    if not isinstance(contract, Contract):
        raise TypeError(f"{entry.exercise} has no oracle")
    compiled = {mutant.name: mutant.compile() for mutant in some}
    scores: dict[str, list[str]] = {mutant.name: [] for mutant in some}
    for seed in seeds:
        for name, function in compiled.items():
            endless = NO_END in scores[name]
            scores[name].append(NO_END if endless else score_of(entry.exercise, function, seed))
    return [_settled(contract, entry, mutant, dict(zip(seeds, scores[mutant.name], strict=True))) for mutant in some]


def _settled(contract: Contract, entry: Entry, mutant: Mutant, scores: Mapping[int, str]) -> Result:
    result: Result = {"answer": str(entry), "mutant": mutant.name, "scores": dict(Counter(scores.values()))}
    first = next((seed for seed, score in scores.items() if score == "1"), None)
    refused = next((seed for seed, score in scores.items() if score != "1"), None)
    evidence = _evidence(contract, mutant, entry)
    if evidence is not None:
        if first is None:
            return {**result, "status": "rejected", "elsewhere": _elsewhere(contract, mutant, entry, min(scores))}
        return {**result, "status": "survived", "seed": first, "evidence": evidence, "source": mutant.source}
    if refused is None:
        return {**result, "status": "equivalent"}
    verdict = judge(exercise(entry.exercise), mutant.compile(), "cpu", refused)
    kinds = {finding.kind for finding in verdict.findings}
    if first is None and kinds & CONDUCT:
        return {**result, "status": "rejected"}
    return {**result, "status": "disputed", "seed": refused, "verdict": str(verdict), "source": mutant.source}


def _elsewhere(contract: Contract, mutant: Mutant, entry: Entry, seed: int) -> str:
    """Return the part in which a changed answer fails first, if that is an output, and its change has not touched it; or ""."""
    names = OUTPUTS.get(entry.exercise)
    if names is None:
        return ""
    try:
        with time_limit(3 * SECONDS):
            found = damaged(contract, mutant.compile(), entry.function, names)
            verdict = judge_briefly(exercise(entry.exercise), mutant.compile(), "cpu", seed)
    except (DoesNotEnd, Exception):
        return ""
    ordinary = [finding for finding in verdict.findings if finding.kind in ("values", "finite", "shape")]
    if not found or not ordinary or not ordinary[0].part or ordinary[0].part == CARE:
        return ""
    return "" if touched(ordinary[0].part, found) else ordinary[0].part


def _evidence(contract: Contract, mutant: Mutant, entry: Entry) -> str | None:
    try:
        with time_limit(3 * SECONDS):
            return distinguish(contract, mutant.compile(), entry.function)
    except DoesNotEnd:
        return "it does not end"

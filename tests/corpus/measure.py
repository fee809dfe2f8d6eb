"""Measure the judge: one answer or one generated wrong answer at a time, in plain data that can be kept and counted."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

from grading import exercise, judge
from grading.judging import Outcome, Verdict
from grading.judging.judge import passes
from tests.corpus.contracts import CONTRACTS
from tests.corpus.entries import Entry, entries
from tests.corpus.mutate import Mutant, Unmutable, mutants
from tests.corpus.oracle import Contract, distinguish

Result = dict[str, Any]
# What the oracle does not look at: calls that are not allowed, devices, and whether autograd may pass.
CONDUCT = frozenset({"forbidden", "device", "graph"})
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


def measure_right(entry: Entry, seeds: Sequence[int]) -> Result:
    """Count the seeds on which a right answer is accepted, and keep the first verdict that does not accept it."""
    refused = [seed for seed in seeds if not accepted(entry.exercise, entry.function, seed)]
    verdict = str(judge(exercise(entry.exercise), entry.function, "cpu", refused[0])) if refused else ""
    return {"answer": str(entry), "seeds": len(seeds), "refused": refused, "verdict": verdict}


def measure_wrong(entry: Entry, seeds: Sequence[int]) -> Result:
    """Judge a wrong answer on every seed: where it is accepted, and what it is called."""
    passed, crashed, names = [], [], []
    for seed in seeds:
        with time_limit(SLOW_SECONDS if entry.exercise == "build_mlp" else SECONDS):
            verdict = judge(exercise(entry.exercise), entry.function, "cpu", seed)
        if verdict.outcome is Outcome.CHECK_ERROR:
            crashed.append(seed)
        elif verdict.score >= 1:
            passed.append(seed)
        else:
            names.append(_name(verdict))
    return {
        "answer": str(entry),
        "mistake": entry.mistake,
        "seeds": len(seeds),
        "accepted": passed,
        "crashed": crashed,
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


def measure_mutant(entry: Entry, mutant: Mutant, seeds: Sequence[int]) -> Result:
    """Judge a generated wrong answer until a seed accepts it; if one does, ask the oracle whether it is wrong at all.

    status: "rejected" on every seed; "survived" a seed though it is wrong; "equivalent", accepted on every seed and right by
    the oracle; "disputed", rejected though the oracle finds nothing that is against the contract.
    """
    contract = CONTRACTS[entry.exercise]
    if not isinstance(contract, Contract):
        raise TypeError(f"{entry.exercise} has no oracle")
    result: Result = {"answer": str(entry), "mutant": mutant.name}
    first = next((seed for seed in seeds if accepted(entry.exercise, mutant.compile(), seed)), None)
    evidence = _evidence(contract, mutant, entry)
    if evidence is not None:
        if first is None:
            return {**result, "status": "rejected"}
        return {**result, "status": "survived", "seed": first, "evidence": evidence, "source": mutant.source}
    refused = seeds[0] if first != seeds[0] else None
    if refused is None:
        refused = next((seed for seed in seeds if not accepted(entry.exercise, mutant.compile(), seed)), None)
    if refused is None:
        return {**result, "status": "equivalent"}
    verdict = judge(exercise(entry.exercise), mutant.compile(), "cpu", refused)
    kinds = {finding.kind for finding in verdict.findings}
    if first is None and kinds & CONDUCT:
        return {**result, "status": "rejected"}
    return {**result, "status": "disputed", "seed": refused, "verdict": str(verdict), "source": mutant.source}


def _evidence(contract: Contract, mutant: Mutant, entry: Entry) -> str | None:
    try:
        with time_limit(3 * SECONDS):
            return distinguish(contract, mutant.compile(), entry.function)
    except DoesNotEnd:
        return "it does not end"

"""What an exercise still needs before it can be measured, each thing in one sentence with its file and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import torch

from grading.catalogue.finding import course_folder, find
from grading.judging.exercise import Exercise
from tests.corpus import messages
from tests.corpus.contracts import CONTRACTS
from tests.corpus.entries import entries, path_of
from tests.corpus.run import ROOT

FEWEST_RIGHT, FEWEST_WRONG, FEWEST_HINTS = 6, 15, 3
_TODO = re.compile(r"TODO:(.*)")


def missing(exercise: Exercise) -> list[str]:
    """Return what is missing; [] if the exercise is complete. A written answer, which a person grades, needs hints only."""
    folder = next(found.folder for found in find(course_folder()) if found.name == exercise.name)
    declared, corpus = folder / "exercise.py", path_of(exercise)
    needs = [*_unwritten(folder, corpus, exercise)]
    if len(exercise.hints) < FEWEST_HINTS:
        needs.append(
            f"{_shown(declared)}: {len(exercise.hints)} hints; write at least {FEWEST_HINTS}, the last one in answers.py"
        )
    if exercise.manual:
        return needs
    if not corpus.is_file():
        return [*needs, f"{_shown(corpus)} is missing; `python -m grading new-exercise` writes one"]
    if exercise.examine is None and not any(case.dtype is torch.float64 for case in exercise.cases):
        needs.append(f'{_shown(declared)}: no case in float64; add Case("a tensor in float64", …, CARE, torch.float64)')
    if exercise.name not in CONTRACTS:
        needs.append(f"{_shown(corpus)}: no CONTRACT; say how arguments are drawn and what is true, or LeftOut and why")
    needs += _too_few(exercise, corpus)
    untold = {str(one) for one in entries() if one.exercise == exercise.name and not one.right} - set(messages.read())
    if untold:
        needs.append(f"{_shown(messages.PAGE)}: {len(untold)} wrong answers are not on it; run `make judge-messages`")
    return needs


def _too_few(exercise: Exercise, corpus: Path) -> Iterator[str]:
    mine = [one for one in entries() if one.exercise == exercise.name]
    right, wrong = ({one.style for one in mine if one.right is kind} for kind in (True, False))
    if len(right) < FEWEST_RIGHT:
        yield f"{_shown(corpus)}: {len(right)} right answers; write {FEWEST_RIGHT - len(right)} more, in other styles"
    if len(wrong) < FEWEST_WRONG:
        known = len(exercise.mistakes)
        yield (
            f"{_shown(corpus)}: {len(wrong)} wrong answers, {known} of them known mistakes; "
            f"write {FEWEST_WRONG - len(wrong)} more"
        )


def _unwritten(folder: Path, corpus: Path, exercise: Exercise) -> Iterator[str]:
    """Yield the places where a stub still waits for somebody to write."""
    for path in (*sorted(folder.glob("*.py")), corpus, ROOT / "lessons" / f"{exercise.lesson}.py"):
        if path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                left = _TODO.search(line)
                if left:
                    yield f"{_shown(path)}:{number}: still to be written:{left[1].rstrip(chr(34))}"


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)

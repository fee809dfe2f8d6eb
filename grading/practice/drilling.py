"""Drills: a wrong way to write an exercise is shown with a small input on which it fails; the learner finds the fault and fixes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from grading.catalogue import drills, exercises
from grading.catalogue.drills import Drills, Variant
from grading.outcome import Outcome
from grading.practice.listing import compiled, listing
from grading.study import store
from grading.study.helping import exercise_meant
from grading.study.panel import BLUE, GREEN, Panel
from grading.study.records import Check, Drill, Record

if TYPE_CHECKING:
    from grading.judging.exercise import Exercise
    from grading.judging.verdict import Verdict

SHOWN, TRIED, FIXED = "shown", "tried", "fixed"
NOT_HERE = "Drills show answers with one fault in them, so this course's package for a class comes without them."
# So many drills fixed at a level, then the next level is due.
_BEFORE_THE_NEXT_LEVEL = 2
_HIGHEST_LEVEL = 3
_LEVELS = {1: "easy", 2: "middling", 3: "hard"}
# In seconds: a drill that is shown again within it is still the same try.
_A_SITTING = 7200.0
# What a fact is called that would tell the line.
_TELLS_THE_LINE = frozenset({"in", "line"})

# What happened in this process: what counts where nothing can be written down.
_memory: list[Drill] = []


@dataclass(frozen=True)
class Chosen:
    """A drill of an exercise."""

    exercise: Exercise
    drills: Drills
    variant: Variant

    @property
    def title(self) -> str:
        """Its exercise, number and level, as they stand in a sentence."""
        return f"Drill {self.exercise.name} {self.variant.number} ({_LEVELS[self.variant.level]})"

    def function(self) -> Callable[..., Any]:
        """Return the wrong function."""
        return compiled(self.exercise.name, self.drills, self.variant.body)


def show_drill(wanted: Any, number: Any, insert: Callable[[str], bool]) -> Panel:
    """Give a drill as the text of a cell to `insert`, which says whether it could make a cell of it; tell on what input it fails.

    wanted: the exercise; "" is the one to go on with. number: which drill; None is the next.
    """
    records = known()
    found = _next_exercise(records) if isinstance(wanted, str) and not wanted.strip() else wanted
    chosen = choose(found, number, records)
    if isinstance(chosen, Panel):
        return chosen
    shown = Drill(chosen.exercise.lesson, chosen.exercise.name, chosen.variant.number, SHOWN)
    open_ = _open(shown.exercise, records)
    if open_ is None or open_.number != shown.number or shown.time - open_.time > _A_SITTING:
        remember(shown)  # else its clock goes on
    text = listing(chosen.exercise.name, chosen.variant.body, chosen.variant.imports)
    call = f"drill.check({chosen.exercise.name.partition('.')[0]})"
    lines = ("Something in it is wrong. It shows here:", *shown_by(chosen), f"Fix it, run it, then {call}.")
    if insert(f"{text}\n\n{call}"):
        own = "Where it stands, it takes the place of your own function until you run your own cell again."
        return Panel(f"{chosen.title} is in the cell below.", (*lines, own), BLUE, "?")
    return Panel(f"{chosen.title}:", (*text.rstrip().split("\n"), "", *lines), BLUE, "?")


def check_drill(answer: Any, now: float | None = None) -> Panel:
    """Judge a fixed drill as its exercise is judged, say how long it took, and write that down; it counts for no points."""
    from grading.checking import judged

    found = exercise_meant(answer)
    if isinstance(found, Panel):
        return found
    if not callable(answer):
        return Panel("drill.check takes your function itself, not its name.", (f"Such as drill.check({found.name}).",))
    records = known()
    shown = _open(found.name, records)
    if shown is None:
        return Panel(f"No drill of {found.name} is open.", (f'drill("{found.name}") shows one.',))
    verdict = judged(without_names(found), answer)
    took = max(0.0, (time.time() if now is None else now) - shown.time)
    passed = verdict.outcome is Outcome.PASSED
    remember(replace(shown, event=FIXED if passed else TRIED, seconds=took, time=shown.time + took))
    if not passed:
        lines = facts_of(verdict) or (f"{verdict.outcome}.",)
        return Panel(f"{found.name} {shown.number} is not fixed yet.", lines, BLUE, "\u2192")
    return Panel(
        f"{found.name} {shown.number} is fixed, after {_duration(took)}.",
        _after(found, shown, records),
        GREEN,
        "\u2713",
    )


def remember(event: Drill) -> None:
    """Write down what happened to a drill, and keep it for this process."""
    _memory.append(event)
    store.add(event)


def forget() -> None:
    """Forget what happened in this process; what was written down stays."""
    _memory.clear()


def known() -> tuple[Record, ...]:
    """Return what was written down, and what happened in this process and could not be."""
    kept = store.read().records
    return (*kept, *(one for one in _memory if one not in kept))


def choose(wanted: Any, number: Any, records: Sequence[Record]) -> Chosen | Panel:
    """Return the drill that is meant, or say what there is."""
    found = exercise_meant(wanted)
    if isinstance(found, Panel):
        return found
    its = drills.drills_of(found.name)
    if its is None:
        return Panel(NOT_HERE) if not drills.are_installed() else Panel(f"{found.name} has no drills.")
    numbers = {one.number: one for one in its.variants}
    if number is None:
        return Chosen(found, its, _next(found.name, its.variants, records))
    if type(number) is not int or number not in numbers:
        return Panel(
            f"{found.name} has drills 1 to {max(numbers)}.", (f'Such as drill("{found.name}", {max(numbers)}).',)
        )
    return Chosen(found, its, numbers[number])


def shown_by(chosen: Chosen) -> tuple[str, ...]:
    """Return on what small input a drill fails, what was expected there and what came, never the line."""
    from grading.judging import judge

    return facts_of(judge(without_names(chosen.exercise), chosen.function(), hidden=False))


def facts_of(verdict: Verdict) -> tuple[str, ...]:
    """Return what a verdict says first, without its advice and without the line."""
    if not verdict.findings:
        return ()
    first = verdict.findings[0]
    facts = (f"{label}: {value}" for label, value in first.facts if label not in _TELLS_THE_LINE)
    return (_as_a_sentence(first.title), *facts)


def without_names(exercise: Exercise) -> Exercise:
    """Return an exercise that names no mistake: finding it is the task."""
    return replace(exercise, mistakes=(), factors={})


def fixed(exercise: str, records: Iterable[Record]) -> frozenset[int]:
    """Return the numbers of the drills that were fixed."""
    return frozenset(one.number for one in _drills_in(exercise, records) if one.event == FIXED)


def level_of(exercise: str, variants: Sequence[Variant], records: Iterable[Record]) -> int:
    """Return the level that is due, from what was fixed: two of one level, then the next."""
    done = fixed(exercise, records)
    level = 1
    while (
        level < _HIGHEST_LEVEL
        and sum(one.level >= level and one.number in done for one in variants) >= _BEFORE_THE_NEXT_LEVEL
    ):
        level += 1
    return level


def _next(exercise: str, variants: Sequence[Variant], records: Sequence[Record]) -> Variant:
    """Return the drill that is open, else the first one of the level that is due; of the nearest level where none is left."""
    numbers = {one.number: one for one in variants}
    shown = _open(exercise, records)
    if shown is not None and shown.number in numbers:
        return numbers[shown.number]
    done = fixed(exercise, records)
    left = [one for one in variants if one.number not in done] or list(variants)
    due = level_of(exercise, variants, records)
    return min(left, key=lambda one: (abs(one.level - due), -one.level, one.number))


def _next_exercise(records: Sequence[Record]) -> str:
    """Return the exercise to drill: of those that were passed the one with the fewest drills fixed, then the most failed checks.

    The first of the course that has any, where none was passed.
    """
    passed = {one.exercise for one in records if isinstance(one, Check) and one.outcome == Outcome.PASSED}
    failed = [one.exercise for one in records if isinstance(one, Check) and one.outcome != Outcome.PASSED]
    with_drills = [one.name for one in exercises() if drills.drills_of(one.name) is not None]
    mine = [name for name in with_drills if name in passed]
    if not mine:
        return next(iter(with_drills), exercises()[0].name)
    return min(mine, key=lambda name: (len(fixed(name, records)), -failed.count(name)))


def _open(exercise: str, records: Sequence[Record]) -> Drill | None:
    """Return the drill that was shown last and is not fixed."""
    mine = _drills_in(exercise, records)
    last = next((one for one in reversed(mine) if one.event == SHOWN), None)
    closed = last is not None and any(
        one.event == FIXED and one.number == last.number and one.time >= last.time for one in mine
    )
    return None if closed else last


def _after(found: Exercise, shown: Drill, records: Sequence[Record]) -> tuple[str, ...]:
    its = drills.drills_of(found.name)
    count = len(its.variants) if its else 0
    done = len(fixed(found.name, records) | {shown.number})
    tries = [one for one in _drills_in(found.name, records) if one.event == TRIED and one.number == shown.number]
    once = "" if tries else "At the first check. "
    more = f'drill("{found.name}") shows the next.' if done < count else "That was the last one."
    return (f"{once}{done} of {count} drills of {found.name} are fixed; {more}",)


def _as_a_sentence(title: str) -> str:
    """Return a title with a capital letter, except where it begins with the name of an output."""
    word = title.partition(" ")[0]
    return title if not word.isalpha() else title[:1].upper() + title[1:]


def _drills_in(exercise: str, records: Iterable[Record]) -> list[Drill]:
    return [one for one in records if isinstance(one, Drill) and one.exercise == exercise]


def _duration(seconds: float) -> str:
    """Return a duration in words: "2 min 10 s"."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"

"""Count what was measured, exercise by exercise, and write it down: tests/golden/judge.json for machines, docs/judge.md for people."""

from __future__ import annotations

import difflib
import json
import platform
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch

from grading import exercises
from tests.corpus.contracts import CONTRACTS
from tests.corpus.entries import entries
from tests.corpus.measure import CHECK_ERROR, NO_END, Result
from tests.corpus.mutate import source_tree
from tests.corpus.oracle import LeftOut
from tests.corpus.ordered import PAIRS, Pair, entry_called
from tests.corpus.run import ROOT, Plan, Unit, fingerprint

JSON = ROOT / "tests" / "golden" / "judge.json"
PAGE = ROOT / "docs" / "judge.md"
Row = dict[str, Any]
PROBLEMS = (
    "right refused",
    "wrong accepted",
    "not named as it should be",
    "survived",
    "disputed",
    "more than one score",
    "fewer points for the better answer",
    "fails first elsewhere",
)
EMPTY: Row = {"problems": {problem: [] for problem in PROBLEMS}}


def rows(measured: Sequence[tuple[Unit, list[Result]]], plan: Plan) -> dict[str, Row]:
    """Return the counts of every exercise that was measured, in the order of the course."""
    by_exercise: dict[str, list[tuple[str, int, Result]]] = {}
    for unit, results in measured:
        name = entries()[unit.entry].exercise
        by_exercise.setdefault(name, []).extend((unit.kind, unit.entry, result) for result in results)
    return {one.name: _row(one.name, by_exercise[one.name], plan) for one in exercises() if one.name in by_exercise}


def _row(name: str, results: list[tuple[str, int, Result]], plan: Plan) -> Row:
    mine = plan.of(name)
    answers = _joined([result for kind, _, result in results if kind == "scores"])
    named = {result["answer"]: result for kind, _, result in results if kind == "names"}
    mutants = [result for kind, _, result in results if kind == "mutants"]
    right = [one for one in answers if one["answer"] not in named]
    wrong = [{**one, **named[one["answer"]], "seeds": mine.scores} for one in answers if one["answer"] in named]
    known = [one for one in wrong if one["mistake"] is not None]
    status = Counter(one["status"] for one in mutants)
    left_out = CONTRACTS.get(name, LeftOut("it has no CONTRACT in its file of the corpus yet"))
    passed = [one for one in wrong if one["accepted"] or CHECK_ERROR in one["scores"]]
    several = [one for one in [*answers, *mutants] if len(one["scores"]) > 1]
    pairs = [_pair(name, pair, answers) for pair in PAIRS.get(name, ())]
    return {
        "lesson": next(one.lesson for one in exercises() if one.name == name),
        "code": code_of(name),
        "seeds": {"scores": mine.scores, "names": mine.names, "generated": mine.generated},
        "right": {"answers": len(right), "accepted": sum(not one["refused"] for one in right)},
        "written": {"answers": len(wrong), "rejected": len(wrong) - len(passed)},
        "named": {
            "mistakes": len(known),
            "correctly": sum(list(one["names"]) == [one["mistake"]] for one in known),
            "wrongly": sum(any(given not in ("None", str(one["mistake"])) for given in one["names"]) for one in wrong),
        },
        "generated": {
            "answers": len(mutants),
            "wrong": status["rejected"] + status["survived"],
            "rejected": status["rejected"],
            "equivalent": status["equivalent"],
            "disputed": status["disputed"],
            "left out": left_out.reason if isinstance(left_out, LeftOut) else "",
        },
        "one score": {
            "answers": len(answers),
            "kept": sum(len(one["scores"]) == 1 for one in answers),
            "generated": len(mutants),
            "generated kept": sum(len(one["scores"]) == 1 for one in mutants),
            "pairs": len(pairs),
            "pairs kept": sum(not one["broken"] for one in pairs),
        },
        "problems": {
            "right refused": [one for one in right if one["refused"]],
            "wrong accepted": passed,
            "not named as it should be": [one for one in wrong if _misnamed(one)],
            "survived": [one for one in mutants if one["status"] == "survived"],
            "disputed": [one for one in mutants if one["status"] == "disputed"],
            "more than one score": several,
            "fewer points for the better answer": [one for one in pairs if one["broken"]],
            "fails first elsewhere": [one for one in mutants if one.get("elsewhere")],
        },
    }


def _joined(pieces: Sequence[Result]) -> list[Result]:
    """Put together what was counted on one range of seeds after another, answer by answer."""
    found: dict[str, Result] = {}
    for piece in pieces:
        one = found.setdefault(
            piece["answer"],
            {"answer": piece["answer"], "scores": Counter(), "refused": [], "accepted": [], "verdict": ""},
        )
        one["scores"].update(piece["scores"])
        one["refused"] = one["refused"] + piece["refused"]
        one["accepted"] = one["accepted"] + piece["accepted"]
        one["verdict"] = one["verdict"] or piece["verdict"]
    return list(found.values())


def _pair(name: str, pair: Pair, answers: Sequence[Result]) -> Result:
    """Return a pair of answers, and whether the better one got fewer points on some seed than the other on some seed."""
    scores = {
        one["answer"]: [float(score) for score in one["scores"] if score not in (NO_END, CHECK_ERROR)]
        for one in answers
    }
    better, worse = (str(entry_called(style, name, entries())) for style in pair)
    broken = min(scores[better], default=0.0) < max(scores[worse], default=0.0)
    return {"answer": better, "worse": worse, "broken": broken}


def code_of(name: str) -> str:
    """Return a digest of the code that a row is about: the exercise, its answers, and the judge."""
    return fingerprint(name, True)[:12]


def _misnamed(result: Result) -> bool:
    names = list(result["names"])
    return bool(names) and names != [str(result["mistake"])]


def write(found: dict[str, Row]) -> None:
    """Write both files; the rows of exercises that were not measured this time are kept."""
    before = read()
    merged = {**before, **found}
    ordered = {one.name: merged[one.name] for one in exercises() if one.name in merged}
    machine = {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]}
    JSON.parent.mkdir(exist_ok=True)
    JSON.write_text(json.dumps({"command": "make judge-report", **machine, "exercises": ordered}, indent=1) + "\n")
    PAGE.write_text(page(ordered))


def read() -> dict[str, Row]:
    """Return the rows that are written down, {} if there are none."""
    if not JSON.exists():
        return {}
    found: dict[str, Row] = json.loads(JSON.read_text())["exercises"]
    return found


_TITLE = """# How good the checks are

A check is only worth something if wrong answers fail it and right ones pass. This table is measured, by `make judge-report`;
nothing in it is typed. CI fails if it gets worse. All of these answers were written for this project or generated by it;
[answers that other people published](wild.md) and [answers drawn at random](random-answers.md) are counted apart.

- **Right answers** are written in really different styles: loops, views, float64 inside, in place on a copy, other formulas.
  Each must be accepted on every seed.
- **Written wrong answers** are the known mistakes of the exercise and others that learners make. Each must be rejected on
  every seed.
- **Generated wrong answers** are right answers with one change in their syntax tree: another operator, constant, axis or
  variable, a transpose, a dropped term, swapped arguments, an off-by-one slice, another dtype, in place instead of a copy.
  Each must be rejected on every seed. Some changes change nothing that the contract speaks of; an oracle that shares no code
  with the judge's comparison, and draws inputs of its own, sorts these out as *equivalent*.
- **One score**: an answer gets the same points whatever inputs are drawn, written answers on the left and generated ones on the
  right. Where an exercise has partial credit, pairs of answers are [declared](../tests/corpus/ordered.py) of which the first is
  the better one and never gets fewer points.
- **Named**: of the known mistakes, how many are called by their name on every seed, and how many answers by a wrong one.
"""
HEAD = (
    "| exercise | right accepted | wrong rejected, written | wrong rejected, generated | equivalent | one score, written "
    "| one score, generated | named | named wrongly |"
)


def page(found: dict[str, Row]) -> str:
    """Return the page: the table, its sums, how much was tried, and everything that is not as it should be."""
    lines = [_TITLE, HEAD, "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    lines += [_line(f"`{name}`", [row]) for name, row in found.items()]
    lines.append(_line("**all**", list(found.values())))
    lines += ["", *_notes(found), "", "## What is not as it should be", "", *(_problems(found) or ["Nothing."])]
    return "\n".join(lines) + "\n"


_KEPT = (("kept", "answers"), ("generated kept", "generated"))


def _line(title: str, some: list[Row]) -> str:
    known = all(row["one score"] for row in some)

    def total(part: str, key: str) -> int:
        return sum(int(row[part][key]) for row in some)

    cells = [
        f"{total('right', 'accepted')} / {total('right', 'answers')}",
        f"{total('written', 'rejected')} / {total('written', 'answers')}",
        f"{total('generated', 'rejected')} / {total('generated', 'wrong')}",
        str(total("generated", "equivalent")),
        *(f"{total('one score', kept)} / {total('one score', all_)}" if known else "–" for kept, all_ in _KEPT),
        f"{total('named', 'correctly')} / {total('named', 'mistakes')}",
        str(total("named", "wrongly")),
    ]
    return f"| {title} | {' | '.join(cells)} |"


def _notes(found: dict[str, Row]) -> list[str]:
    usual = Counter(json.dumps(row["seeds"]) for row in found.values()).most_common(1)
    lines = []
    for seeds, _ in usual:
        counts = json.loads(seeds)
        lines.append(
            f"Seeds: {counts['scores']} for the scores of written answers, {counts['names']} for the names of the wrong ones, "
            f"{counts['generated']} for generated ones."
        )
        others: dict[str, list[str]] = {}
        for name, row in found.items():
            if row["seeds"] != counts:
                others.setdefault(", ".join(str(row["seeds"][kind]) for kind in counts), []).append(f"`{name}`")
        lines += [f"Otherwise for {', '.join(names)}: {numbers}." for numbers, names in others.items()]
    scored = [row["one score"] for row in found.values() if row["one score"]]
    pairs, kept = (sum(one[key] for one in scored) for key in ("pairs", "pairs kept"))
    lines.append(f"Of {pairs} pairs of a better and a worse answer the better one never got fewer points in {kept}.")
    if len(scored) < len(found):
        lines.append(
            f"Whether an answer keeps one score (–) has not been measured yet for {len(found) - len(scored)} exercises."
        )
    for name, row in found.items():
        if row["generated"]["left out"]:
            lines.append(f"`{name}` has no generated wrong answers: {row['generated']['left out']}.")
    older = [name for name, row in found.items() if row.get("code") != code_of(name)]
    if older:
        which = "All rows" if len(older) == len(found) else f"The rows of {', '.join(f'`{name}`' for name in older)}"
        lines += [
            "",
            f"{which} were measured before the judge or the exercise was last changed. The tests try a sample of these answers.",
        ]
    return lines


def _problems(found: dict[str, Row]) -> list[str]:
    lines = []
    for name, row in found.items():
        for title, results in row["problems"].items():
            for result in results:
                lines += [f"- `{name}`, {title}: {_told(title, result)}", *_change(result)]
    return lines


def _told(title: str, result: Result) -> str:
    answer = result["answer"].split(": ", 1)[1]
    if title == "right refused":
        return f"{answer}, on {len(result['refused'])} seeds, first {result['refused'][0]}"
    if title == "wrong accepted":
        errors = result["scores"].get(CHECK_ERROR, 0)
        crashed = f", an error in the check on {errors}" if errors else ""
        return f"{answer}, accepted on {len(result['accepted'])} of {result['seeds']} seeds{crashed}"
    if title == "not named as it should be":
        names = ", ".join(f"{given} {count} times" for given, count in result["names"].items())
        return f"{answer}; should be {result['mistake']}, is {names}"
    if title == "more than one score":
        scores = ", ".join(f"{score} on {count}" for score, count in result["scores"].items())
        return f"{answer}{', ' + result['mutant'] if 'mutant' in result else ''}: {scores}"
    if title == "fewer points for the better answer":
        return f"{answer}, beside {result['worse'].split(': ', 1)[1]}"
    if title == "fails first elsewhere":
        return f"{answer}, {result['mutant']}: first in {result['elsewhere']}"
    why = result.get("evidence") or result.get("verdict", "").partition("\n")[0] or "wrong by the oracle"
    return f"{answer}, {result['mutant']}, seed {result['seed']}: {why}"


def _change(result: Result) -> list[str]:
    """Return the difference between a right answer and the generated one, as an indented block."""
    if "source" not in result:
        return []
    import ast

    entry = next(one for one in entries() if one.right and str(one) == result["answer"])
    before, after = ast.unparse(source_tree(entry.function)).splitlines(), result["source"].splitlines()
    lines = [
        line
        for line in difflib.unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    return ["", *(f"      {line}" for line in lines), ""]

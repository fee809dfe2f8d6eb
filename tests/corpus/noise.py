"""Answers drawn at random, without regard to the input: none of them may earn anything, break the check, or say what cannot be written.

    python -m tests.corpus.noise [--count 10000] [--exercise NAME]

writes docs/random-answers.md. It goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from grading import exercise, exercises, judge
from grading.judging import Outcome, Verdict
from grading.judging.judge import judge_briefly
from tests.corpus.entries import entries
from tests.corpus.run import ROOT, fingerprint

PAGE = ROOT / "docs" / "random-answers.md"
JOURNAL = ROOT / "build" / "judge" / "random-answers.jsonl"
_BLOCK = 250
# So many answers in a row are judged on one seed: its cases and what is right for them are computed once.
_ANSWERS_ON_A_SEED = 25
# So many answers have one among them whose verdict is explained as a learner's is; of the others the explanation is left out.
_EXPLAINED = 10

FLOATS = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16,
    torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2, torch.float8_e5m2fnuz,
)  # fmt: skip
OTHERS = (torch.int64, torch.int32, torch.int8, torch.uint8, torch.bool, torch.complex64)
NUMBERS = (0.0, 1.0, -1.0, 0.5, 0.25, -0.0, 2.0, 1e-3, 1e30, float("inf"), float("-inf"), float("nan"))
TEXTS = ("", "relu", "\udcc3", "\x1b[31m", "\x9b2J", "\u202e", "\0", "</script>", "é" * 3000)


class Noise:
    """A source of values of every kind; the same seed gives the same values."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.dtypes = FLOATS if self.random.random() < 0.85 else OTHERS
        self.one_dtype = self.random.choice(self.dtypes) if self.random.random() < 0.8 else None

    def tensor(self, shape: tuple[int, ...]) -> Tensor:
        """Return a tensor of this shape, or in every fifth case of another one."""
        dtype = self.one_dtype or self.random.choice(self.dtypes)
        return self._values(self._shape(shape)).to(dtype)

    def _shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        kind = self.random.random()
        if kind < 0.1:
            return tuple(self.random.randrange(5) for _ in range(self.random.randrange(4)))
        if kind < 0.2:
            return self.random.choice([shape[::-1], (*shape, 1), (1, *shape), shape[1:]])
        return shape

    def _values(self, shape: tuple[int, ...]) -> Tensor:
        generator = torch.Generator().manual_seed(self.random.getrandbits(32))
        normal = torch.randn(shape, generator=generator, dtype=torch.float64)
        return self.random.choice(
            [
                lambda: torch.full(shape, self.random.choice(NUMBERS), dtype=torch.float64),
                lambda: normal,
                lambda: normal * 10 ** self.random.uniform(-6, 6),
                lambda: torch.rand(shape, generator=generator, dtype=torch.float64),
                lambda: torch.randint(-2, 3, shape, generator=generator).double(),
            ]
        )()

    def number(self) -> Any:
        """Return a number of some type."""
        value = self.random.choice([*NUMBERS, self.random.random(), self.random.gauss(0, 10)])
        kinds: list[Callable[[], Any]] = [
            lambda: value,
            lambda: np.float32(value),
            lambda: self.random.randrange(-5, 500),
            lambda: self.tensor(()),
        ]
        return self.random.choice(kinds)()

    def other(self) -> Any:
        """Return something that does not answer anything, or raise."""
        text = self.random.choice(TEXTS)
        if self.random.random() < 0.3:
            raise self.random.choice(
                [ValueError, NotImplementedError, type(text.replace("\0", "") or "E", (Exception,), {})]
            )(text)
        return self.random.choice(
            [
                None,
                ...,
                text,
                {text: 1.0},
                [text],
                (),
                [],
                {},
                np.full((2, 3), np.nan),
                type(f"a{text}".replace("\0", ""), (), {})(),
                10**400,
                object,
            ]
        )

    def like(self, value: Any) -> Any:
        """Return noise in the form of a value."""
        if isinstance(value, Tensor):
            return self.tensor(tuple(value.shape))
        if isinstance(value, Mapping):
            return {key: self.like(branch) for key, branch in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.like(branch) for branch in value)
        return (
            self.number() if isinstance(value, int | float | np.generic) else value if value is None else self.other()
        )

    def overwrite(self, tree: Any) -> None:
        """Write noise into every tensor of an argument."""
        if isinstance(tree, nn.Module):
            tree = list(tree.parameters())
        if isinstance(tree, Tensor):
            with torch.no_grad():
                tree.copy_(self._values(tuple(tree.shape)).to(tree.dtype))
        elif isinstance(tree, Mapping | list | tuple):
            for branch in tree.values() if isinstance(tree, Mapping) else tree:
                self.overwrite(branch)


@dataclass(frozen=True)
class RandomAnswer:
    """The answer with this number: noise in the form that right answers have, or something else altogether.

    Where the exercise changes its arguments, so does half of the answers, with noise. Half of the answers are the same at
    every call, as functions are that ignore what they get.
    """

    name: str
    number: int

    def __call__(self, *arguments: Any) -> Any:
        """Return noise."""
        chooser = random.Random(f"{self.name}/{self.number}")
        odd, writes, fixed = (chooser.random() < share for share in (0.15, 0.5, 0.5))
        noise = Noise(f"{self.name}/{self.number}/{0 if fixed else int(torch.randint(2**31, ()))}")
        if odd:
            return noise.other()
        form = _right(self.name)(*map(_copied, arguments))
        changed = zip(exercise(self.name).parameters, arguments, strict=False)
        for parameter, argument in changed:
            if writes and parameter in exercise(self.name).may_change:
                noise.overwrite(argument)
        return noise.like(form)


def _right(name: str) -> Callable[..., Any]:
    return next(entry.function for entry in entries() if entry.right and entry.exercise == name)


def _copied(argument: Any) -> Any:
    if isinstance(argument, Mapping):
        return {key: _copied(branch) for key, branch in argument.items()}
    if isinstance(argument, Tensor):
        return argument.detach().clone().requires_grad_(argument.requires_grad)
    return copy.deepcopy(argument) if isinstance(argument, nn.Module | list) else argument


def fault_of(verdict: Verdict) -> str:
    """Return what is wrong with a verdict on a random answer; "" if nothing is."""
    if verdict.outcome is Outcome.CHECK_ERROR:
        return "error in the check"
    if verdict.score > 0 or verdict.outcome is Outcome.NOT_ATTEMPTED:
        return f"{verdict.outcome}, score {verdict.score:g}"
    try:
        for text in (str(verdict), verdict.html(), json.dumps(verdict.to_dict(), ensure_ascii=False)):
            text.encode("utf-8")
    except UnicodeEncodeError:
        return "cannot be written as UTF-8"
    return ""


@dataclass(frozen=True)
class Block:
    """Some of the random answers to one exercise, a piece of work of some seconds."""

    name: str
    start: int
    stop: int

    def do(self) -> dict[int, str]:
        """Judge the answers; return the faults by the number of the answer."""
        torch.set_num_threads(1)
        return {number: fault for number in range(self.start, self.stop) if (fault := self._fault(number))}

    def _fault(self, number: int) -> str:
        one, answer, seed = exercise(self.name), RandomAnswer(self.name, number), number // _ANSWERS_ON_A_SEED
        if number % _EXPLAINED == 0:
            return fault_of(judge(one, answer, "cpu", seed))
        try:
            return fault_of(judge_briefly(one, answer, "cpu", seed))
        except Exception as error:
            return f"error in the check: {type(error).__name__}"

    @property
    def key(self) -> str:
        """What the result depends on."""
        return f"{self.name}/{self.start}/{self.stop}/{fingerprint(self.name, False)[:16]}"


def measure(names: Sequence[str], count: int) -> dict[str, dict[int, str]]:
    """Judge so many random answers to each exercise, on all cores; what an earlier run did is not done again."""
    done: dict[str, dict[int, str]] = {}
    if JOURNAL.exists():
        for line in JOURNAL.read_text().splitlines():
            entry = json.loads(line)
            done[entry["key"]] = {int(number): fault for number, fault in entry["faults"].items()}
    blocks = [Block(name, a, min(a + _BLOCK, count)) for name in names for a in range(0, count, _BLOCK)]
    missing = [block for block in blocks if block.key not in done]
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    with JOURNAL.open("a") as journal, ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(block.do): block for block in missing}
        for future in tqdm(as_completed(futures), total=len(futures), unit="block", file=sys.stderr):
            block, faults = futures[future], future.result()
            done[block.key] = faults
            journal.write(json.dumps({**asdict(block), "key": block.key, "faults": faults}) + "\n")
            journal.flush()
    found: dict[str, dict[int, str]] = {name: {} for name in names}
    for block in blocks:
        found[block.name].update(done[block.key])
    return found


_HEAD = """\
# What random answers get

An answer that is drawn without regard to its input must earn nothing, whatever its form. Each of these returned numbers drawn
at random (zeros, ones, infinities and NaN among them) in the shapes of a right answer or in others, in every floating-point dtype
of PyTorch and in others, wrote them into its arguments, returned something else altogether, or raised. A fault is:
points, an error in the check, the outcome "not attempted", or a verdict that cannot be written as UTF-8.

`make judge-noise` makes this page. The inputs of the checks are drawn anew for every {on_a_seed} answers; one verdict in {explained} is
explained, with a mistake and an example looked for, as learners see it.

| exercise | random answers | faults |
|---|---:|---:|
"""


def page(rows: Mapping[str, tuple[int, int]]) -> str:
    """Return the page for these rows: by exercise, how many answers were tried and how many faults were found."""
    lines = [f"| `{name}` | {count:,} | {faults} |" for name, (count, faults) in rows.items()]
    count, faults = (sum(row[place] for row in rows.values()) for place in (0, 1))
    return (
        _HEAD.format(on_a_seed=_ANSWERS_ON_A_SEED, explained=_EXPLAINED)
        + "\n".join([*lines, f"| **all** | **{count:,}** | **{faults}** |"])
        + "\n"
    )


def rows_of(text: str) -> dict[str, tuple[int, int]]:
    """Return the rows of the page."""
    found = re.findall(r"^\| `(.+?)` \| ([\d,]+) \| (\d+) \|$", text, re.M)
    return {name: (int(count.replace(",", "")), int(faults)) for name, count, faults in found}


def main() -> int:
    """Run the command; return 1 if a random answer got what it should not."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.noise", description=__doc__)
    parser.add_argument(
        "--exercise", action="append", default=[], help="only this exercise; the rows of the others are kept"
    )
    parser.add_argument("--count", type=int, default=10_000, help="answers for every exercise (default: 10,000)")
    arguments = parser.parse_args()
    names = [one.name for one in exercises() if not one.manual]
    if not set(arguments.exercise) <= set(names):
        parser.error(f"there is no exercise {min(set(arguments.exercise) - set(names))!r}")
    found = measure(arguments.exercise or names, arguments.count)
    for name, faults in found.items():
        for number, fault in list(faults.items())[:5]:
            print(f"{name}, answer {number}: {fault}")
    rows = {**rows_of(PAGE.read_text("utf-8")), **{name: (arguments.count, len(one)) for name, one in found.items()}}
    PAGE.write_text(page({name: rows[name] for name in names if name in rows}), "utf-8")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())

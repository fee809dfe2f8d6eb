"""Measure how long an epoch of lesson 04 takes, and write the tables into README.md beside this file: `python -m benchmarks.training`.

Every contender trains the same network by the same recipe in a process of its own, with one thread, by turns, in several rounds.
Libraries that the course does not need are installed into build/rivals; where that fails, their rows say why.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.training.recipe import Recipe, images
from benchmarks.training.tried import tried

ROOT = Path(__file__).parents[2]
README = Path(__file__).parent / "README.md"
RIVALS = ROOT / "build" / "rivals"
PACKAGES = ("lightning", "keras", "jax", "optax", "scikit-learn")
FLOOR, LOOP, OURS = "the matrix products alone", "a plain loop over tensors", "ours"
HERE = (
    FLOOR,
    LOOP,
    OURS,
    "ours, drawn",
    "d2l's trainer, our data",
    "d2l's trainer, its tensor loader",
)
SLOW = (
    "d2l, no workers",
    "d2l, 2 workers",
    "d2l, 4 workers",
    "d2l, 4 workers, drawn",
)
ELSEWHERE = ("scikit-learn's MLPClassifier", "PyTorch Lightning", "Keras 3 on PyTorch", "JAX with optax")
GOAL = 0.85
GROWTH = (
    *(Recipe(widths=(width,)) for width in (64, 256, 1024)),
    *(Recipe(widths=(256,) * depth) for depth in (2, 4)),
    *(Recipe(batch_size=size) for size in (64, 1024)),
)
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"
# A contender that needs longer than this for all of its epochs is not waited for.
_PATIENCE = 1200


@dataclass(frozen=True)
class Row:
    """What a contender needs: seconds of the processor and by the clock for an epoch, and for what comes before the first."""

    name: str
    processor: float
    clock: float
    start: float
    goal: float | None
    accuracy: float
    memory: float


def row(name: str, runs: Sequence[dict[str, Any]]) -> Row:
    """Return the row of a contender: the median epoch of all rounds, and of the rest the best round."""
    return Row(
        name,
        statistics.median(seconds for run in runs for seconds in run["processor"]),
        statistics.median(seconds for run in runs for seconds in run["clock"]),
        min(run["start"] for run in runs),
        min((found for run in runs if (found := until_goal(run)) is not None), default=None),
        statistics.mean(run["accuracy"][-1] for run in runs),
        min(run["memory"] for run in runs),
    )


def until_goal(run: dict[str, Any]) -> float | None:
    """Return the seconds of the processor, start included, until an epoch ended with the accuracy that is the goal."""
    spent: float = run["start"]
    for seconds, accuracy in zip(run["processor"], run["accuracy"], strict=True):
        spent += seconds
        if accuracy >= GOAL:
            return spent
    return None


def run(name: str, recipe: Recipe, python: str = sys.executable, threads: str = "1") -> dict[str, Any]:
    """Train in a process of its own and return what its epochs took. Raises RuntimeError with the last line of its complaint.

    threads: a number; "default" for what PyTorch takes by itself, "free" for what is free.
    """
    given = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in given},
        **(given if threads.isdigit() else {}),
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
        "MPLBACKEND": "agg",
        "PYTHONPATH": str(ROOT),
    }
    command = [python, "-m", "benchmarks.training.one", name, json.dumps(asdict(recipe)), threads]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=_PATIENCE)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def rivals() -> tuple[str, str]:
    """Return the Python that has the other libraries, and why there is none if there is none."""
    python = RIVALS / "bin" / "python"
    if not (RIVALS / "installed").exists():
        venv.create(RIVALS, with_pip=True, clear=True)
        packages = next(RIVALS.glob("lib/python*/site-packages"))
        # The course's own environment beneath, so that PyTorch and d2l are the same ones.
        (packages / "course.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return "", (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        (RIVALS / "installed").touch()
    return str(python), ""


def measured(
    names: Sequence[str],
    recipe: Recipe,
    rounds: int,
    pythons: Callable[[str], tuple[str, str]],
    so_far: Callable[[list[Row], dict[str, str]], None] = lambda *_: None,
) -> tuple[list[Row], dict[str, str]]:
    """Let all train by turns; return their rows, and the reasons of those who could not. `so_far` gets the same after each of them."""
    runs: dict[str, list[dict[str, Any]]] = {}
    missing: dict[str, str] = {}
    rows: list[Row] = []
    for number in range(rounds):
        for name in [name for name in names if name not in missing]:
            python, reason = pythons(name)
            try:
                if reason:
                    raise RuntimeError(reason)
                # The same seeds for all: the accuracy is a mean over them.
                runs.setdefault(name, []).append(run(name, replace(recipe, seed=number), python))
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                missing[name] = str(error)
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            rows = [row(name, found) for name, found in runs.items() if name not in missing]
            waiting = {name: "not measured yet" for name in names if name not in runs and name not in missing}
            so_far(rows, {**missing, **waiting})
    return rows, missing


def table(rows: Sequence[Row], missing: dict[str, str], recipe: Recipe, rounds: int) -> str:
    """Return the first part of the page."""
    floor = next(one.processor for one in rows if one.name == FLOOR)
    best = min((one for one in rows if one.name != FLOOR), key=lambda one: one.processor)
    lines = [
        f"{platform.system()} with {os.cpu_count()} cores, Python {platform.python_version()}, PyTorch {torch.__version__}, one "
        f"thread; {images().raw.origin.split(' (')[0]}: {len(images().y):,} images. {recipe.epochs} epochs, {rounds} rounds, by turns.",
        "",
        f"| contender | processor, s an epoch | times the products | clock, s an epoch | before the first, s | until {GOAL}, s | "
        f"accuracy after {recipe.epochs} | memory, MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in sorted(rows, key=lambda one: one.processor):
        goal = "not reached" if one.goal is None else f"{one.goal:.1f}"
        goal, accuracy = ("", "") if one.name == FLOOR else (goal, f"{one.accuracy:.4f}")
        name = f"**{one.name}**" if one.name.startswith(OURS) else one.name
        lines.append(
            f"| {name} | {one.processor:.3f} | {one.processor / floor:.2f} | {one.clock:.2f} | {one.start:.1f} | {goal} | "
            f"{accuracy} | {one.memory:.0f} |"
        )
    lines += ["", *(f"- {name} is missing: {reason}" for name, reason in missing.items()), ""]
    lines += [f"The least processor time of all that learn: {best.name}.", ""]
    return "\n".join(lines)


def growth(rounds: int) -> str:
    """Return the second part of the page: the products, the loop and ours, as the network and the batch grow."""
    lines = [
        "| hidden layers | batch | products, s | plain loop | ours |",
        "|---|--:|--:|--:|--:|",
    ]
    for recipe in GROWTH:
        rows, _ = measured((FLOOR, LOOP, OURS), replace(recipe, epochs=2), rounds, _here)
        floor, loop, ours = (one.processor for one in rows)
        widths = " × ".join(map(str, recipe.widths))
        lines.append(
            f"| {widths} | {recipe.batch_size} | {floor:.3f} | {loop / floor:.2f} times | {ours / floor:.2f} times |"
        )
    return "\n".join(lines) + "\n"


def beside_others(rounds: int) -> str:
    """Return the third part of the page: epochs while two other programs compute all the time."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    found: dict[str, list[dict[str, Any]]] = {"default": [], "free": []}
    try:
        for _ in range(rounds):
            for threads, runs in found.items():
                runs.append(run(OURS, Recipe(epochs=3), threads=threads))
    finally:
        for one in busy:
            one.kill()
            one.wait()
    default, free = (statistics.median(seconds for one in runs for seconds in one["clock"]) for runs in found.values())
    numbers = {name: sorted({one["threads"] for one in runs}) for name, runs in found.items()}
    return (
        f"Two programs beside that compute all the time: with PyTorch's default ({numbers['default']} threads) an epoch takes "
        f"{default:.2f} s by the clock, with `use_free_processors()` ({numbers['free']}) {free:.2f} s: {default / free:.1f} times.\n"
    )


def _here(_: str) -> tuple[str, str]:
    return sys.executable, ""


def main() -> int:
    """Measure, print and write the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", help="only this contender; the table is printed, not written")
    arguments = parser.parse_args()
    recipe = Recipe(epochs=arguments.epochs)
    elsewhere = rivals() if not arguments.only or set(arguments.only) & set(ELSEWHERE) else ("", "")
    names = [name for name in (*HERE, *ELSEWHERE, *SLOW) if not arguments.only or name in (FLOOR, *arguments.only)]
    text = ""

    def so_far(rows: list[Row], missing: dict[str, str]) -> None:
        nonlocal text
        if len(rows) > 1:
            text = table(rows, missing, recipe, arguments.rounds)
            publish(text, arguments)

    measured(names, recipe, arguments.rounds, lambda name: elsewhere if name in ELSEWHERE else _here(name), so_far)
    if not arguments.only:
        for part in (tried, beside_others, growth):
            text += "\n" + part(arguments.rounds)
            publish(text, arguments)
    return 0


def publish(text: str, arguments: argparse.Namespace) -> None:
    """Print what is measured so far, and write it if it is of all contenders."""
    print(text, flush=True)
    if not arguments.only:
        page = README.read_text(encoding="utf-8")
        before, after = page[: page.index(_BEGIN) + len(_BEGIN)], page[page.index(_END) :]
        README.write_text(before + text + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

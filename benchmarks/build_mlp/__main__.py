"""Measure what luck does to a score of `build_mlp`, and write the table into README.md beside this file: `python -m benchmarks.build_mlp`.

Each network is trained once from every seed: another random start, another order of the images, other places to which they are
moved, as the seed draws them. The judge itself keeps start and order. Then the images that decide are drawn again and again out of
themselves, as many as there are: that is the luck of which images are in the package. A score that lies in another step than the
mean of all counts as another score. The last rows need the whole of Fashion-MNIST on this machine.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from benchmarks.build_mlp.networks import Network, Smuggled, nearest, networks, trained_beforehand
from benchmarks.build_mlp.right import right_about, right_on
from grading.catalogue.fashion_mnist.build_mlp.examine import ALL, HALF, HONOUR
from grading.catalogue.fashion_mnist.build_mlp.images import images, renamed
from grading.data.fashion import FashionMNIST, fashion_mnist

README = Path(__file__).parent / "README.md"
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"
_RESAMPLED = 20_000
# Seeds of what takes long and says the same on every seed.
_FEW = 2


@dataclass(frozen=True)
class Row:
    """What one network gets: over the seeds, and over the seeds and images drawn again."""

    name: str
    mean: float
    lowest: float
    highest: float
    spread: float
    spread_with_images: float
    share: float
    other: float


def row(name: str, right: Sequence[Tensor]) -> Row:
    """Return the row of a network from which images it is right about, by seed."""
    every = torch.stack(list(right)).double()  # (seeds, images)
    accuracies, images_asked = every.mean(dim=1), every.shape[1]
    generator = torch.Generator().manual_seed(0)
    chosen = accuracies[torch.randint(0, len(accuracies), (_RESAMPLED,), generator=generator)]
    # Of images that are drawn with replacement, the number of right ones is binomial.
    again = torch.binomial(torch.full_like(chosen, images_asked), chosen, generator) / images_asked
    mean = float(accuracies.mean())
    other = sum(share(accuracy) != share(mean) for accuracy in again.tolist()) / _RESAMPLED
    lowest, highest = float(accuracies.min()), float(accuracies.max())
    return Row(name, mean, lowest, highest, float(accuracies.std()), float(again.std()), share(mean), other)


def share(accuracy: float) -> float:
    """Return the share of the points."""
    return 0.5 * (accuracy >= HALF) + 0.5 * (accuracy >= ALL)


def measured(seeds: int, only: str) -> list[Row]:
    """Return the rows of the networks with this text in their names."""
    names = [network.name for network in networks() if only in network.name]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        done = pool.map(right_on, range(seeds), [only] * seeds)
        tables = list(tqdm(done, total=seeds, unit="seed", file=sys.stderr))
    by_network = zip(names, zip(*tables, strict=True), strict=True)
    return [row(name, [torch.from_numpy(one) for one in right]) for name, right in by_network]


def _smuggled(known: nn.Module) -> tuple[nn.Module, dict[str, float]]:
    return Smuggled(known), {"lr": 1.0, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 100, "epochs": 6}


def known_beforehand() -> Iterator[tuple[str, list[Tensor]]]:
    """Yield what comes of knowing images from elsewhere: of looking up the nearest, and of a network that learned them before."""
    sample, whole = fashion_mnist(source="sample"), fashion_mnist(download=False)
    yield "the nearest image of the sample", nearest_on(*_all_of(sample))
    if len(whole.train_labels) > len(sample.train_labels):
        yield "the nearest of the 60,000 for training", nearest_on(whole.train_images, whole.train_labels)
        yield "the nearest of all 70,000", nearest_on(*_all_of(whole))
        training_set = partial(_smuggled, trained_beforehand(whole.train_images, whole.train_labels))
        yield "trained on the 60,000 before", [right_about(Network("", training_set), seed) for seed in range(_FEW)]
        everything = partial(_smuggled, trained_beforehand(*_all_of(whole)))
        yield "trained on all 70,000 before", [right_about(Network("", everything), seed) for seed in range(_FEW)]


def nearest_on(pixels: Tensor, labels: Tensor) -> list[Tensor]:
    """Return about which images a table of known ones is right, on a few seeds."""
    asked = [images(seed) for seed in range(_FEW)]
    found = [nearest(pixels, renamed(seed)[labels], one.unseen) for seed, one in enumerate(asked)]
    return [one == data.unseen_labels for one, data in zip(found, asked, strict=True)]


def _all_of(data: FashionMNIST) -> tuple[Tensor, Tensor]:
    return torch.cat([data.train_images, data.test_images]), torch.cat([data.train_labels, data.test_labels])


def table(rows: Iterable[Row], seeds: int) -> str:
    """Return the table as Markdown."""
    lines = [
        f"{seeds} seeds ({_FEW} for what was known before), Python {platform.python_version()}, PyTorch {torch.__version__}.",
        "",
        f"Half of the points from {HALF:.2f} on, all from {ALL:.2f}, an honour from {HONOUR:.2f}.",
        "",
        "| network | mean | lowest | highest | spread | with the images' | points | other points, of 1,000 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in rows:
        numbers = (one.mean, one.lowest, one.highest, one.spread, one.spread_with_images)
        cells = " | ".join(f"{number:.4f}" for number in numbers)
        lines.append(f"| {one.name} | {cells} | {2.5 * one.share:g} | {1000 * one.other:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.build_mlp", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument(
        "--only", default="", help="networks with this text in their names; the table is printed, not written"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = measured(arguments.seeds, arguments.only)
    publish(rows, arguments)
    if not arguments.only or arguments.only in "known before":
        rows += [row(name, right) for name, right in known_beforehand()]
        publish(rows, arguments)
    return 0


def publish(rows: Sequence[Row], arguments: argparse.Namespace) -> None:
    """Print the table, and write it if it is of all networks."""
    text = table(rows, arguments.seeds)
    print(text, flush=True)
    if not arguments.only:
        page = README.read_text()
        before, after = page[: page.index(_BEGIN) + len(_BEGIN)], page[page.index(_END) :]
        README.write_text(before + text + after)


if __name__ == "__main__":
    sys.exit(main())

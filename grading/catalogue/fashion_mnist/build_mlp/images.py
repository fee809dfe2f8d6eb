"""The images of one judgement: those that a network learns from, and those that decide.

What decides is not within a learner's reach. It comes from the test set, beyond the part of it in the sample, and from a file
that no kernel sees; its labels go nowhere. The whole set is public, so each image is moved by a part of a pixel that the seed
draws: no pixel is what it is in public, and a table of images and labels finds nothing. The images to learn from are moved
alike, so that a network is asked about what it has learned. The ten labels are renamed by the seed as well.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from grading.data import fashion_mnist
from grading.data.bundled import HELD_OUT
from grading.data.idx import read_idx
from grading.judging.cache import cached
from grading.judging.draw import Draw

# How far an image is moved along each axis at most, in pixels.
FARTHEST = 1.0
# Whoever grades has one seed for a class, whoever learns seed 0.
_MOST_SEEDS = 2
_AT_A_TIME = 250


@dataclass(frozen=True)
class Images:
    """Images `(n, 28, 28)`, uint8, and labels `(n,)`, int64, to learn from and to decide.

    origin: what the images that decide are, as it may follow a number.
    """

    train: Tensor
    train_labels: Tensor
    unseen: Tensor
    unseen_labels: Tensor
    origin: str


@cached(_MOST_SEEDS)
def images(seed: int) -> Images:
    """Return the images of one judgement, moved and with renamed labels as the seed draws. Nobody may write to them."""
    sample = fashion_mnist(source="sample")
    kept = load_held_out(HELD_OUT)
    unseen, labels = kept or (sample.test_images, sample.test_labels)
    names = renamed(seed)
    return Images(
        moved(sample.train_images, Draw("places to learn from", seed)),
        names[sample.train_labels],
        moved(unseen, Draw("places that decide", seed)),
        names[labels],
        "unseen images" if kept else "test images of the sample (the grader has others)",
    )


def renamed(seed: int) -> Tensor:
    """Return the new name of each of the ten labels."""
    return Draw("labels", seed).permutation(10)


def moved(images: Tensor, draw: Draw) -> Tensor:
    """Return images `(n, h, w)`, uint8, each moved along both axes by up to `FARTHEST` pixels; what comes in is black."""
    distances = draw.uniform(len(images), 2, low=-FARTHEST, high=FARTHEST).float()
    # So few at a time that they stay in the processor's cache.
    parts = zip(images.split(_AT_A_TIME), distances.split(_AT_A_TIME), strict=True)
    return torch.cat([_moved_by(part, by) for part, by in parts])


def _moved_by(images: Tensor, distances: Tensor) -> Tensor:
    """Return images, each moved by its two distances: a new pixel is shared by the two old ones that it lies between."""
    found = images.float()
    for axis, padding in ((1, (0, 0, 1, 1)), (2, (1, 1, 0, 0))):
        by = distances[:, axis - 1].reshape(-1, 1, 1)
        room, size = F.pad(found, padding), images.shape[axis]
        found = found * (1 - by.abs())
        found += room.narrow(axis, 0, size) * by.clamp(min=0)
        found += room.narrow(axis, 2, size) * (-by).clamp(min=0)
    return found.round_().to(torch.uint8)


def load_held_out(path: Path) -> tuple[Tensor, Tensor] | None:
    """Return the 5,000 images that decide and their labels, or None where the file is not, as in a learner's package."""
    if not path.is_file():
        return None
    content = gzip.decompress(path.read_bytes())
    found, end = read_idx(content)
    labels, _ = read_idx(content, end)
    return torch.from_numpy(found), torch.from_numpy(labels).long()

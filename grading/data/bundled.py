"""The 6,000 images that come with the course, so that every lesson runs without a network.

The rule: of the training images the first 500 of each class, of the test images the first 100 of each class, both in
the order of the original files. Nobody picked them. Licence and origin lie beside the file, in `sample/`.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from grading.data.files import FILES, Contents
from grading.data.idx import ByteArray, end_of_idx, read_idx, write_idx

SAMPLE = Path(__file__).parent / "sample" / "fashion-mnist-sample.idx.gz"
# What says, wherever images are printed, that these are the ones.
ORIGIN = "bundled sample of 6,000 images"
TRAINING_PER_CLASS = 500
TEST_PER_CLASS = 100
# Where a grader's package has further test images, which decide about networks; a learner's has none.
HELD_OUT = Path(__file__).parents[1] / "catalogue/fashion_mnist/build_mlp/held_out/fashion-mnist-held-out.idx.gz"
HELD_OUT_PER_CLASS = 500


def first_of_each_class(labels: ByteArray, per_class: int) -> npt.NDArray[np.int64]:
    """Return the indices of the first `per_class` entries of every label, in rising order."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:per_class] for label in np.unique(labels)]))


def build_sample(contents: Contents) -> bytes:
    """Choose the sample out of the four files of the full set: four IDX arrays, one after another, packed by gzip."""
    images, labels, test_images, test_labels = (read_idx(contents[file.name])[0] for file in FILES)
    train = first_of_each_class(labels, TRAINING_PER_CLASS)
    test = first_of_each_class(test_labels, TEST_PER_CLASS)
    arrays = (images[train], labels[train], test_images[test], test_labels[test])
    return gzip.compress(b"".join(map(write_idx, arrays)), compresslevel=9, mtime=0)


def build_held_out(contents: Contents) -> bytes:
    """Choose the images that decide out of the four files of the full set: two IDX arrays, packed by gzip.

    Of the test images the next 500 of each class after those of the sample, in the order of the files.
    """
    images, labels = (read_idx(contents[file.name])[0] for file in FILES[2:])
    sample = first_of_each_class(labels, TEST_PER_CLASS)
    chosen = np.setdiff1d(first_of_each_class(labels, TEST_PER_CLASS + HELD_OUT_PER_CLASS), sample)
    return gzip.compress(write_idx(images[chosen]) + write_idx(labels[chosen]), compresslevel=9, mtime=0)


def load_sample(path: Path = SAMPLE) -> Contents:
    """Return the sample in the form of the full set: four IDX files by their names. To unpack it again takes no time."""
    return dict(_unpacked(path))


@cache
def _unpacked(path: Path) -> Contents:
    packed = gzip.decompress(path.read_bytes())
    contents: dict[str, bytes] = {}
    start = 0
    for file in FILES:
        end = end_of_idx(packed, start)
        contents[file.name] = packed[start:end]
        start = end
    return contents

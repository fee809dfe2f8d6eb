"""Show or fetch Fashion-MNIST, or build the sample that comes with the course.

  status    say for each place whether it has the data (the default)
  download  fetch the 70,000 images into the cache, checked, unless they are there
  sample    build the bundled sample of 6,000 images from the full set: the first 500 of each class of the training
            images and the first 100 of each class of the test images, in the order of the files

The cache is $MLP_COURSE_DATA, or mlp-course in the user's cache folder; --root names another one. torchvision and d2l
find the files there, too: torchvision.datasets.FashionMNIST(ROOT).
"""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "show, download or sample Fashion-MNIST"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action", nargs="?", choices=("status", "download", "sample"), default="status", help="what to do"
    )
    parser.add_argument("--root", type=Path, metavar="FOLDER", help="the cache to use")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where `sample` writes (default: into the package)")


def run(arguments: argparse.Namespace) -> int:
    """Run the action and return the exit status."""
    from grading.data.files import default_root

    root: Path = (arguments.root or default_root()).expanduser()
    if arguments.action == "download":
        return _download(root)
    if arguments.action == "sample":
        return _sample(root, arguments.output)
    return _status(root)


def _status(root: Path) -> int:
    from grading.data.bundled import SAMPLE
    from grading.data.files import SYSTEM_PACKAGE, Missing, raw_folder, read_packed, read_unpacked

    places = {
        "cache": (raw_folder(root), read_unpacked),
        "system package": (SYSTEM_PACKAGE, read_packed),
    }
    for name, (folder, read) in places.items():
        found = read(folder)
        state = f"no: {found.reason}" if isinstance(found, Missing) else f"yes: 70,000 images in {folder}"
        print(f"{name:<16}{state}")
    print(f"{'bundled sample':<16}yes: 6,000 images in {SAMPLE}")
    return 0


def _download(root: Path) -> int:
    from grading.data.download import download
    from grading.data.files import Missing, raw_folder, read_unpacked

    folder = raw_folder(root)
    if isinstance(read_unpacked(folder), Missing):
        download(folder)
    print(f"All 70,000 images are in {folder}")
    return 0


def _sample(root: Path, output: Path | None) -> int:
    from grading.data.bundled import SAMPLE, build_sample
    from grading.data.files import SYSTEM_PACKAGE, DataUnavailable, Missing, raw_folder, read_packed, read_unpacked

    contents = read_unpacked(raw_folder(root))
    if isinstance(contents, Missing):
        contents = read_packed(SYSTEM_PACKAGE)
    if isinstance(contents, Missing):
        raise DataUnavailable("The sample is cut from the full set. Run `python -m grading data download` first.")
    target = output or SAMPLE
    sample = build_sample(contents)
    target.write_bytes(sample)
    print(f"{target}: {len(sample):,} bytes")
    return 0

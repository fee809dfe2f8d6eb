"""Show or fetch Fashion-MNIST, or build the sample that comes with the course.

  status    say for each place whether it has the data (the default)
  download  fetch the 70,000 images into the cache, checked, unless they are there
  sample    build the bundled sample of 6,000 images from the full set: the first 500 of each class of the training
            images and the first 100 of each class of the test images, in the order of the files
  held-out  build the 5,000 images by which graders judge networks: the next 500 of each class of the test images

    python -m grading data status
    python -m grading data download

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
        "action", nargs="?", choices=("status", "download", "sample", "held-out"), default="status", help="what to do"
    )
    parser.add_argument("--root", type=Path, metavar="FOLDER", help="the cache to use")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where `sample` and `held-out` write (default: into the package)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the action and return the exit status."""
    from grading.data.files import default_root

    root: Path = (arguments.root or default_root()).expanduser()
    if arguments.action == "download":
        return _download(root)
    if arguments.action in ("sample", "held-out"):
        return _cut(arguments.action, root, arguments.output)
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


def _cut(what: str, root: Path, output: Path | None) -> int:
    from grading.data.bundled import HELD_OUT, SAMPLE, build_held_out, build_sample
    from grading.data.files import SYSTEM_PACKAGE, DataUnavailable, Missing, raw_folder, read_packed, read_unpacked

    contents = read_unpacked(raw_folder(root))
    if isinstance(contents, Missing):
        contents = read_packed(SYSTEM_PACKAGE)
    if isinstance(contents, Missing):
        raise DataUnavailable(
            f"The {what} images are cut from the full set. Run `python -m grading data download` first."
        )
    build, usual = (build_sample, SAMPLE) if what == "sample" else (build_held_out, HELD_OUT)
    target, content = output or usual, build(contents)
    target.write_bytes(content)
    print(f"{target}: {len(content):,} bytes")
    return 0

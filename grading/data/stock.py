"""d2l's own data set class on images that are here already, without a download."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from grading.data.fashion import FashionMNIST
from grading.data.files import FILES, raw_folder, write_unpacked
from grading.data.idx import write_idx

# Below the working directory; d2l writes it into its class, and there is no argument for it.
_D2L_ROOT = "../data"


@contextmanager
def found_by_d2l(images: FashionMNIST) -> Iterator[None]:
    """Let `d2l.FashionMNIST` and torchvision's class find these images, within, where they look before they download.

    Both look in `../data`. Without the four files there they fetch 30 MB from one server, and raise an error where there is no
    network. Within, the working directory is a temporary one, beside which the files lie. The classes read all of the
    images when they are made, so they can be used afterwards; `images.test_images` become their `val`.
    """
    arrays = (images.train_images, images.train_labels, images.test_images, images.test_labels)
    contents = {file.name: write_idx(array.byte().numpy()) for file, array in zip(FILES, arrays, strict=True)}
    with tempfile.TemporaryDirectory(prefix="d2l-") as folder:
        work = Path(folder, "work")
        work.mkdir()
        write_unpacked(raw_folder(work / _D2L_ROOT), contents)
        with chdir(work):
            yield

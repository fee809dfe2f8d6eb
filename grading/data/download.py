"""Fetch Fashion-MNIST from the first mirror that has the right bytes.

Each file is unpacked while it arrives, held in memory (47 MB at most), checked, and only then written.
"""

from __future__ import annotations

import http.client
import sys
import urllib.error
import urllib.request
import zlib
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from grading.data.files import FILES, DataFile, DataUnavailable, Missing, fault, write_unpacked

# Two that are served over TLS, then the original one. All of them keep the files under their original names, with .gz.
MIRRORS = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
TIMEOUT = 10.0  # seconds without a byte
_CHUNK = 1 << 16


def download(
    folder: Path,
    files: Sequence[DataFile] = FILES,
    mirrors: Sequence[str] = MIRRORS,
    timeout: float = TIMEOUT,
) -> None:
    """Write the files into `folder`, unpacked and checked, with a progress bar on the standard output.

    A mirror that fails is asked last for the files that follow. Raises `DataUnavailable` when none has a file; the
    files that were complete by then stay.
    """
    order = list(mirrors)
    total = sum(file.size for file in files)
    # The standard output, since a notebook shows the standard error as if something were wrong.
    with tqdm(total=total, unit="B", unit_scale=True, desc="Fashion-MNIST", file=sys.stdout, leave=False) as bar:
        for file in files:
            failures: dict[str, str] = {}
            for mirror in tuple(order):
                before = bar.n
                content = fetch(f"{mirror}{file.name}.gz", file, timeout, bar)
                if isinstance(content, bytes):
                    write_unpacked(folder, {file.name: content})
                    break
                bar.update(before - bar.n)
                failures[mirror] = content.reason
                order.remove(mirror)
                order.append(mirror)
            else:
                raise DataUnavailable(_explain(file, folder, failures))


def fetch(url: str, file: DataFile, timeout: float, bar: tqdm) -> bytes | Missing:
    """Return the unpacked content behind `url`, or why it is not `file`; advances `bar` by unpacked bytes."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with gzip's header
    content = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            while not unpacker.eof and (chunk := response.read(_CHUNK)):
                # One byte more than there may be is enough to see that a file is too long.
                piece = unpacker.decompress(chunk, file.size + 1 - len(content))
                content += piece
                bar.update(len(piece))
                if len(content) > file.size:
                    return Missing(f"{file.name} is longer than {file.size:,} bytes")
    except TimeoutError:
        return Missing(f"no answer within {timeout:g} s")
    except zlib.error:
        return Missing("what it sent is not a gzip file")
    except (OSError, http.client.HTTPException) as error:
        return Missing(_in_words(error))
    if not unpacker.eof:
        return Missing(f"the file broke off after {len(content):,} of {file.size:,} bytes")
    reason = fault(bytes(content), file)
    return Missing(reason) if reason else bytes(content)


def _in_words(error: Exception) -> str:
    if isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError):
        if isinstance(error.reason, TimeoutError):
            return "no answer in time"
        return f"no connection: {error.reason}"
    return str(error) or type(error).__name__


def _explain(file: DataFile, folder: Path, failures: dict[str, str]) -> str:
    tried = "\n".join(f"  {mirror}: {reason}" for mirror, reason in failures.items())
    return (
        f"{file.name} of Fashion-MNIST could not be downloaded.\n{tried}\n"
        'Without a network, use the 6,000 images that come with the course: fashion_mnist(source="sample").\n'
        "For all 70,000, install Debian's package dataset-fashion-mnist, or copy the four unpacked files from another\n"
        f"computer to {folder}"
    )

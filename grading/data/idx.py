"""The IDX format of the MNIST family: a header with the shape, then one unsigned byte per entry.

Header: two zero bytes, the type (8 for unsigned bytes), the number of dimensions, then each dimension as a big-endian
32-bit integer. Source: http://yann.lecun.com/exdb/mnist, section "The IDX file format".
"""

from __future__ import annotations

import struct
from math import prod

import numpy as np
import numpy.typing as npt

ByteArray = npt.NDArray[np.uint8]


def read_idx(content: bytes, start: int = 0) -> tuple[ByteArray, int]:
    """Return the array that begins at byte `start`, as a copy that may be written to, and where it ends.

    Raises `ValueError` if these bytes are not an IDX array of unsigned bytes.
    """
    shape, header, end = _layout(content, start)
    return np.frombuffer(content, np.uint8, end - header, header).reshape(shape).copy(), end


def end_of_idx(content: bytes, start: int = 0) -> int:
    """Return where the array that begins at byte `start` ends. Raises `ValueError` as `read_idx` does."""
    return _layout(content, start)[2]


def _layout(content: bytes, start: int) -> tuple[tuple[int, ...], int, int]:
    """Return the shape of an array, where its entries begin and where they end."""
    if content[start : start + 3] != b"\x00\x00\x08" or len(content) < start + 4:
        raise ValueError("not an IDX file of unsigned bytes")
    dimensions = content[start + 3]
    header = start + 4 + 4 * dimensions
    if len(content) < header:
        raise ValueError("the header of the IDX file breaks off")
    shape = struct.unpack(f">{dimensions}I", content[start + 4 : header])
    end = header + prod(shape)
    if len(content) < end:
        raise ValueError(f"an IDX array of shape {shape} breaks off after {len(content) - header} bytes")
    return shape, header, end


def write_idx(array: ByteArray) -> bytes:
    """Return `array` as an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()

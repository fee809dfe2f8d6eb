"""Calls and observations as bytes between two processes that do not trust each other: structure as JSON, numbers as raw bytes.

A frame is the length of its structure and of its buffers (two little-endian uint64), the structure, the buffers one after
another. The structure names what is at each place; only what is listed here can be named, so a frame can carry no code,
no object of the sender's making and no reference to anything of the receiver's. Whatever does not fit is a `WireError`.

The file is long because a format is written and read here, and a change to one half has to keep the other in view.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch

from grading.errors import CourseError
from grading.probe.blueprints import Layers, Loss, Pairs
from grading.probe.call import Call, Failure, Observation
from grading.probe.freeze import MOST_PARTS, ORDINARY_DTYPES, Unknown
from grading.probe.functions import ScalarFunction
from grading.probe.generators import SeededGenerator
from grading.probe.helpers import Question, RightValue, Substitution
from grading.probe.networks import Layer, Network
from grading.probe.parameters import LeafParameters
from grading.probe.repeats import Repeated
from grading.probe.steps import WithGradient, WithGradients
from grading.probe.training import Inspection, Training
from grading.units import MEBIBYTE

HEADER = struct.Struct("<QQ")
MOST_STRUCTURE = 4 * MEBIBYTE
MOST_BUFFERS = 128 * MEBIBYTE
MOST_DEPTH = 16
# An observation holds a value and every argument after the call, each of at most `MOST_PARTS` parts.
_MOST_NODES = 8 * MOST_PARTS
_MOST_CHARACTERS = 100_000
_MOST_DIMENSIONS = 32
_MOST_DIGITS = 400

_DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in ORDINARY_DTYPES}
ARRAY_TYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split())
_CONSTANTS = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}

# What the grader sends, besides plain data. All of them are frozen dataclasses of `grading.probe`, plain data themselves.
_REQUESTS: tuple[type, ...] = (
    Call, Network, Layer, LeafParameters, ScalarFunction, Layers, Pairs, Loss,
    Inspection, Training, WithGradient, WithGradients, Repeated, SeededGenerator,
    Substitution, RightValue,
)  # fmt: skip
# What comes back from the learner's process.
_REPLIES: tuple[type, ...] = (Observation, Failure, Question)
RECORDS: dict[str, Any] = {record.__name__: record for record in (*_REQUESTS, *_REPLIES)}


def _usual(part: Field[Any]) -> Any:
    return part.default if part.default_factory is MISSING else part.default_factory()


# By record: its parts, and what they are if nothing is said; MISSING where it has to be said.
_USUAL: dict[str, dict[str, Any]] = {
    name: {part.name: _usual(part) for part in fields(record)} for name, record in RECORDS.items()
}
_NEEDED = {name: {part for part, usual in parts.items() if usual is MISSING} for name, parts in _USUAL.items()}
_COMPARABLE = (bool, int, str, tuple, frozenset, dict, torch.device)


def _is_usual(part: Any, usual: Any) -> bool:
    return part is usual or (type(part) is type(usual) and type(part) in _COMPARABLE and bool(part == usual))


class WireError(CourseError):
    """Bytes that are not a frame, or a value that no frame can hold."""


def encode(value: Any) -> bytes:
    """Return the frame of a value. Raises WireError if some part of it is of no listed kind, or there is too much of it."""
    writer = _Writer()
    structure = json.dumps(writer.node(value, 0), separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )
    if len(structure) > MOST_STRUCTURE or writer.size > MOST_BUFFERS:
        raise WireError(f"{len(structure) + writer.size} bytes are more than one message may hold")
    return b"".join([HEADER.pack(len(structure), writer.size), structure, *writer.buffers])


# By identity: a class is asked the same questions, so a call is sent many times.
_frames: WeakKeyDictionary[Call, bytes] = WeakKeyDictionary()


def frame_of(call: Call) -> bytes:
    """Return the frame of a call, which is made once. Raises WireError."""
    frame = _frames.get(call)
    if frame is None:
        frame = _frames[call] = encode(call)
    return frame


def sizes(header: bytes) -> tuple[int, int]:
    """Return the lengths of structure and buffers that a header promises. Raises WireError if they are too large."""
    if len(header) != HEADER.size:
        raise WireError("the message ends within its header")
    structure, buffers = HEADER.unpack(header)
    if structure > MOST_STRUCTURE or buffers > MOST_BUFFERS:
        raise WireError(f"{structure + buffers} bytes are more than one message may hold")
    return int(structure), int(buffers)


def decode(frame: bytes | bytearray) -> Any:
    """Return the value of a frame. Raises WireError if it is malformed in any way."""
    length, total = sizes(bytes(frame[: HEADER.size]))
    if len(frame) != HEADER.size + length + total:
        raise WireError("the message is shorter or longer than its header says")
    try:
        tree = json.loads(frame[HEADER.size : HEADER.size + length].decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"the structure of the message is not JSON: {error}") from None
    reader = _Reader(bytearray(frame[HEADER.size + length :]))
    value = reader.value(tree, 0)
    if reader.position != total:
        raise WireError("the message has buffers that nothing refers to")
    return value


@dataclass
class _Writer:
    buffers: list[bytes] = field(default_factory=list)
    size: int = 0

    def node(self, value: Any, depth: int) -> Any:
        """Return what stands for a value in the structure; numbers in bulk go to the buffers."""
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int:
            return {"int": str(value)} if value.bit_length() < 1024 else _refuse("a huge int")
        if type(value) is float:
            return {"float": value.hex()}
        if depth > MOST_DEPTH:
            raise WireError("the value is nested too deeply")
        if type(value) in (list, tuple):
            return {type(value).__name__: [self.node(branch, depth + 1) for branch in value]}
        if isinstance(value, Mapping):
            return {"dict": [[_text(key), self.node(branch, depth + 1)] for key, branch in value.items()]}
        if isinstance(value, frozenset):
            return {"set": sorted(map(_text, value))}
        return self.leaf(value, depth)

    def leaf(self, value: Any, depth: int) -> Any:
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, np.ndarray | np.generic):
            return self.array(value)
        if isinstance(value, torch.device):
            return {"device": str(value)}
        if isinstance(value, Unknown):
            return {"unknown": value.type_name[:_MOST_CHARACTERS]}
        for name, constant in _CONSTANTS.items():
            if value is constant:
                return {"constant": name}
        name = type(value).__name__
        if RECORDS.get(name) is type(value):
            parts = ((part, getattr(value, part), usual) for part, usual in _USUAL[name].items())
            told = {part: self.node(one, depth + 1) for part, one, usual in parts if not _is_usual(one, usual)}
            return {"record": [name, told]}
        return _refuse(f"an object of type {type(value).__name__}")

    def tensor(self, value: torch.Tensor) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        if name not in _DTYPES:
            raise WireError(f"a tensor of {name} cannot be sent")
        plain = value.detach().cpu().contiguous()
        # A single element counts as contiguous whatever its stride is, and its bytes do not let themselves be seen with stride 2.
        flat = plain.as_strided((plain.numel(),), (1,))
        self.add(flat.view(torch.uint8).numpy().tobytes() if plain.numel() else b"")
        return {"tensor": [name, list(plain.shape)]}

    def array(self, value: Any) -> Any:
        name = value.dtype.name
        if name not in ARRAY_TYPES:
            raise WireError(f"an array of {name} cannot be sent")
        self.add(np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<")).tobytes())
        return {"array" if isinstance(value, np.ndarray) else "number": [name, list(value.shape)]}

    def add(self, content: bytes) -> None:
        if sys.byteorder != "little":
            raise WireError("this machine stores numbers in big-endian order, which is not supported")
        self.size += len(content)
        if self.size > MOST_BUFFERS:
            raise WireError(f"{self.size} bytes are more than one message may hold")
        self.buffers.append(content)


def _refuse(what: str) -> Any:
    raise WireError(f"{what} cannot be sent")


def _text(value: Any) -> str:
    return value if type(value) is str else _refuse(f"a key of type {type(value).__name__}")


@dataclass
class _Reader:
    buffers: bytearray
    position: int = 0
    nodes: int = 0

    def value(self, tree: Any, depth: int) -> Any:
        """Return the value that a node of the structure stands for."""
        self.nodes += 1
        if self.nodes > _MOST_NODES or depth > MOST_DEPTH:
            raise WireError("the message has too many parts or is nested too deeply")
        if tree is None or type(tree) is bool:
            return tree
        if type(tree) is str:
            return _short(tree)
        if type(tree) is not dict or len(tree) != 1:
            raise WireError("the message holds something that is not a value")
        ((kind, content),) = tree.items()
        reader = getattr(self, f"_{kind}", None) if kind in _KINDS else None
        if reader is None:
            raise WireError(f"the message holds something of the kind {kind[:40]!r}, which is unknown")
        return reader(content, depth)

    def _int(self, content: Any, depth: int) -> int:
        if type(content) is not str or len(content) > _MOST_DIGITS:
            raise WireError("a whole number is malformed")
        try:
            return int(content)
        except ValueError:
            raise WireError("a whole number is malformed") from None

    def _float(self, content: Any, depth: int) -> float:
        if type(content) is not str or len(content) > 40:
            raise WireError("a number is malformed")
        try:
            return float.fromhex(content)
        except (ValueError, OverflowError):
            raise WireError("a number is malformed") from None

    def _list(self, content: Any, depth: int) -> list[Any]:
        return [self.value(branch, depth + 1) for branch in _as_list(content)]

    def _tuple(self, content: Any, depth: int) -> tuple[Any, ...]:
        return tuple(self._list(content, depth))

    def _dict(self, content: Any, depth: int) -> dict[str, Any]:
        pairs = [_as_list(pair, 2) for pair in _as_list(content)]
        return {_short(key): self.value(branch, depth + 1) for key, branch in pairs}

    def _set(self, content: Any, depth: int) -> frozenset[str]:
        self.nodes += len(_as_list(content))
        return frozenset(_short(name) for name in content)

    def _constant(self, content: Any, depth: int) -> Any:
        return _CONSTANTS[_known(content, _CONSTANTS)]

    def _unknown(self, content: Any, depth: int) -> Unknown:
        return Unknown(_short(content))

    def _device(self, content: Any, depth: int) -> torch.device:
        try:
            return torch.device(_short(content))
        except RuntimeError:
            raise WireError("the message names a device that does not exist") from None

    def _tensor(self, content: Any, depth: int) -> torch.Tensor:
        name, shape = _as_list(content, 2)
        dtype = _DTYPES[_known(name, _DTYPES)]
        stored = torch.uint8 if dtype is torch.bool else dtype
        count, part = self._take(shape, stored.itemsize)
        if not count:
            return torch.empty(shape, dtype=dtype)
        flat = torch.frombuffer(part, dtype=stored)
        # Any other byte than 0 and 1 in a bool is undefined behaviour.
        return (flat != 0 if dtype is torch.bool else flat).reshape(shape)

    def _array(self, content: Any, depth: int) -> Any:
        name, shape = _as_list(content, 2)
        dtype = np.dtype(_known(name, ARRAY_TYPES))
        stored = np.dtype("uint8") if name == "bool" else dtype
        _, part = self._take(shape, stored.itemsize)
        flat = np.frombuffer(part, dtype=stored)
        return (flat != 0 if name == "bool" else flat).reshape(shape)

    def _number(self, content: Any, depth: int) -> Any:
        array = self._array(content, depth)
        if array.shape != ():
            raise WireError("a number has a shape")
        return array[()]

    def _take(self, shape: Any, width: int) -> tuple[int, bytearray]:
        """Return how many elements a shape has, and their bytes."""
        if len(_as_list(shape)) > _MOST_DIMENSIONS or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise WireError("a shape is malformed")
        if math.prod(n for n in shape if n) > 2**40:
            raise WireError("a shape is malformed")
        count = math.prod(shape)
        end = self.position + count * width
        if end > len(self.buffers):
            raise WireError("the message has fewer numbers than it says")
        part = self.buffers[self.position : end]
        self.position = end
        return count, part

    def _record(self, content: Any, depth: int) -> Any:
        name, entries = _as_list(content, 2)
        record = RECORDS[_known(name, RECORDS)]
        if type(entries) is not dict or not _NEEDED[name] <= entries.keys() <= _USUAL[name].keys():
            raise WireError(f"a {name} has other parts than it should")
        return record(**{key: self.value(branch, depth + 1) for key, branch in entries.items()})


_KINDS = frozenset("int float list tuple dict set constant unknown device tensor array number record".split())


def _as_list(content: Any, length: int | None = None) -> list[Any]:
    if type(content) is not list or (length is not None and len(content) != length):
        raise WireError("the message holds something other than a list of the right length")
    return content


def _short(content: Any) -> str:
    if type(content) is not str or len(content) > _MOST_CHARACTERS:
        raise WireError("a text is malformed or too long")
    return content


def _known(content: Any, names: Any) -> str:
    if type(content) is not str or content not in names:
        raise WireError("the message names something that is unknown")
    return content

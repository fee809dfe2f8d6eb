"""The learner's own lines among the frames of a traceback or of running code."""

from __future__ import annotations

import linecache
import sysconfig
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from types import FrameType, TracebackType

# What is installed, and what comes with Python, is nobody's answer; neither is what calls it.
_OTHERS = (
    *{
        f"{Path(sysconfig.get_path(name))}/".replace("//", "/")
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
    },
    str(Path(__file__).parent),
    "<frozen ",
)
# So many lines that led to the one that raised are told, and so many of one expression are read.
_MOST_CALLS, _MOST_LINES = 7, 20


def is_learners(frame: FrameType) -> bool:
    """Tell whether a frame runs code of a notebook, of a file of answers or of a session, and not of a library."""
    return not frame.f_code.co_filename.replace("\\", "/").startswith(_OTHERS)


def entries_of(traceback: TracebackType | None) -> Iterator[TracebackType]:
    """Yield the entries of a traceback that are the learner's, the outermost first."""
    while traceback is not None:
        if is_learners(traceback.tb_frame):
            yield traceback
        traceback = traceback.tb_next


def running(frame: FrameType | None, outer: FrameType | None) -> str:
    """Return the learner's line that runs innermost between a frame and one that called it, "" if there is none."""
    while frame is not None and frame is not outer:
        if is_learners(frame):
            return described(frame, frame.f_lineno)
        frame = frame.f_back
    return ""


def source(frame: FrameType, number: int) -> str:
    """Return the text of a line of a frame's code, "" where it is not kept."""
    return linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()


def described(frame: FrameType, number: int) -> str:
    """Return a line with its place, as in "line 4 of relu: return X.clamp(min=0)"."""
    text, place = source(frame, number), f"line {number} of {frame.f_code.co_name}"
    return f"{place}: {text}" if text else place


def callers_of(entries: Sequence[TracebackType]) -> list[str]:
    """Return the learner's lines by which an exception came to the last entry, that one left out, the innermost first.

    A line that calls itself again and again is told once, and of many lines those that are nearest to the exception. What a line
    computes in a frame of its own, such as a comprehension, is the same line.
    """
    lines = [described(one.tb_frame, one.tb_lineno) for one in entries if not _same_line(one, entries[-1])]
    told = [line for line, _ in groupby(reversed(lines))]
    left = len(told) - _MOST_CALLS
    return told if left <= 1 else [*told[:_MOST_CALLS], f"… and {left} more lines"]


def _same_line(one: TracebackType, other: TracebackType) -> bool:
    code, last = one.tb_frame.f_code, other.tb_frame.f_code
    return (code.co_filename, one.tb_lineno) == (last.co_filename, other.tb_lineno)


def raising(entry: TracebackType) -> str:
    """Return the text of the expression that raised; of one on several lines all of them, which its first line does not show."""
    frame = entry.tb_frame
    place = next(islice(frame.f_code.co_positions(), entry.tb_lasti // 2, None), None)
    if place is None:
        return ""
    first, last, start, end = place
    if first is None or last is None or start is None or end is None:
        return ""
    lines = [
        linecache.getline(frame.f_code.co_filename, number, frame.f_globals).encode()
        for number in range(first, min(last, first + _MOST_LINES) + 1)
    ]
    lines[-1] = lines[-1][:end]  # columns count bytes
    lines[0] = lines[0][start:]
    return b"".join(lines).decode(errors="replace")

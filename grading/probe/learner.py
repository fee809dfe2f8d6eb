"""The learner's own lines among the frames of a traceback or of running code."""

from __future__ import annotations

import linecache
import sysconfig
from collections.abc import Iterator
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


def is_learners(frame: FrameType) -> bool:
    """Tell whether a frame runs code of a notebook, of a file of answers or of a session, and not of a library."""
    return not frame.f_code.co_filename.replace("\\", "/").startswith(_OTHERS)


def frames_of(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the learner's frames that an exception came through, each with its line, the outermost first."""
    while traceback is not None:
        if is_learners(traceback.tb_frame):
            yield traceback.tb_frame, traceback.tb_lineno
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

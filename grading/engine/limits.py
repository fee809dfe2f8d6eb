"""What one submission may cost."""

from __future__ import annotations

from dataclasses import dataclass

from grading.sandbox.confinement.bounds import DEFAULT_BOUNDS
from grading.units import KIBIBYTE, MEBIBYTE


@dataclass(frozen=True)
class Limits:
    """Bounds for one submission; sizes in bytes, times in seconds.

    seconds: the time budget of the whole notebook, in seconds of the processor, of all its processes together; by the clock it may
        take ten times as long. A check cell may use at most half of what is left and any other cell a quarter, so that one that
        never ends leaves time for the rest. Starting kernels is not charged, nor running earlier cells again in a fresh one, but
        nothing starts after ten times the budget by the clock.
    output_bytes: everything that the cells print and draw; again a cell gets at most half of what is left.
    file_bytes: the largest notebook file that is opened at all, and the most that other files may have together.
    cells: the most cells a notebook may have.
    kernel_starts: a notebook that kills its kernel gets a fresh one, up to this many in all.
    memory_bytes, processes, disk_bytes: what a kernel may use together with everything that it starts.
    isolated: whether kernels run in a sandbox; without one, a submission can do whatever the grader's user can.
    """

    seconds: float = 120.0
    output_bytes: int = 16 * MEBIBYTE
    file_bytes: int = 64 * MEBIBYTE
    cells: int = 2000
    kernel_starts: int = 64
    memory_bytes: int = DEFAULT_BOUNDS.memory
    processes: int = DEFAULT_BOUNDS.processes
    disk_bytes: int = DEFAULT_BOUNDS.disk
    isolated: bool = True


DEFAULT_LIMITS = Limits()

# Even after a flood of output a check cell can still show its verdict.
LEAST_OUTPUT_BYTES = 64 * KIBIBYTE

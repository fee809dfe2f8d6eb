"""What one kernel may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grading.units import GIBIBYTE, MEBIBYTE


@dataclass(frozen=True)
class Bounds:
    """What one kernel, with everything that it starts, may use; sizes in bytes."""

    memory: int = 4 * GIBIBYTE
    processes: int = 256
    disk: int = 512 * MEBIBYTE
    open_files: int = 1024

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Bounds:
        """Build the bounds from plain data."""
        return Bounds(int(data["memory"]), int(data["processes"]), int(data["disk"]), int(data["open_files"]))


DEFAULT_BOUNDS = Bounds()
# For a process that does nothing but show whether it can be confined.
BOUNDS_OF_A_TRIAL = Bounds(memory=GIBIBYTE, processes=64, disk=MEBIBYTE)

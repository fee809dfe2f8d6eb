"""What one kernel may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """What one kernel, with everything that it starts, may use; sizes in bytes."""

    memory: int
    processes: int
    disk: int
    open_files: int = 1024

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Bounds:
        """Build the bounds from plain data."""
        return Bounds(int(data["memory"]), int(data["processes"]), int(data["disk"]), int(data["open_files"]))

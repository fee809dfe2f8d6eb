"""The version of Python that a notebook was written with, and whether it is a later one than that which grades it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BEGINS = re.compile(r"(\d+)\.(\d+)")
_NAMED = re.compile(r"(?<![\d.])3\.\d{1,2}(?!\d)")


def newer(written_with: str, graded_with: str) -> bool:
    """Tell whether the first of two versions of Python is a later one, in its first two numbers."""
    found = [_BEGINS.match(version) for version in (written_with, graded_with)]
    first, second = ((int(one[1]), int(one[2])) if one else None for one in found)
    return first is not None and second is not None and first > second


def written_with(metadata: Mapping[str, Any]) -> str:
    """Return the version of Python that a notebook's metadata name, "3.12"; "" if they name none."""
    info, spec = metadata.get("language_info"), metadata.get("kernelspec")
    said = [info.get("version")] if isinstance(info, Mapping) else []
    said += [spec.get("display_name"), spec.get("name")] if isinstance(spec, Mapping) else []
    for text in said:
        found = _NAMED.search(text[:100]) if isinstance(text, str) else None
        if found:
            return found[0]
    return ""

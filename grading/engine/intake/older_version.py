"""Whether a cell is of an earlier version of the lesson: what an instructor has changed since then was not changed by a student.

nbgrader's `generate_assignment` gives each cell of its own a checksum of source, kind and points, which stays in the notebook that
a student hands in. One that is not the present version's was given by another version. In a locked cell it must also fit the
cell as it is, so that what somebody changed there is still told. A checksum can be forged, to no avail: the cell is put back all
the same, only no line is written about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import from_dict
from nbgrader.utils import compute_checksum

from grading.cells import HIDDEN_TESTS, told_to_nbgrader
from grading.engine.intake.template import TemplateCell
from grading.text import with_plain_ends


def is_of_another_version(cell: Mapping[str, Any], known: TemplateCell | None) -> bool:
    """Tell whether nbgrader made this cell, as it was handed in, for another version than the one that is known.

    known: what the cell is now; None if the lesson has no such cell any more.
    """
    claimed = told_to_nbgrader(cell)
    given = claimed.get("checksum")
    source = "".join(cell["source"])
    if not isinstance(given, str) or not given:
        return False
    fits = given in _checksums(cell, claimed, [source, with_plain_ends(source)])
    if known is None:
        return fits
    if given in _checksums(cell, known.metadata(), _forms(known)) | {known.checksum}:
        return False
    return fits or not (known.locked or claimed.get("locked"))


def _forms(known: TemplateCell) -> list[str]:
    """Return the sources that the class may have received of a cell: with and without hidden checks and the lines they leave."""
    outside = HIDDEN_TESTS.outside(with_plain_ends(known.source))
    return [known.source, outside, outside.strip(), outside.rstrip(), f"{outside.rstrip()}\n"]


def _checksums(cell: Mapping[str, Any], metadata: Mapping[str, Any], sources: list[str]) -> set[str]:
    """Return the checksums that nbgrader gives a cell of one of these sources; none if the metadata are not nbgrader's."""
    found = set()
    for source in sources:
        data = {"cell_type": str(cell["cell_type"]), "metadata": {"nbgrader": dict(metadata)}, "source": source}
        try:
            found.add(compute_checksum(from_dict(data)))  # type: ignore[no-untyped-call]  # nbformat has no annotation here
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):  # a stranger's metadata, of any shape
            continue
    return found

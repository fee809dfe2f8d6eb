"""Whether a notebook is run by a machine that grades it, rather than by somebody who reads it.

nbgrader says so in the kernel's environment, `NBGRADER_EXECUTION`, when it grades or validates, and our engine says the
same. Points come from checks alone, so whatever else a lesson computes is left out then: `figures` draw nothing and call
nothing that they were given, which leaves out the long training runs that only a figure asks for, and
`fashion_mnist()` gives the bundled sample, without looking for the whole set. What a cell earns is the same either way.
"""

from __future__ import annotations

import os

GRADING_VARIABLE = "NBGRADER_EXECUTION"


def is_being_graded() -> bool:
    """Return whether this process runs a notebook to grade or to validate it."""
    return bool(os.environ.get(GRADING_VARIABLE))

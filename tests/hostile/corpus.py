"""The whole corpus."""

from __future__ import annotations

from tests.hostile.case import Case
from tests.hostile.files import FILES
from tests.hostile.floods import FLOODS
from tests.hostile.forgeries import FORGERIES
from tests.hostile.outside import OUTSIDE
from tests.hostile.processes import PROCESSES

CASES: tuple[Case, ...] = (*FORGERIES, *PROCESSES, *OUTSIDE, *FILES, *FLOODS)

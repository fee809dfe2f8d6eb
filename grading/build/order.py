"""The order of the exercises within their lessons, which the package keeps beside them: installed, it comes without lessons."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grading.build.diagnostic import Diagnostic
from grading.build.differences import text_drift
from grading.build.master import Master, Role

PATH = "grading/catalogue/order.json"


def order_text(masters: Sequence[Master]) -> str:
    """Return the file's text: the names of the exercises of each lesson, in the order of its cells."""
    order = {
        master.name: list(dict.fromkeys(cell.exercise for cell in master.with_role(Role.TODO, Role.WRITTEN)))
        for master in masters
    }
    return json.dumps(order, indent=2, ensure_ascii=False) + "\n"


def order_drift(text: str, wanted: str) -> list[Diagnostic]:
    """Return the first line of the file that is not what the lessons give."""
    return text_drift(PATH, "the exercises are in another order than in the lessons", wanted, text)

"""Who looks the labels up, finds nothing and gets nothing; who finds something by a rule gets what the rule is worth."""

from __future__ import annotations

import json
import re

import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from grading.judging import Verdict
from tests.engine import tiny
from tests.engine.execution.test_execution import graded
from tests.hostile.lookups import LOOKUPS, Lookup
from tests.hostile.sandbox import is_active

# One class of ten, and some room for luck.
NO_BETTER_THAN_ONE_ANSWER = 0.15


@pytest.fixture(autouse=True)
def the_sandbox_is_on() -> None:
    assert is_active(), "without a sandbox all of the machine's files are within reach of a submission"


def verdict_on(source: str) -> Verdict:
    cells = [
        tiny.cell("code", "from grading import check"),
        tiny.cell("code", source),
        graded(
            "check(build_mlp)\n### BEGIN HIDDEN TESTS\ncheck(build_mlp, hidden=True)\n### END HIDDEN TESTS", "mlp", 2.5
        ),
    ]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=120)))
    assert not result.failure, result
    (found,) = result.verdicts.values()
    return Verdict.from_dict(found)


@pytest.mark.parametrize("cheat", LOOKUPS, ids=lambda one: one.name)
def test_a_label_that_is_looked_up_is_worth_what_is_found(cheat: Lookup) -> None:
    verdict = verdict_on(cheat.source)
    assert verdict.remarks == ()
    if cheat.finds_nothing:
        assert verdict.earned == 0
        said = re.search(r"an accuracy of ([\d.]+)", str(verdict))
        assert said is None or float(said[1]) < NO_BETTER_THAN_ONE_ANSWER
    # What the last one replaces is put back before a check: its network, which fits no image, is what is judged.
    if cheat.name == "replaced-observe-all":
        assert [found.kind for found in verdict.findings] == ["raised"], str(verdict)
    elif cheat.name not in ("graders-files", "the-judge-is-told-another-training"):
        assert verdict.findings == () or verdict.findings[0].kind == "accuracy", str(verdict)

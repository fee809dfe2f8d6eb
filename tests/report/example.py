"""A small class with every kind of mark, as the engine would have read it."""

from typing import Any

from grading.engine.gradebook.results import CellResult, StudentResult
from grading.engine.problems import Problem


def verdict(exercise: str, outcome: str, score: float, points: float, **finding: Any) -> dict[str, Any]:
    facts = {
        "part": "",
        "kind": "values",
        "title": "wrong values.",
        "facts": [],
        "advice": "",
        "mistake": None,
        "case": "",
    }
    return {
        "exercise": exercise,
        "lesson": "02-activations",
        "outcome": outcome,
        "score": score,
        "points": points,
        "findings": [{**facts, **finding}] if finding else [],
        "seed": 0,
        "device": "cpu",
        "remarks": [],
    }


def relu(earned: float, outcome: str, **finding: Any) -> CellResult:
    return CellResult("check-relu", 1.0, earned, verdict("relu", outcome, earned, 1.0, **finding))


def tanh(earned: float | None, outcome: str, **finding: Any) -> CellResult:
    return CellResult("check-tanh", 2.0, earned, verdict("tanh", outcome, (earned or 0) / 2, 2.0, **finding))


REDUCES = {"title": "it should be a tensor.", "advice": "`torch.max(X, 0)` reduces.", "mistake": "reduces"}
WRITTEN = CellResult("why", 1.0, None)
RESULTS = [
    StudentResult("s01", (relu(1.0, "passed"), tanh(2.0, "passed"), WRITTEN)),
    StudentResult("s02", (relu(0.0, "failed", **REDUCES), tanh(1.5, "failed", title="not finite."), WRITTEN)),
    StudentResult("s03", (relu(0.0, "failed", **REDUCES), tanh(0.0, "not attempted"), CellResult("why", 1.0, 0.0))),
    StudentResult(
        "s04",
        (
            relu(1.0, "passed"),
            CellResult("check-tanh", 2.0, 0.0, error="TimeLimit: did not end in time"),
            CellResult("why", 1.0, 1.0),
        ),
        (Problem("time-limit", "cell 'check-tanh': did not end in time"),),
    ),
    StudentResult(
        "s05",
        (
            CellResult("check-relu", 1.0, 0.0, present=False),
            CellResult("check-tanh", 2.0, 0.0, present=False),
            CellResult("why", 1.0, 0.0, present=False),
        ),
        (Problem("not-json", "the file is not JSON", graded=False),),
    ),
    StudentResult("s06", (), (Problem("grader-failure", "not graded: no kernel", graded=False),)),
    StudentResult("s07", (relu(1.0, "passed"), tanh(2.0, "error in the check"), WRITTEN), late=0.5),
]

"""`why-no-line`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from grading.judging.exercise import Exercise

EXERCISE = Exercise(
    name="why-no-line",
    points=2.0,
    parameters=(),
    summary="Prove that no line separates the two classes of XOR.",
    manual=True,
    rubric=(
        "0.5 points: states for an arbitrary line what each of the four points demands of w1, w2 and b.",
        "1 point: derives a contradiction that holds for all w1, w2 and b, by algebra or by geometry.",
        "0.5 points: says what is assumed and what follows, treats points on the line, and concludes in a sentence.",
        "Examples of lines that fail, or the scan of a grid, are no proof and earn nothing.",
    ),
    hints=(
        "Suppose that there were such a line. What does each of the four points then say about w1, w2 and b?",
        "You have four inequalities, two of them strict. Add the two that come from the ones.",
        "Add the two that come from the zeros as well, and compare the two sums.",
    ),
)

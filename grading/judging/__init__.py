"""The judge: it tries an answer, compares it with the truth and explains what it found. It knows nothing of notebooks."""

from grading.cells import VERDICT_MIME
from grading.judging.judge import judge
from grading.judging.verdict import Finding, Verdict
from grading.outcome import Outcome

__all__ = ["VERDICT_MIME", "Finding", "Outcome", "Verdict", "judge"]

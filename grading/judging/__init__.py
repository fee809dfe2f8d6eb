"""The judge: it tries an answer, compares it with the truth and explains what it found. It knows nothing of notebooks."""

from grading.judging.judge import judge
from grading.judging.outcome import Outcome
from grading.judging.verdict import VERDICT_MIME, Finding, Verdict

__all__ = ["VERDICT_MIME", "Finding", "Outcome", "Verdict", "judge"]

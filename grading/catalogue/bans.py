"""What several exercises may not call. Names are reduced as in `grading.probe.watch.operation_name`."""

from __future__ import annotations

from grading.judging.exercise import Ban
from grading.probe.watch import AUTOGRAD

BY_HAND = "Write down the derivative that you found on paper; autograd is what you will compare it with afterwards."


NO_AUTOGRAD = Ban(frozenset({AUTOGRAD}), BY_HAND)

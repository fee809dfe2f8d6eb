"""What lateness costs in a course: the plugin that its configuration names, asked of one notebook at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbgrader import preprocessors as stock

from grading.adapters.nbgrader import late_penalty
from grading.engine.problems import one_line
from grading.errors import CourseError


class LatePolicy:
    """The points that lateness takes of a notebook. sections: the parts of the configuration that are about nothing else."""

    def __init__(self, preprocessor: Any) -> None:
        try:
            preprocessor.init_plugin()
        except Exception as error:  # it may be a class of the course's own
            said = one_line(f"{type(error).__name__}: {error}", 200)
            message = (
                f"what lateness costs cannot be worked out ({said}); correct AssignLatePenalties in nbgrader_config.py"
            )
            raise CourseError(message) from error
        self._preprocessor = preprocessor
        classes = (type(preprocessor), *type(preprocessor.plugin_inst).__mro__)
        self.sections = frozenset(one.__name__ for one in classes)

    def __call__(self, student: str, score: float, seconds: float) -> float | None:
        """Return what is taken of a score for being late by this many seconds; None for nothing."""
        return late_penalty(self._preprocessor, student, score, seconds)


def policy_of(recording: Sequence[tuple[Any, Any]]) -> LatePolicy | None:
    """Return the policy of configured preprocessors, as classes and instances; None if none of them assigns penalties."""
    late = next((instance for found, instance in recording if found is stock.AssignLatePenalties), None)
    return None if late is None else LatePolicy(late)

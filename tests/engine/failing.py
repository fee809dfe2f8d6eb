"""A preprocessor of somebody else's that does not work for one student."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor


class Failing(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is not typed
    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        if resources["nbgrader"]["student"] == "s01":
            raise ValueError("out of order")
        return nb, resources

"""What fails in the middle: a preprocessor of somebody else's, a process."""

import os
from typing import Any, NoReturn

from nbgrader.preprocessors import NbGraderPreprocessor


class Failing(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader is not typed
    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        if resources["nbgrader"]["student"] == "s01":
            raise ValueError("out of order")
        return nb, resources


def end_this_process(*_: Any) -> NoReturn:
    """End the process that calls it, as the system does when memory runs out: nothing is said, nothing cleaned up."""
    os._exit(1)

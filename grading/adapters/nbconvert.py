"""nbconvert: what its exporters and its executor keep for themselves."""

from __future__ import annotations

from typing import Any

from traitlets import TraitError

from grading.adapters.names import Kind, Name, function
from grading.errors import CourseError

_EXPORTER = "nbconvert.exporters.exporter:Exporter"
NAMES = (
    Name(f"{_EXPORTER}._preprocessors", Kind.TRAIT, "making a configured preprocessor as an exporter makes it"),
    function(f"{_EXPORTER}.register_preprocessor", "preprocessor", "making a configured preprocessor"),
    function(
        "nbconvert.preprocessors.execute:ExecutePreprocessor._check_assign_resources",
        "resources",
        "giving an executor the resources of its notebook",
    ),
)


def preprocessor_of(exporter: Any, configured: Any) -> Any:
    """Return an exporter's instance of a preprocessor, given as a class or by its import string; the exporter has no other then.

    Raises CourseError if the configuration gives it a setting that it does not take.
    """
    exporter._preprocessors = []
    try:
        exporter.register_preprocessor(configured)
    except TraitError as error:
        raise CourseError(f"a setting in nbgrader_config.py cannot be used: {error}") from error
    return exporter._preprocessors[0]


def take_resources(executor: Any, resources: Any) -> None:
    """Let an executor have the resources of its notebook."""
    executor._check_assign_resources(resources)

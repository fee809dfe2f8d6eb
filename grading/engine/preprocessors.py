"""The names by which configurations of earlier versions mean what lives in `grading.engine.stock.preprocessors`."""

from grading.engine.stock.preprocessors import SandboxedExecute, SaveAutoGrades, WholeText

__all__ = ["SandboxedExecute", "SaveAutoGrades", "WholeText"]

"""The names by which configurations of earlier versions mean what lives in `grading.engine.feedback.safe_html`."""

from grading.engine.feedback.safe_html import HideHiddenChecks, SafeOutputs, markdown2html

__all__ = ["HideHiddenChecks", "SafeOutputs", "markdown2html"]

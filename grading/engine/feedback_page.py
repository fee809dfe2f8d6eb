"""The names by which configurations of earlier versions mean what lives in `grading.engine.feedback.page`."""

from grading.engine.feedback.page import FeedbackPage

__all__ = ["FeedbackPage"]

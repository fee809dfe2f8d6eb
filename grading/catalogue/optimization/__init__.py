"""Lesson 06: momentum, Adam, a schedule, dropout, batch normalization and early stopping."""

LESSON = "06-optimization"

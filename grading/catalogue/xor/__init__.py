"""Lesson 01: limits of linear models."""

LESSON = "01-xor"

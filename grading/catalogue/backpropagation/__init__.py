"""Lesson 03: forward and backward pass, derived."""

LESSON = "03-backpropagation"

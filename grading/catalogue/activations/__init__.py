"""Lesson 02: activation functions, their derivatives, and an interpolant made of ReLUs."""

LESSON = "02-activations"

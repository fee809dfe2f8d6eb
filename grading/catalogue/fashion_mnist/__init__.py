"""Lesson 04: training a multilayer perceptron."""

LESSON = "04-fashion-mnist"

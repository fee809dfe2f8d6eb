"""Lesson 05: samplers for weights, an initialized network, activations watched through depth, and clipping."""

LESSON = "05-initialization"

"""The exercise `tanh`."""

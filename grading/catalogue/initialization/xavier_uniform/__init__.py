"""The exercise `xavier_uniform`."""

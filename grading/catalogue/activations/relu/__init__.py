"""The exercise `relu`."""

"""The exercise `accuracy`."""

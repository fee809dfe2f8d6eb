"""The exercise `linear_accuracy`."""

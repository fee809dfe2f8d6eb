"""The exercise `early_stopping`."""

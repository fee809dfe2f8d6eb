"""The exercise `batch_norm`."""

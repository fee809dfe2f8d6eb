"""The exercise `batch_norm_backward`."""

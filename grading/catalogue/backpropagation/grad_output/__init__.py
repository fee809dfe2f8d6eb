"""The exercise `grad_output`."""

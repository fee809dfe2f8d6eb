"""The exercise `grad_linear`."""

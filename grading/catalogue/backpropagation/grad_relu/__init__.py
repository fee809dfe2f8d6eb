"""The exercise `grad_relu`."""

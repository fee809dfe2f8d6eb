"""The exercise `relu_grad`."""

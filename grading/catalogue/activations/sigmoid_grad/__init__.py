"""The exercise `sigmoid_grad`."""

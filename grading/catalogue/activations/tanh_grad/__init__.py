"""The exercise `tanh_grad`."""
